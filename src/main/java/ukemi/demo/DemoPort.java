package ukemi.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import ukemi.InvalidSetting;

/** The demo's own port: small calls for curl, answered in plain text. */
final class DemoPort implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DemoPort.class);

  private final Switches switches;
  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "demo-port");
            thread.setDaemon(true);
            return thread;
          });

  /** What can be done to a host. */
  enum HostCall {
    KILL("kill", "it dies and is reported"),
    REPAIR("repair", "it is as new"),
    BREAK_BMC("break-bmc", "fencing it will fail"),
    PULL_PLUG("pull-plug", "its power is cut by hand");

    private final String word;
    private final String meaning;

    HostCall(String word, String meaning) {
      this.word = word;
      this.meaning = meaning;
    }

    static String words() {
      return Arrays.stream(values()).map(call -> call.word).collect(Collectors.joining(", "));
    }
  }

  /**
   * Listens, and answers from {@link #open} on.
   *
   * @throws InvalidSetting when the port is taken
   */
  DemoPort(InetAddress address, int port, Switches switches) {
    this.switches = switches;
    try {
      server = HttpServer.create(new InetSocketAddress(address, port), 0);
    } catch (IOException e) {
      throw new InvalidSetting(
          "ukemi.demo.port",
          "port %d can't be had (%s)".formatted(port, e.getMessage()),
          "a free port, such as UKEMI_DEMO_PORT=" + (port + 1));
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
  }

  void open() {
    server.start();
  }

  /** The port. */
  int port() {
    return server.getAddress().getPort();
  }

  /** All calls, for people. */
  List<String> help() {
    List<String> lines = new ArrayList<>();
    String address = "localhost:" + port();
    lines.add(line("curl " + address, "hosts, guests, these calls"));
    for (HostCall call : HostCall.values()) {
      lines.add(line("curl -X POST " + address + "/hosts/HOST/" + call.word, call.meaning));
    }
    lines.add(line("curl -X POST " + address + "/method/METHOD", "for the next recovery"));
    lines.add("");
    lines.add("HOST    " + String.join(", ", switches.hosts()));
    lines.add("METHOD  " + String.join(", ", Switches.METHODS));
    return lines;
  }

  private static String line(String call, String meaning) {
    return "%-50s %s".formatted(call, meaning);
  }

  private void answer(HttpExchange exchange) throws IOException {
    int status = 200;
    String text;
    try {
      text = call(exchange.getRequestMethod(), exchange.getRequestURI().getPath());
    } catch (Refusal e) {
      status = e.status();
      text = e.getMessage();
    } catch (UncheckedIOException e) {
      status = 503;
      text = "Ukemi or the simulated cloud did not answer: " + e.getMessage();
    } catch (RuntimeException e) {
      LOG.error("a call of the demo failed", e);
      status = 500;
      text = "The call failed, see the demo's log.";
    }
    byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(
          status, exchange.getRequestMethod().equals("HEAD") ? -1 : body.length);
      if (!exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private String call(String method, String path) {
    List<String> parts = Arrays.stream(path.split("/")).filter(part -> !part.isEmpty()).toList();
    if (parts.isEmpty()) {
      requireMethod(method, List.of("GET", "HEAD"), path);
      List<String> lines = new ArrayList<>(switches.state());
      lines.add("");
      lines.addAll(help());
      return String.join("\n", lines);
    }
    if (parts.size() == 3 && parts.get(0).equals("hosts")) {
      HostCall call = hostCall(parts.get(2));
      requireMethod(method, List.of("POST"), path);
      return call(call, parts.get(1));
    }
    if (parts.size() == 2 && parts.get(0).equals("method")) {
      requireMethod(method, List.of("POST"), path);
      return switches.method(parts.get(1));
    }
    throw new Refusal(404, "There is no " + path + ". There is:\n\n" + String.join("\n", help()));
  }

  private String call(HostCall call, String host) {
    return switch (call) {
      case KILL -> switches.kill(host);
      case REPAIR -> switches.repair(host);
      case BREAK_BMC -> switches.breakBmc(host);
      case PULL_PLUG -> switches.pullPlug(host);
    };
  }

  private static HostCall hostCall(String word) {
    return Arrays.stream(HostCall.values())
        .filter(call -> call.word.equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new Refusal(
                    404,
                    "A host can't be told to %s. It can be told to: %s."
                        .formatted(word, HostCall.words())));
  }

  private void requireMethod(String method, List<String> right, String path) {
    if (!right.contains(method)) {
      throw new Refusal(
          405,
          "%s takes %s, not %s: curl %slocalhost:%d%s"
              .formatted(
                  path,
                  right.get(0),
                  method,
                  right.get(0).equals("GET") ? "" : "-X POST ",
                  port(),
                  path));
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
