package ukemi.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.openstack4j.api.exceptions.AuthenticationException;
import org.openstack4j.api.exceptions.ConnectionException;
import org.openstack4j.api.exceptions.ResponseException;
import org.openstack4j.core.transport.ClientConstants;
import org.openstack4j.core.transport.HttpRequest;
import org.openstack4j.core.transport.HttpResponse;
import org.openstack4j.core.transport.internal.HttpExecutor;
import org.springframework.stereotype.Component;

/** Reads from a service that openstack4j has no word for, with our own token. */
@Component
public class ServiceCalls {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final OpenStackSession session;
  private final OpenStackSettings settings;
  private final OpenStackTimeouts timeouts;

  ServiceCalls(OpenStackSession session, OpenStackSettings settings, OpenStackTimeouts timeouts) {
    this.session = session;
    this.settings = settings;
    this.timeouts = timeouts;
  }

  /**
   * What a service said.
   *
   * @param body missing when it was no JSON
   */
  public record Answer(int status, JsonNode body) {}

  /** Nothing answered, below HTTP or in time. */
  public static class Unanswered extends RuntimeException {

    Unanswered(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * The service's address in the catalogue, of our region and interface, without a slash at its
   * end.
   *
   * @throws IdentityUnavailable when Keystone gives no token
   */
  public Optional<String> address(String type) {
    return session.call(
        timeouts.readTimeout(),
        client ->
            CatalogueEndpoints.find(
                client.getToken(), type, settings.facing(), settings.region().orElse(null)));
  }

  /**
   * Gets what is at the address and path.
   *
   * @throws Unanswered when there is no answer
   * @throws IdentityUnavailable when Keystone gives no token
   */
  public Answer get(
      String address, String path, Map<String, String> headers, Duration readTimeout) {
    try {
      return session.call(
          readTimeout,
          client -> send(address, path, headers, client.getToken().getId(), readTimeout));
    } catch (AuthenticationException e) {
      return new Answer(401, MissingNode.getInstance());
    } catch (ConnectionException e) {
      throw new Unanswered(e.getMessage(), e);
    } catch (ResponseException e) {
      return new Answer(e.getStatus(), MissingNode.getInstance());
    }
  }

  private Answer send(
      String address, String path, Map<String, String> headers, String token, Duration timeout) {
    HttpRequest.RequestBuilder<Void> request =
        HttpRequest.builder(Void.class)
            .endpoint(address)
            .path(path)
            .header(ClientConstants.HEADER_X_AUTH_TOKEN, token)
            .config(session.config(timeout));
    headers.forEach(request::header);
    HttpResponse response = HttpExecutor.create().execute(request.build());
    return new Answer(response.getStatus(), body(response));
  }

  private static JsonNode body(HttpResponse response) {
    try {
      JsonNode body = JSON.readTree(response.getInputStream());
      return body == null ? MissingNode.getInstance() : body;
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }
}
