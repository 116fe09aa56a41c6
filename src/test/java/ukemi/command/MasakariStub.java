package ukemi.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Masakari, with a Keystone before it, that reads as the contract says and refuses everything
 * else: an unknown marker, a slash too many, a call without a token, any method but GET.
 */
final class MasakariStub implements AutoCloseable {

  static final String PROJECT = "4f5c0de1a2b34c5d8e9f001122334455";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TOKEN = "token-of-the-stub";
  private static final Pattern PATH =
      Pattern.compile(
          "/v1(/" + PROJECT + ")?/(segments|notifications)(/[^/]+)?(/hosts)?(\\.json)?");

  private final HttpServer server;
  private final List<ObjectNode> segments = new CopyOnWriteArrayList<>();
  private final List<ObjectNode> hosts = new CopyOnWriteArrayList<>();
  private final List<ObjectNode> notifications = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  /** What the catalogue says behind the server's address. */
  volatile String catalogued = "/v1";

  volatile String catalogueType = "instance-ha";

  /** osapi_max_limit. */
  volatile int largestPage = 1000;

  volatile boolean engineRuns;
  volatile boolean callerIsAdmin = true;
  volatile boolean passwordIsGood = true;

  MasakariStub() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "masakari");
              thread.setDaemon(true);
              return thread;
            }));
    server.createContext("/v3/auth/tokens", exchange -> handle(exchange, this::login));
    server.createContext("/", exchange -> handle(exchange, this::serve));
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  List<String> requests() {
    return List.copyOf(requests);
  }

  /** Settings of a client of this cloud. */
  Map<String, String> settings() {
    return Map.of(
        "OS_AUTH_URL", url(),
        "OS_USERNAME", "ukemi",
        "OS_PASSWORD", "very secret",
        "OS_USER_DOMAIN_NAME", "Default",
        "OS_PROJECT_NAME", "service",
        "OS_PROJECT_DOMAIN_NAME", "Default");
  }

  ObjectNode segment(String name, String method) {
    ObjectNode segment = row(segments);
    segment.put("name", name);
    segment.put("service_type", "COMPUTE");
    segment.put("enabled", true);
    segment.putNull("description");
    segment.put("recovery_method", method);
    segments.add(segment);
    return segment;
  }

  ObjectNode host(ObjectNode segment, String name) {
    ObjectNode host = row(hosts);
    host.put("name", name);
    host.put("failover_segment_id", segment.get("uuid").asText());
    host.set("failover_segment", segment);
    host.put("type", "COMPUTE");
    host.put("reserved", false);
    host.put("control_attributes", "SSH");
    host.put("on_maintenance", false);
    hosts.add(host);
    return host;
  }

  ObjectNode notification(ObjectNode host, String status) {
    ObjectNode notification = row(notifications);
    notification.remove("uuid");
    notification.put("notification_uuid", UUID.randomUUID().toString());
    notification.put("generated_time", "2026-11-22T07:35:11.197182");
    notification.put("source_host_uuid", host.get("uuid").asText());
    notification.put("type", "COMPUTE_HOST");
    notification.putObject("payload").put("event", "STOPPED");
    notification.put("status", status);
    notification.put("failover_segment_uuid", host.get("failover_segment_id").asText());
    notification.putNull("message");
    notifications.add(notification);
    return notification;
  }

  private static ObjectNode row(List<ObjectNode> table) {
    ObjectNode row = JSON.createObjectNode();
    row.put("id", table.size() * 3 + 7); // ids have holes
    row.put("uuid", UUID.randomUUID().toString());
    row.put("created_at", "2026-11-22T07:30:52.000000");
    row.putNull("updated_at");
    row.putNull("deleted_at");
    row.put("deleted", false);
    return row;
  }

  /** A handler that fails must not leave the client waiting. */
  private static void handle(HttpExchange exchange, HttpHandler handler) throws IOException {
    try (exchange) {
      try {
        handler.handle(exchange);
      } catch (RuntimeException | AssertionError e) {
        e.printStackTrace();
        fault(exchange, 500, "masakariFault");
      }
    }
  }

  private void login(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    if (!passwordIsGood) {
      answer(exchange, 401, "{\"error\": {\"code\": 401, \"message\": \"no\"}}");
      return;
    }
    Instant now = Instant.now();
    exchange.getResponseHeaders().set("X-Subject-Token", TOKEN);
    answer(
        exchange,
        201,
        """
        {"token": {"methods": ["password"], "user": {"id": "u", "name": "ukemi",
          "domain": {"id": "default", "name": "Default"}, "password_expires_at": null},
         "issued_at": "%s", "expires_at": "%s", "is_domain": false, "roles": [],
         "project": {"id": "%s", "name": "service", "domain": {"id": "default", "name": "Default"}},
         "catalog": [
          {"type": "compute", "name": "nova", "id": "c", "endpoints": [
           {"id": "a", "interface": "public", "region": "R", "region_id": "R",
            "url": "http://127.0.0.1:1/"}]},
          {"type": "%s", "name": "masakari", "id": "m", "endpoints": [
           {"id": "b", "interface": "internal", "region": "R", "region_id": "R",
            "url": "http://127.0.0.1:1/v1"},
           {"id": "d", "interface": "public", "region": "R", "region_id": "R", "url": "%s"}]}]}}
        """
            .formatted(
                now, now.plus(Duration.ofHours(1)), PROJECT, catalogueType, url() + catalogued));
  }

  private void serve(HttpExchange exchange) throws IOException {
    requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
    Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
    if (!TOKEN.equals(exchange.getRequestHeaders().getFirst("X-Auth-Token"))) {
      answer(exchange, 401, "{\"error\": {\"code\": 401, \"title\": \"Unauthorized\"}}");
    } else if (!version(exchange).matches("1\\.[0-3]")) {
      fault(exchange, 406, "masakariFault");
    } else if (!path.matches() || !exchange.getRequestMethod().equals("GET")) {
      // as webob does
      exchange.getResponseHeaders().set("Content-Type", "text/html");
      byte[] page = "<html><head><title>404 Not Found</title></head></html>".getBytes();
      exchange.sendResponseHeaders(404, page.length);
      exchange.getResponseBody().write(page);
    } else if (!callerIsAdmin) {
      fault(exchange, 403, "forbidden");
    } else {
      route(exchange, path.group(2), path.group(3), path.group(4) != null);
    }
  }

  private void route(HttpExchange exchange, String collection, String id, boolean ofSegment)
      throws IOException {
    Map<String, String> query = query(exchange);
    if (collection.equals("segments") && id == null) {
      list(exchange, "segments", segments, row -> true);
    } else if (collection.equals("segments") && ofSegment) {
      String segment = id.substring(1);
      if (segments.stream().noneMatch(row -> row.get("uuid").asText().equals(segment))) {
        fault(exchange, 404, "itemNotFound");
        return;
      }
      list(
          exchange, "hosts", hosts, row -> row.get("failover_segment_id").asText().equals(segment));
    } else if (collection.equals("notifications") && id == null) {
      list(
          exchange,
          "notifications",
          notifications,
          row ->
              query.get("status") == null
                  || row.get("status").asText().equals(query.get("status")));
    } else if (collection.equals("notifications")) {
      show(exchange, id.substring(1));
    } else {
      throw new AssertionError("asked for " + exchange.getRequestURI());
    }
  }

  private void show(HttpExchange exchange, String uuid) throws IOException {
    ObjectNode found =
        notifications.stream()
            .filter(row -> row.get("notification_uuid").asText().equals(uuid))
            .findFirst()
            .orElse(null);
    if (found == null) {
      fault(exchange, 404, "itemNotFound");
    } else if (version(exchange).equals("1.0")) {
      answer(exchange, 200, JSON.createObjectNode().set("notification", found).toString());
    } else if (!engineRuns) {
      fault(exchange, 500, "masakariFault");
    } else {
      ObjectNode detailed = found.deepCopy();
      detailed.putArray("recovery_workflow_details");
      answer(exchange, 200, JSON.createObjectNode().set("notification", detailed).toString());
    }
  }

  private void list(
      HttpExchange exchange, String key, List<ObjectNode> table, Predicate<ObjectNode> filter)
      throws IOException {
    Map<String, String> query = query(exchange);
    boolean ascending = query.getOrDefault("sort_dir", "desc").equals("asc");
    if (query.containsKey("sort_key") && !query.get("sort_key").equals("id")) {
      fault(exchange, 400, "badRequest");
      return;
    }
    Comparator<ObjectNode> order = Comparator.comparingLong(row -> row.get("id").asLong());
    order = ascending ? order : order.reversed();
    long after = Long.parseLong(query.getOrDefault("marker", "0"));
    if (after != 0 && table.stream().noneMatch(row -> row.get("id").asLong() == after)) {
      fault(exchange, 400, "badRequest");
      return;
    }
    int limit =
        Math.min(largestPage, Integer.parseInt(query.getOrDefault("limit", "" + largestPage)));
    ArrayNode page = JSON.createArrayNode();
    table.stream()
        .filter(filter)
        .sorted(order)
        .filter(
            row ->
                after == 0
                    || (ascending
                        ? row.get("id").asLong() > after
                        : row.get("id").asLong() < after))
        .limit(limit)
        .forEach(page::add);
    answer(exchange, 200, JSON.createObjectNode().set(key, page).toString());
  }

  private static String version(HttpExchange exchange) {
    String header = exchange.getRequestHeaders().getFirst("OpenStack-API-Version");
    return header == null || !header.startsWith("instance-ha ")
        ? "1.0"
        : header.substring("instance-ha ".length());
  }

  private static Map<String, String> query(HttpExchange exchange) {
    Map<String, String> query = new HashMap<>();
    String raw = exchange.getRequestURI().getRawQuery();
    for (String one : raw == null ? new String[0] : raw.split("&")) {
      String[] parts = one.split("=", 2);
      query.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  private static void fault(HttpExchange exchange, int status, String name) throws IOException {
    answer(
        exchange,
        status,
        "{\"%s\": {\"code\": %d, \"message\": \"because\"}}".formatted(name, status));
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /** Lines of the settings, as Spring takes them. */
  static List<String> lines(Map<String, String> settings) {
    List<String> lines = new ArrayList<>();
    settings.forEach((name, value) -> lines.add("--" + name + "=" + value));
    return lines;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
