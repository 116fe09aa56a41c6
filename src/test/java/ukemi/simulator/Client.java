package ukemi.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** A plain client of the simulated cloud. */
final class Client {

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final SimulatedCloud cloud;
  private String token;

  Client(SimulatedCloud cloud) {
    this.cloud = cloud;
  }

  HttpResponse<String> send(String method, String url, Map<String, String> headers, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofSeconds(60))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    headers.forEach(request::header);
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  HttpResponse<String> authenticate(String user, String password) {
    return send(
        "POST",
        cloud.keystoneUrl() + "/auth/tokens",
        Map.of("Content-Type", "application/json"),
        """
        {"auth": {"identity": {"methods": ["password"], "password": {"user":
          {"name": "%s", "domain": {"name": "Default"}, "password": "%s"}}},
          "scope": {"project": {"name": "service", "domain": {"id": "default"}}}}}"""
            .formatted(user, password));
  }

  String token(String user) {
    return authenticate(user, "secret").headers().firstValue("X-Subject-Token").orElseThrow();
  }

  HttpResponse<String> nova(String version, String method, String path, String body) {
    if (token == null) {
      token = token("ukemi");
    }
    return nova(token, version, method, path, body);
  }

  HttpResponse<String> nova(String token, String version, String method, String path, String body) {
    return send(
        method,
        cloud.novaUrl() + path,
        Map.of(
            "X-Auth-Token",
            token,
            "OpenStack-API-Version",
            "compute " + version,
            "Content-Type",
            "application/json"),
        body);
  }

  JsonNode get(String path) {
    HttpResponse<String> answer = nova("2.88", "GET", path, null);
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
    return json(answer);
  }

  JsonNode service(String host) {
    return get("/os-services?binary=nova-compute&host=" + host).path("services").path(0);
  }

  HttpResponse<String> putService(String host, String body) {
    return nova("2.88", "PUT", "/os-services/" + service(host).path("id").asText(), body);
  }

  JsonNode server(UUID guest) {
    return get("/servers/" + guest).path("server");
  }

  JsonNode migrations(UUID guest) {
    return get("/os-migrations?migration_type=evacuation&instance_uuid=" + guest)
        .path("migrations");
  }

  HttpResponse<String> act(UUID guest, String body) {
    return nova("2.88", "POST", "/servers/" + guest + "/action", body);
  }

  HttpResponse<String> evacuate(UUID guest) {
    return act(guest, "{\"evacuate\": {}}");
  }

  HttpResponse<String> maas(String method, String path, Map<String, String> form) {
    return maas(cloud.maasApiKey(), method, path, form);
  }

  HttpResponse<String> maas(String key, String method, String path, Map<String, String> form) {
    return send(
        method,
        cloud.url() + path,
        Map.of(
            "Authorization",
            oauth(key, UUID.randomUUID().toString(), Instant.now().getEpochSecond()),
            "Content-Type",
            "application/x-www-form-urlencoded"),
        form == null ? null : encoded(form));
  }

  /** MAAS's answer to an operation on the host's machine. */
  HttpResponse<String> machine(String host, String method, String op, Map<String, String> form) {
    String path = "/MAAS/api/2.0/machines/" + cloud.systemId(host) + "/";
    return maas(method, op.isEmpty() ? path : path + "?op=" + op, form);
  }

  HttpResponse<String> powerOff(String host) {
    return machine(host, "POST", "power_off", Map.of("stop_mode", "hard", "comment", "test"));
  }

  HttpResponse<String> query(String host) {
    return machine(host, "GET", "query_power_state", null);
  }

  static String oauth(String key, String nonce, long timestamp) {
    String[] parts = key.split(":");
    return "OAuth oauth_version=\"1.0\", oauth_signature_method=\"PLAINTEXT\","
        + " oauth_consumer_key=\"%s\", oauth_token=\"%s\", oauth_signature=\"%%26%s\","
            .formatted(parts[0], parts[1], parts[2])
        + " oauth_nonce=\"%s\", oauth_timestamp=\"%d\"".formatted(nonce, timestamp);
  }

  static JsonNode json(HttpResponse<String> answer) {
    return Json.read(answer.body().getBytes(StandardCharsets.UTF_8));
  }

  private static String encoded(Map<String, String> form) {
    return form.entrySet().stream()
        .map(field -> field.getKey() + "=" + encoded(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
