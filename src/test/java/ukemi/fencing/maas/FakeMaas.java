package ukemi.fencing.maas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A region of MAAS that gives recorded answers, in the order in which the test lists them. */
class FakeMaas implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  record Request(
      String method, String uri, String authorization, String contentType, String body) {}

  interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Deque<Answer> answers = new ArrayDeque<>();
  private final HttpServer server;

  FakeMaas() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work);
              thread.setDaemon(true);
              return thread;
            }));
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/MAAS";
  }

  /** The answer of the recorded exchange of that name. */
  FakeMaas recorded(String name) {
    for (JsonNode exchange : samples().path("exchanges")) {
      if (exchange.path("name").asText().equals(name)) {
        JsonNode response = exchange.path("response");
        JsonNode body = response.path("body");
        String type = response.path("headers").path("Content-Type").asText();
        return answer(
            response.path("status").asInt(),
            type,
            type.startsWith("application/json") ? body.toString() : body.asText());
      }
    }
    throw new IllegalArgumentException(name);
  }

  FakeMaas answer(int status, String contentType, String body, String... headers) {
    answers.add(
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", contentType);
          for (int i = 0; i < headers.length; i += 2) {
            exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
          }
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    return this;
  }

  /** Takes the request and closes the connection. */
  FakeMaas cut() {
    answers.add(HttpExchange::close);
    return this;
  }

  FakeMaas does(Answer answer) {
    answers.add(answer);
    return this;
  }

  private synchronized Answer next() {
    return answers.isEmpty() ? null : answers.poll();
  }

  private void handle(HttpExchange exchange) throws IOException {
    requests.add(
        new Request(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            exchange.getRequestHeaders().getFirst("Authorization"),
            exchange.getRequestHeaders().getFirst("Content-Type"),
            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
    Answer answer = next();
    if (answer == null) {
      exchange.sendResponseHeaders(418, -1);
      exchange.close();
    } else {
      answer.to(exchange);
    }
  }

  private static JsonNode samples() {
    try (InputStream file = FakeMaas.class.getResourceAsStream("/maas-samples.json")) {
      return JSON.readTree(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
