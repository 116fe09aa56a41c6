package ukemi.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Keystone as services use it. */
class SimulatedKeystoneTest extends CloudTest {

  private HttpResponse<String> validate(String own, String subject) {
    Map<String, String> headers = new HashMap<>();
    if (own != null) {
      headers.put("X-Auth-Token", own);
    }
    headers.put("X-Subject-Token", subject);
    return client.send("GET", cloud.keystoneUrl() + "/auth/tokens", headers, null);
  }

  private HttpResponse<String> authenticate(String auth) {
    return client.send(
        "POST",
        cloud.keystoneUrl() + "/auth/tokens",
        Map.of("Content-Type", "application/json"),
        auth);
  }

  @Test
  void aTokenCarriesRolesProjectAndCatalogue() {
    HttpResponse<String> answer = client.authenticate("ukemi", "secret");

    assertThat(answer.statusCode()).isEqualTo(201);
    JsonNode token = Client.json(answer).path("token");
    assertThat(token.path("project").path("name").asText()).isEqualTo("service");
    assertThat(token.path("roles").findValuesAsText("name")).containsExactly("admin");
    assertThat(token.path("catalog").findValuesAsText("type")).contains("compute", "identity");
    assertThat(token.path("catalog").path(0).path("endpoints").findValuesAsText("interface"))
        .containsExactlyInAnyOrder("public", "internal", "admin");
    assertThat(token.path("expires_at").asText()).endsWith("Z");
  }

  @Test
  void wrongPasswordUserOrProjectIs401() {
    assertThat(client.authenticate("ukemi", "wrong").statusCode()).isEqualTo(401);
    assertThat(client.authenticate("nobody", "secret").statusCode()).isEqualTo(401);
    cloud.addUser("stranger", "secret", "elsewhere", java.util.Set.of("admin"));
    assertThat(client.authenticate("stranger", "secret").statusCode()).isEqualTo(401);
    assertThat(authenticate("{}").statusCode()).isEqualTo(400);
  }

  @Test
  void anApplicationCredentialWorksByIdAndByName() {
    String id = cloud.addApplicationCredential("spare", "hidden", "ukemi");
    String frame =
        "{\"auth\": {\"identity\": {\"methods\": [\"application_credential\"],"
            + " \"application_credential\": %s}}}";

    HttpResponse<String> byId =
        authenticate(frame.formatted("{\"id\": \"" + id + "\", \"secret\": \"hidden\"}"));
    HttpResponse<String> byName =
        authenticate(
            frame.formatted(
                "{\"name\": \"spare\", \"secret\": \"hidden\", \"user\": {\"name\": \"ukemi\","
                    + " \"domain\": {\"id\": \"default\"}}}"));
    HttpResponse<String> wrong =
        authenticate(frame.formatted("{\"id\": \"" + id + "\", \"secret\": \"guess\"}"));

    assertThat(byId.statusCode()).isEqualTo(201);
    assertThat(byId.body()).contains("\"project\"");
    assertThat(byName.statusCode()).isEqualTo(201);
    assertThat(wrong.statusCode()).isEqualTo(401);
  }

  @Test
  void aCallersTokenIsValidatedWithOurOwn() {
    String own = client.token("ukemi");
    String caller = client.token("reader");

    assertThat(validate(own, caller).statusCode()).isEqualTo(200);
    assertThat(validate(own, caller).body()).contains("\"reader\"");
    assertThat(validate(own, "unknown").statusCode()).isEqualTo(404);
    assertThat(validate("unknown", caller).statusCode()).isEqualTo(401);
    assertThat(validate(null, caller).statusCode()).isEqualTo(401);
    assertThat(validate(caller, own).statusCode()).isEqualTo(403);
    assertThat(validate(caller, caller).statusCode()).isEqualTo(200);
  }

  @Test
  void tokensExpireAndCanBeRevoked() {
    String own = client.token("ukemi");
    cloud.settings().tokenLifetime(Duration.ofMillis(300));
    String brief = client.token("ukemi");
    pause(350);
    assertThat(client.nova(brief, "2.88", "GET", "/os-services", null).statusCode()).isEqualTo(401);
    assertThat(client.nova(own, "2.88", "GET", "/os-services", null).statusCode()).isEqualTo(200);
    client.send(
        "DELETE",
        cloud.keystoneUrl() + "/auth/tokens",
        Map.of("X-Auth-Token", own, "X-Subject-Token", own),
        null);
    assertThat(validate(own, own).statusCode()).isEqualTo(401);
  }

  @Test
  void anUnscopedTokenIsNoneToNova() {
    HttpResponse<String> unscoped =
        authenticate(
            "{\"auth\": {\"identity\": {\"methods\": [\"password\"], \"password\": {\"user\":"
                + " {\"name\": \"ukemi\", \"domain\": {\"id\": \"default\"}, \"password\":"
                + " \"secret\"}}}}}");

    assertThat(unscoped.statusCode()).isEqualTo(201);
    assertThat(unscoped.body()).doesNotContain("catalog");
    String token = unscoped.headers().firstValue("X-Subject-Token").orElseThrow();
    assertThat(client.nova(token, "2.88", "GET", "/os-services", null).statusCode()).isEqualTo(401);
  }

  @Test
  void versionsAreDiscovered() {
    assertThat(client.send("GET", cloud.url() + "/identity/", Map.of(), null).statusCode())
        .isEqualTo(300);
    assertThat(client.send("GET", cloud.keystoneUrl(), Map.of(), null).body()).contains("v3.14");
    assertThat(client.send("GET", cloud.novaUrl() + "/", Map.of(), null).body()).contains("2.93");
  }
}
