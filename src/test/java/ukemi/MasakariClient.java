package ukemi;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/** Talks to Ukemi as Masakari's monitors and operators do, over HTTP. */
public final class MasakariClient {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http;
  private final String ukemi;
  private final Supplier<String> newToken;
  private String token;

  /** A client of the Ukemi at that address, with a token of the Keystone at the other. */
  public MasakariClient(String ukemi, String keystone, String user, String password) {
    this(
        ukemi,
        keystone,
        user,
        password,
        HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build());
  }

  /** The same over connections of that kind. */
  public MasakariClient(
      String ukemi, String keystone, String user, String password, HttpClient http) {
    this.http = http;
    this.ukemi = ukemi;
    this.newToken = () -> token(keystone, user, password);
    this.token = newToken.get();
  }

  /** The token it calls with. */
  public String token() {
    return token;
  }

  /** Gets a new token, when the old one is worthless. */
  public void renewToken() {
    token = newToken.get();
  }

  /** Creates a segment and gives its uuid. */
  public String createSegment(String name, String method) {
    return post(
            "/segments",
            Map.of(
                "segment",
                Map.of("name", name, "recovery_method", method, "service_type", "COMPUTE")),
            201)
        .at("/segment/uuid")
        .asText();
  }

  /** Registers hosts in a segment. */
  public void createHosts(String segment, String... hosts) {
    for (String host : hosts) {
      post(
          "/segments/" + segment + "/hosts",
          Map.of("host", Map.of("name", host, "type", "COMPUTE", "control_attributes", "SSH")),
          201);
    }
  }

  /** Registers a reserved host in a segment. */
  public void createReserve(String segment, String host) {
    post(
        "/segments/" + segment + "/hosts",
        Map.of(
            "host",
            Map.of(
                "name", host, "type", "COMPUTE", "control_attributes", "SSH", "reserved", "True")),
        201);
  }

  /** Makes a reserve of a registered host. */
  public void makeReserve(String segment, String host) {
    change(segment, host, Map.of("reserved", "True"));
  }

  /** Puts the host on maintenance, or takes it off, as an operator does. */
  public void setMaintenance(String segment, String host, boolean on) {
    change(segment, host, Map.of("on_maintenance", on));
  }

  private void change(String segment, String host, Map<String, Object> change) {
    String uuid = host(segment, host).get("uuid").asText();
    try {
      send(
          request("/segments/" + segment + "/hosts/" + uuid)
              .PUT(BodyPublishers.ofString(JSON.writeValueAsString(Map.of("host", change))))
              .build(),
          200);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The host as the API shows it. */
  public JsonNode host(String segment, String name) {
    for (JsonNode host : get("/segments/" + segment + "/hosts").get("hosts")) {
      if (host.get("name").asText().equals(name)) {
        return host;
      }
    }
    throw new AssertionError("no host " + name);
  }

  /** Reports a host dead and gives the notification's uuid. */
  public String hostStopped(String host) {
    return notifyHost(host, "STOPPED").at("/notification/notification_uuid").asText();
  }

  /** Reports a host back. */
  public void hostStarted(String host) {
    notifyHost(host, "STARTED");
  }

  /** Reports a host back that is on maintenance: refused, and taken note of. */
  public int tryHostStarted(String host) {
    return tryPost(
        "/notifications", hostNotification(host, "STARTED", LocalDateTime.now(ZoneOffset.UTC)));
  }

  /** Has a host returned to service; gives the HTTP status. */
  public int tryReturn(String segment, String host) {
    return tryPost(
        "/segments/" + segment + "/hosts/" + host(segment, host).get("uuid").asText() + "/return",
        Map.of());
  }

  /** Reports a guest as the instance monitor does; gives the notification's uuid. */
  public String guestReported(String host, UUID guest, String event, String domainEvent) {
    return notify(
        "VM",
        host,
        Map.of("event", event, "instance_uuid", guest.toString(), "vir_domain_event", domainEvent));
  }

  /** Reports a process as the process monitor does; gives the notification's uuid. */
  public String processReported(String host, String process, String event) {
    return notify("PROCESS", host, Map.of("event", event, "process_name", process));
  }

  private String notify(String type, String host, Map<String, String> payload) {
    return post(
            "/notifications",
            Map.of(
                "notification",
                Map.of(
                    "type", type,
                    "hostname", host,
                    "generated_time", LocalDateTime.now(ZoneOffset.UTC).toString(),
                    "payload", payload)),
            202)
        .at("/notification/notification_uuid")
        .asText();
  }

  private JsonNode notifyHost(String host, String event) {
    return post(
        "/notifications", hostNotification(host, event, LocalDateTime.now(ZoneOffset.UTC)), 202);
  }

  /**
   * Reports a host dead, as a monitor does that sends the same report until it is taken.
   *
   * @param generated when the monitor saw it, UTC
   * @return the HTTP status
   * @throws UncheckedIOException when no answer came
   */
  public int tryHostStopped(String host, LocalDateTime generated) {
    return tryPost("/notifications", hostNotification(host, "STOPPED", generated));
  }

  /** POSTs below /v1 and gives the HTTP status. */
  public int tryPost(String path, Object body) {
    try {
      return exchange(
              request(path).POST(BodyPublishers.ofString(JSON.writeValueAsString(body))).build())
          .statusCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** DELETEs below /v1 and gives the HTTP status. */
  public int tryDelete(String path) {
    return exchange(request(path).DELETE().build()).statusCode();
  }

  private static Map<String, Object> hostNotification(
      String host, String event, LocalDateTime generated) {
    return Map.of(
        "notification",
        Map.of(
            "type",
            "COMPUTE_HOST",
            "hostname",
            host,
            "generated_time",
            generated.toString(),
            "payload",
            Map.of("event", event, "host_status", "NORMAL", "cluster_status", "OFFLINE")));
  }

  /** All notifications. */
  public List<JsonNode> notifications() {
    List<JsonNode> notifications = new ArrayList<>();
    get("/notifications").get("notifications").forEach(notifications::add);
    return notifications;
  }

  /** The notification as the API shows it. */
  public JsonNode notification(String uuid) {
    return get("/notifications/" + uuid).get("notification");
  }

  /** What its recovery has done, as version 1.1 shows it. */
  public List<JsonNode> workflow(String uuid) {
    List<JsonNode> tasks = new ArrayList<>();
    HttpRequest request =
        request("/notifications/" + uuid)
            .header("OpenStack-API-Version", "instance-ha 1.1")
            .GET()
            .build();
    send(request, 200).at("/notification/recovery_workflow_details").forEach(tasks::add);
    return tasks;
  }

  /** The notification's status. */
  public String status(String uuid) {
    return notification(uuid).get("status").asText();
  }

  /** The vmoves of a notification. */
  /** Waits until the notification has ended, and gives its status. */
  public String awaitEnd(String uuid) {
    return await()
        .atMost(Duration.ofMinutes(3))
        .until(() -> status(uuid), status -> !status.matches("new|running|error"));
  }

  /** Why it ended as it did. */
  public String message(String uuid) {
    return notification(uuid).get("message").asText();
  }

  public List<JsonNode> vmoves(String uuid) {
    List<JsonNode> vmoves = new ArrayList<>();
    get("/notifications/" + uuid + "/vmoves").get("vmoves").forEach(vmoves::add);
    return vmoves;
  }

  /** Cancels the notification's recovery; what it changed is put back (yes), left (no) or asked. */
  public void cancel(String uuid, String reason, String putBack) {
    post(
        "/notifications/" + uuid + "/cancel",
        Map.of("cancel", Map.of("reason", reason, "put_back", putBack)),
        202);
  }

  /** Announces planned work and gives it as the API shows it. */
  public JsonNode announceWork(Map<String, String> work) {
    return post("/planned-work", Map.of("planned_work", work), 201).get("planned_work");
  }

  /** Has the guests that are left tried again and gives the new notification's uuid. */
  public String retry(String uuid) {
    return post("/notifications/" + uuid + "/retry", Map.of(), 202)
        .at("/notification/notification_uuid")
        .asText();
  }

  /** GET below /v1. */
  public JsonNode get(String path) {
    return send(request(path).GET().build(), 200);
  }

  private JsonNode post(String path, Object body, int expected) {
    try {
      return send(
          request(path).POST(BodyPublishers.ofString(JSON.writeValueAsString(body))).build(),
          expected);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(ukemi + "/v1" + path))
        .timeout(Duration.ofSeconds(60))
        .header("Content-Type", "application/json")
        .header("X-Auth-Token", token);
  }

  private JsonNode send(HttpRequest request, int expected) {
    HttpResponse<String> answer = exchange(request);
    if (answer.statusCode() != expected) {
      throw new AssertionError(
          request.method()
              + " "
              + request.uri()
              + ": "
              + answer.statusCode()
              + " "
              + answer.body());
    }
    try {
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<String> exchange(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private String token(String keystone, String user, String password) {
    Map<String, Object> domain = Map.of("name", "Default");
    Map<String, Object> body =
        Map.of(
            "auth",
            Map.of(
                "identity",
                Map.of(
                    "methods",
                    List.of("password"),
                    "password",
                    Map.of("user", Map.of("name", user, "password", password, "domain", domain))),
                "scope",
                Map.of("project", Map.of("name", "service", "domain", domain))));
    try {
      HttpResponse<String> answer =
          exchange(
              HttpRequest.newBuilder(URI.create(keystone + "/auth/tokens"))
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)))
                  .build());
      return answer
          .headers()
          .firstValue("X-Subject-Token")
          .orElseThrow(() -> new AssertionError("Keystone: " + answer.statusCode()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
