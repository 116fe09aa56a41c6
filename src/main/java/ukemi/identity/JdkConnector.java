package ukemi.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.openstack4j.api.exceptions.AuthenticationException;
import org.openstack4j.api.exceptions.ConnectionException;
import org.openstack4j.api.exceptions.ResponseException;
import org.openstack4j.core.transport.ClientConstants;
import org.openstack4j.core.transport.Config;
import org.openstack4j.core.transport.HttpExecutorService;
import org.openstack4j.core.transport.HttpRequest;
import org.openstack4j.core.transport.HttpResponse;
import org.openstack4j.core.transport.ObjectMapperSingleton;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * openstack4j over java.net.http, found by ServiceLoader.
 *
 * <p>Throws, beside {@link ConnectionException} for everything below HTTP, where openstack4j would
 * call a failure success: {@link ResponseException} for 413, 429 and from 501 on, and {@link
 * AuthenticationException} for a token that was not accepted. All other answers are returned.
 */
public final class JdkConnector implements HttpExecutorService {

  private static final Logger LOG = LoggerFactory.getLogger(JdkConnector.class);
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration READ = Duration.ofSeconds(30);

  private final Map<Client, HttpClient> clients = new ConcurrentHashMap<>();

  private record Client(SSLContext tls, Duration connectTimeout) {}

  @Override
  public String getExecutorDisplayName() {
    return "java.net.http";
  }

  @Override
  public <R> HttpResponse execute(HttpRequest<R> request) {
    Config config = request.getConfig();
    Duration connect = orDefault(config.getConnectTimeout(), CONNECT);
    Duration read = orDefault(config.getReadTimeout(), READ);
    HttpClient client =
        clients.computeIfAbsent(new Client(config.getSslContext(), connect), JdkConnector::client);
    long begin = System.nanoTime();
    String name = request.getMethod() + " " + request.getPath();
    JdkResponse response = exchange(client, request, name, connect.plus(read));
    LOG.debug(
        "{}: {} in {} ms, {}",
        name,
        response.getStatus(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin),
        response.header(ClientConstants.X_OPENSTACK_REQUEST_ID));
    return checked(request, name, response);
  }

  private static HttpClient client(Client key) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(key.connectTimeout());
    return (key.tls() == null ? builder : builder.sslContext(key.tls())).build();
  }

  private static <R> JdkResponse exchange(
      HttpClient client, HttpRequest<R> request, String name, Duration timeout) {
    try {
      return send(client, translate(request, timeout), timeout);
    } catch (IOException e) {
      LOG.debug("{}: {}", name, e.toString());
      throw new ConnectionException(name + ": " + describe(e), 0, e);
    }
  }

  /**
   * A connection lost before the first byte of an answer (uwsgi closes kept-alive ones without
   * notice) is HttpClient's own affair: it sends a GET once more, and nothing else.
   */
  private static JdkResponse send(
      HttpClient client, java.net.http.HttpRequest request, Duration timeout) throws IOException {
    CompletableFuture<java.net.http.HttpResponse<byte[]>> future =
        client.sendAsync(request, BodyHandlers.ofByteArray());
    try {
      // the request's own time-out ends with the headers: a body may stall for ever
      return new JdkResponse(future.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      future.cancel(true);
      throw new HttpTimeoutException("no answer within " + timeout.toMillis() + " ms");
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    }
  }

  private static String describe(IOException e) {
    if (e instanceof ConnectException) {
      return "no connection";
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static <R> java.net.http.HttpRequest translate(HttpRequest<R> request, Duration timeout) {
    try {
      java.net.http.HttpRequest.Builder builder =
          java.net.http.HttpRequest.newBuilder(URI.create(request.getUrl()))
              .timeout(timeout)
              .header("Accept", ClientConstants.CONTENT_TYPE_JSON)
              .method(request.getMethod().name(), body(request));
      if (request.hasJson() || request.getEntity() != null) {
        builder.header("Content-Type", request.getContentType());
      }
      request
          .getHeaders()
          .forEach(
              (header, value) -> {
                if (!header.equals(ClientConstants.HEADER_OS4J_AUTH)) {
                  builder.setHeader(header, value.toString());
                }
              });
      return builder.build();
    } catch (IllegalArgumentException | JsonProcessingException e) {
      // not e: its message may quote a header, and a header may be a token
      throw new ConnectionException(
          request.getMethod() + " " + request.getPath() + ": cannot be sent", 0, null);
    }
  }

  private static <R> BodyPublisher body(HttpRequest<R> request) throws JsonProcessingException {
    Object entity = request.getEntity();
    if (entity instanceof InputStream stream) {
      return BodyPublishers.ofInputStream(() -> stream);
    }
    if (entity != null) {
      return BodyPublishers.ofString(
          ObjectMapperSingleton.getContext(entity.getClass()).writeValueAsString(entity));
    }
    return request.hasJson() ? BodyPublishers.ofString(request.getJson()) : BodyPublishers.noBody();
  }

  private static <R> HttpResponse checked(
      HttpRequest<R> request, String name, JdkResponse response) {
    int status = response.getStatus();
    if (status == 413 || status == 429 || status >= 501) {
      throw new ResponseException(name + ": HTTP " + status, status);
    }
    if (status == 401 && request.getHeaders().containsKey(ClientConstants.HEADER_X_AUTH_TOKEN)) {
      throw new AuthenticationException(name + ": HTTP 401", 401);
    }
    return response;
  }

  private static Duration orDefault(int millis, Duration otherwise) {
    return millis > 0 ? Duration.ofMillis(millis) : otherwise;
  }
}
