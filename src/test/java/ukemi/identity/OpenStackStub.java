package ukemi.identity;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;

/** A Keystone that lets everybody in, and beside it a Nova that answers what a test says. */
public final class OpenStackStub implements AutoCloseable {

  /** What Nova, or Keystone's token check, does with a request. */
  public interface Handler {
    void handle(Request request) throws IOException;
  }

  public record Request(HttpExchange exchange, String line, String body) {

    public String header(String name) {
      return exchange.getRequestHeaders().getFirst(name);
    }

    public void answer(int status, String body) throws IOException {
      answer(status, "application/json", body);
    }

    public void answer(int status, String type, String body) throws IOException {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private final HttpServer server;
  private final AtomicInteger logins = new AtomicInteger();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final Set<InetSocketAddress> connections = ConcurrentHashMap.newKeySet();
  private volatile Handler nova = request -> request.answer(500, "{}");
  private volatile Handler login = this::letIn;
  private volatile Handler tokens = request -> request.answer(500, "{}");
  private volatile String novaUrl;

  public OpenStackStub() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "stub");
              thread.setDaemon(true);
              return thread;
            }));
    server.createContext(
        "/v3/auth/tokens",
        exchange -> serve(exchange, exchange.getRequestMethod().equals("POST") ? login : tokens));
    server.createContext("/nova", exchange -> serve(exchange, nova));
    server.start();
    novaUrl = url() + "/nova";
  }

  public void nova(Handler handler) {
    nova = handler;
  }

  /** What Keystone says to a login; nothing else but a good token by default. */
  public void login(Handler handler) {
    login = handler;
  }

  public void tokens(Handler handler) {
    tokens = handler;
  }

  /** Nova's address in the catalogue of the next token. */
  public void novaUrl(String url) {
    novaUrl = url;
  }

  public int logins() {
    return logins.get();
  }

  /** The requests to Nova and the token checks, such as "GET /nova/servers?limit=1". */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** How many TCP connections were opened. */
  public int connections() {
    return connections.size();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public OpenStackSettings settings() {
    return settings(
        Map.of(
            "OS_AUTH_URL", url(),
            "OS_USERNAME", "ukemi",
            "OS_PASSWORD", "very secret",
            "OS_USER_DOMAIN_NAME", "Default",
            "OS_PROJECT_NAME", "admin",
            "OS_PROJECT_DOMAIN_NAME", "Default",
            "OS_REGION_NAME", "RegionOne"));
  }

  public static OpenStackSettings settings(Map<String, Object> values) {
    StandardEnvironment environment =
        new StandardEnvironment() {
          @Override
          protected void customizePropertySources(MutablePropertySources sources) {
            sources.addFirst(new MapPropertySource("test", values));
          }
        };
    return OpenStackSettings.from(environment);
  }

  public OpenStackSession session() {
    return new OpenStackSession(settings(), timeouts());
  }

  /** Longer than any machine stands still. */
  public static OpenStackTimeouts timeouts() {
    return new OpenStackTimeouts(
        Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofMinutes(1));
  }

  /** Answers a login with a new token, named token-1, token-2, ... */
  public void letIn(Request request) throws IOException {
    Instant now = Instant.now();
    int number = logins.incrementAndGet();
    request.exchange().getResponseHeaders().set("X-Subject-Token", "token-" + number);
    request.answer(
        201,
        """
        {"token": {"methods": ["password"], "user": {"id": "u", "name": "ukemi",
          "domain": {"id": "default", "name": "Default"}, "password_expires_at": null},
         "issued_at": "%s", "expires_at": "%s", "is_domain": false, "roles": [],
         "project": {"id": "p", "name": "admin", "domain": {"id": "default", "name": "Default"}},
         "catalog": [{"type": "compute", "name": "nova", "id": "c", "endpoints": [
           {"id": "a", "interface": "public", "region": "Other", "region_id": "Other",
            "url": "http://127.0.0.1:1/"},
           {"id": "b", "interface": "internal", "region": "RegionOne", "region_id": "RegionOne",
            "url": "http://127.0.0.1:1/"},
           {"id": "c", "interface": "public", "region": "RegionOne", "region_id": "RegionOne",
            "url": "%s"}]}]}}
        """
            .formatted(now, now.plus(Duration.ofHours(1)), novaUrl));
  }

  private void serve(HttpExchange exchange, Handler handler) throws IOException {
    connections.add(exchange.getRemoteAddress());
    String line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    if (handler != login) {
      requests.add(line);
    }
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    try (exchange) {
      handler.handle(new Request(exchange, line, body));
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }

  /** All values of a list, for readable tests. */
  public static List<String> lines(List<String> requests, String containing) {
    List<String> found = new ArrayList<>(requests);
    found.removeIf(line -> !line.contains(containing));
    return found;
  }
}
