package ukemi.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import org.openstack4j.api.exceptions.ClientResponseException;
import org.openstack4j.core.transport.ClientConstants;
import org.openstack4j.core.transport.ExecutionOptions;
import org.openstack4j.core.transport.HttpEntityHandler;
import org.openstack4j.core.transport.HttpResponse;
import org.openstack4j.core.transport.ObjectMapperSingleton;

/** An answer that has been read to its end: there is nothing to close or to leak. */
final class JdkResponse implements HttpResponse {

  private final int status;
  private final byte[] body;
  // openstack4j looks headers up in this map by their exact case
  private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  JdkResponse(java.net.http.HttpResponse<byte[]> response) {
    status = response.statusCode();
    body = response.body();
    response.headers().map().forEach((name, values) -> headers.put(name, values.get(0)));
  }

  @Override
  public <T> T getEntity(Class<T> type) {
    return getEntity(type, null);
  }

  @Override
  public <T> T getEntity(Class<T> type, ExecutionOptions<T> options) {
    return HttpEntityHandler.handle(this, type, options, true);
  }

  @Override
  public <T> T readEntity(Class<T> type) {
    try {
      return ObjectMapperSingleton.getContext(type).readValue(body, type);
    } catch (IOException e) {
      // the parser's message may quote the body, and the body may be a token
      throw new ClientResponseException("The answer is not the JSON expected", status);
    }
  }

  @Override
  public int getStatus() {
    return status;
  }

  @Override
  public String getContentType() {
    return header(ClientConstants.HEADER_CONTENT_TYPE);
  }

  @Override
  public String getStatusMessage() {
    return "HTTP " + status;
  }

  @Override
  public InputStream getInputStream() {
    return new ByteArrayInputStream(body);
  }

  @Override
  public String header(String name) {
    return headers.get(name);
  }

  @Override
  public Map<String, String> headers() {
    return headers;
  }

  @Override
  public void close() {}
}
