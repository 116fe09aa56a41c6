package ukemi.demo;

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
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import ukemi.simulator.SimulatedCloud;

/**
 * What operators and Masakari's monitors do, by the same requests: to Ukemi's API and to Nova's.
 * All methods throw {@link Refusal} with the reason when the answer is an error, and {@link
 * UncheckedIOException} when there is none.
 */
final class Operator {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int ERROR = 400;
  private static final String SEGMENT = "demo";

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final SimulatedCloud cloud;
  private final Supplier<String> ukemi;
  private String segment;

  /** What Ukemi says about a notification; message is null when there is nothing to say. */
  record Notice(String status, String message) {

    boolean isOver() {
      return List.of("finished", "failed", "ignored").contains(status);
    }
  }

  /**
   * @param ukemi address of Ukemi, such as http://127.0.0.1:15868, known when it serves
   */
  Operator(SimulatedCloud cloud, Supplier<String> ukemi) {
    this.cloud = cloud;
    this.ukemi = ukemi;
  }

  /** Ukemi's address. */
  String ukemi() {
    return ukemi.get();
  }

  /** Registers all hosts in one segment, the reserve disabled in Nova as the guides say. */
  void setUp(List<String> hosts, String reserve, String method) {
    segment =
        ukemi(
                "POST",
                "/segments",
                Map.of(
                    "segment",
                    Map.of("name", SEGMENT, "recovery_method", method, "service_type", "COMPUTE")))
            .at("/segment/uuid")
            .asText();
    service(reserve, Map.of("status", "disabled", "disabled_reason", "reserve"));
    for (String host : hosts) {
      Map<String, Object> registration =
          Map.of(
              "name",
              host,
              "type",
              "COMPUTE",
              "control_attributes",
              "SSH",
              "reserved",
              host.equals(reserve));
      ukemi("POST", "/segments/" + segment + "/hosts", Map.of("host", registration));
    }
  }

  /** The recovery method of the segment. */
  String method() {
    return ukemi("GET", "/segments/" + segment, null).at("/segment/recovery_method").asText();
  }

  /** Sets the recovery method of the segment. */
  void method(String method) {
    ukemi("PUT", "/segments/" + segment, Map.of("segment", Map.of("recovery_method", method)));
  }

  /** Whether the segment has a reserved host. */
  boolean hasReserve() {
    for (JsonNode host : hosts()) {
      if (host.get("reserved").asBoolean()) {
        return true;
      }
    }
    return false;
  }

  /** Whether Ukemi knows the host as a reserve. */
  boolean isReserve(String name) {
    return host(name).get("reserved").asBoolean();
  }

  /**
   * Reports the host dead, as a monitor does.
   *
   * @return the notification's uuid
   */
  String hostStopped(String host) {
    return ukemi(
            "POST",
            "/notifications",
            Map.of(
                "notification",
                Map.of(
                    "type",
                    "COMPUTE_HOST",
                    "hostname",
                    host,
                    "generated_time",
                    LocalDateTime.now(ZoneOffset.UTC).toString(),
                    "payload",
                    Map.of(
                        "event", "STOPPED", "host_status", "NORMAL", "cluster_status", "OFFLINE"))))
        .at("/notification/notification_uuid")
        .asText();
  }

  /** How the notification stands. */
  Notice notification(String uuid) {
    JsonNode notification = ukemi("GET", "/notifications/" + uuid, null).get("notification");
    JsonNode message = notification.get("message");
    return new Notice(
        notification.get("status").asText(), message.isNull() ? null : message.asText());
  }

  /** Takes a host that runs again back into service, or makes it the reserve. */
  void putBack(String host, boolean asReserve) {
    // forced down is lifted first: a service that is enabled while down stays unused for a while
    service(host, Map.of("forced_down", false));
    service(
        host,
        asReserve
            ? Map.of("status", "disabled", "disabled_reason", "reserve")
            : Map.of("status", "enabled"));
    ukemi(
        "PUT",
        "/segments/" + segment + "/hosts/" + host(host).get("uuid").asText(),
        Map.of("host", Map.of("on_maintenance", false, "reserved", asReserve)));
  }

  private JsonNode host(String name) {
    for (JsonNode host : hosts()) {
      if (host.get("name").asText().equals(name)) {
        return host;
      }
    }
    throw new Refusal(404, "Ukemi knows no host " + name);
  }

  private JsonNode hosts() {
    return ukemi("GET", "/segments/" + segment + "/hosts", null).get("hosts");
  }

  /** What "openstack compute service set" does. */
  private void service(String host, Map<String, Object> change) {
    String services = cloud.novaUrl() + "/os-services";
    String id =
        send("GET", services + "?binary=nova-compute&host=" + host, null)
            .at("/services/0/id")
            .asText();
    send("PUT", services + "/" + id, change);
  }

  private JsonNode ukemi(String method, String path, Object body) {
    return send(method, ukemi() + "/v1" + path, body);
  }

  private JsonNode send(String method, String address, Object body) {
    return read(
        exchange(
            request(address, method, body)
                .header("X-OpenStack-Nova-API-Version", "2.53")
                .header("X-Auth-Token", token())));
  }

  private String token() {
    Map<String, Object> domain = Map.of("name", "Default");
    Map<String, Object> user =
        Map.of("name", DemoCloud.USER, "password", DemoCloud.PASSWORD, "domain", domain);
    Map<String, Object> login =
        Map.of(
            "auth",
            Map.of(
                "identity",
                Map.of("methods", List.of("password"), "password", Map.of("user", user)),
                "scope",
                Map.of("project", Map.of("name", DemoCloud.PROJECT, "domain", domain))));
    HttpResponse<String> answer =
        exchange(request(cloud.keystoneUrl() + "/auth/tokens", "POST", login));
    read(answer);
    return answer.headers().firstValue("X-Subject-Token").orElseThrow();
  }

  private static HttpRequest.Builder request(String address, String method, Object body) {
    try {
      return HttpRequest.newBuilder(URI.create(address))
          .timeout(TIMEOUT)
          .header("Content-Type", "application/json")
          .method(
              method,
              body == null
                  ? BodyPublishers.noBody()
                  : BodyPublishers.ofString(JSON.writeValueAsString(body)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<String> exchange(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted", e));
    }
  }

  private static JsonNode read(HttpResponse<String> answer) {
    try {
      JsonNode body = JSON.readTree(answer.body());
      if (answer.statusCode() >= ERROR) {
        JsonNode message = body.findValue("message");
        throw new Refusal(
            answer.statusCode(),
            "%s answers %d: %s"
                .formatted(
                    answer.uri().getPath(),
                    answer.statusCode(),
                    message == null ? answer.body() : message.asText()));
      }
      return body;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
