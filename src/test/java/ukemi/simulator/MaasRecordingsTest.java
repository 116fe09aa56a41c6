package ukemi.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every exchange recorded from a real MAAS, replayed against the simulated one. */
class MaasRecordingsTest {

  private static final String ADMIN = "AAAAAAAAAAAAAAAAAA:TTTTTTTTTTTTTTTTTT:SECRET1";
  private static final String ALICE = "CCCCCCCCCCCCCCCCCC:UUUUUUUUUUUUUUUUUU:SECRET2";

  private final SimulatedCloud cloud = SimulatedCloud.start(0);
  private final Client client = new Client(cloud);

  @BeforeEach
  void aCloudAsItWasRecorded() {
    cloud
        .settings()
        .powerDelay(Duration.ofMillis(100))
        .bootTime(Duration.ZERO)
        .powerCacheDelay(Duration.ofMillis(50))
        .bmcTimeout(Duration.ofMillis(200))
        .noRackDelay(Duration.ofMillis(20));
    cloud.addMaasUser("admin", true, ADMIN);
    cloud.addMaasUser("alice", false, ALICE);
    Map<String, String> ids =
        Map.of(
            "virt-node-01", "mrpa3y",
            "virt-node-02", "qmt3sc",
            "virt-node-03", "tcemhk",
            "virt-node-04", "s6nsmd",
            "virt-node-05", "byt3be",
            "virt-node-06", "chn37c",
            "virt-node-07", "kcgh6g");
    int number = 10;
    for (String host : new TreeSet<>(ids.keySet())) {
      cloud.addHost(host, "10.30.0." + number++);
      cloud.reenlist(host, ids.get(host));
    }
    cloud.machineFault("virt-node-01", MachineFault.BMC_LOGIN_REFUSED);
    cloud.machineFault("virt-node-04", MachineFault.MANUAL);
    cloud.machineFault("virt-node-05", MachineFault.NO_POWER_TYPE);
    cloud.machineFault("virt-node-06", MachineFault.BMC_LOST);
    cloud.machineOwner("virt-node-06", "alice");
    cloud.machineOwner("virt-node-07", null);
  }

  @AfterEach
  void close() {
    cloud.close();
  }

  static List<Arguments> recordings() throws IOException {
    List<Arguments> recordings = new ArrayList<>();
    try (InputStream in = MaasRecordingsTest.class.getResourceAsStream("/maas-samples.json")) {
      for (JsonNode exchange : Json.MAPPER.readTree(in).path("exchanges")) {
        recordings.add(Arguments.of(exchange.path("name").asText(), exchange));
      }
    }
    return recordings;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("recordings")
  void answersAsRecorded(String name, JsonNode exchange) throws Exception {
    prepare(name);
    HttpResponse<String> answer = replay(exchange);
    JsonNode recorded = exchange.path("response");

    assertThat(answer.statusCode()).isEqualTo(recorded.path("status").asInt());
    recorded
        .path("headers")
        .properties()
        .forEach(
            header ->
                assertThat(answer.headers().firstValue(header.getKey()))
                    .contains(header.getValue().asText()));
    JsonNode body = recorded.path("body");
    if (body.isTextual()) {
      sameText(name, answer.body(), body.asText());
    } else {
      sameShape("$", Client.json(answer), body);
    }
  }

  /** The recordings are one story; each is replayed alone, so what came before is set up here. */
  private void prepare(String name) throws InterruptedException {
    switch (name) {
      case "query-off", "query-during-off", "power-off-already-off", "power-on" -> {
        cloud.losePower("virt-node-02");
        cloud.cachedPowerState("virt-node-02", "off");
      }
      case "power-off-while-on-in-progress" -> {
        cloud.losePower("virt-node-02");
        cloud.settings().powerDelay(Duration.ofHours(1));
        client.maas(ADMIN, "POST", "/MAAS/api/2.0/machines/qmt3sc/?op=power_on", Map.of());
      }
      case "locked-power-off", "locked-query", "lock-again", "unlock" ->
          cloud.machineFault("virt-node-03", MachineFault.LOCKED);
      case "find-two", "power-off-bmc-auth-failure" -> {
        if (name.equals("find-two")) {
          client.maas(ADMIN, "GET", "/MAAS/api/2.0/machines/mrpa3y/?op=query_power_state", null);
        } else {
          cloud.cachedPowerState("virt-node-01", "error");
        }
      }
      case "power-off-bmc-lost" -> cloud.cachedPowerState("virt-node-06", "off");
      case "events" -> {
        client.maas(ADMIN, "POST", "/MAAS/api/2.0/machines/qmt3sc/?op=power_on", Map.of());
        Thread.sleep(300);
        client.maas(ADMIN, "POST", "/MAAS/api/2.0/machines/qmt3sc/?op=power_off", Map.of());
      }
      default -> {}
    }
  }

  private HttpResponse<String> replay(JsonNode exchange) {
    JsonNode request = exchange.path("request");
    String key =
        switch (exchange.path("name").asText()) {
          case "bad-consumer" -> "BBBBBBBBBBBBBBBBBB:TTTTTTTTTTTTTTTTTT:SECRET1";
          case "bad-token" -> "AAAAAAAAAAAAAAAAAA:BBBBBBBBBBBBBBBBBB:SECRET1";
          case "bad-secret" -> "CCCCCCCCCCCCCCCCCC:UUUUUUUUUUUUUUUUUU:WRONG";
          default -> request.path("as").asText().equals("alice") ? ALICE : ADMIN;
        };
    long time = Instant.now().getEpochSecond();
    String nonce = UUID.randomUUID().toString();
    Map<String, String> headers = new HashMap<>();
    if (!request.path("as").isNull()) {
      switch (exchange.path("name").asText()) {
        case "old-timestamp" -> time -= 305;
        case "future-timestamp" -> time += 86400;
        case "nonce-replay" -> {
          nonce = "b3ee21b1e1134379b6b2c0ce6620f6d8";
          client.send(
              "GET",
              cloud.url() + request.path("path").asText(),
              Map.of("Authorization", Client.oauth(key, nonce, time)),
              null);
        }
        default -> {}
      }
      headers.put("Authorization", Client.oauth(key, nonce, time));
    }
    String body = null;
    if (request.path("form").isObject()) {
      headers.put("Content-Type", "application/x-www-form-urlencoded");
      List<String> pairs = new ArrayList<>();
      request
          .path("form")
          .properties()
          .forEach(
              field ->
                  pairs.add(field.getKey() + "=" + field.getValue().asText().replace(' ', '+')));
      body = String.join("&", pairs);
    }
    return client.send(
        request.path("method").asText(),
        cloud.url() + request.path("path").asText(),
        headers,
        body);
  }

  private static void sameText(String name, String answer, String recorded) {
    if (name.equals("old-timestamp")) {
      assertThat(answer.replaceAll("\\d{10}", "T")).isEqualTo(recorded.replaceAll("\\d{10}", "T"));
    } else {
      assertThat(answer).isEqualTo(recorded);
    }
  }

  /**
   * Each recorded field must be there with the same kind of value, and what a fence looks at with
   * the same value. Trimmed recordings leave fields out.
   */
  private static void sameShape(String at, JsonNode answer, JsonNode recorded) {
    assertThat(answer.getNodeType()).as(at + " is " + answer).isEqualTo(recorded.getNodeType());
    if (recorded.isArray()) {
      assertThat(answer.size()).as(at).isEqualTo(recorded.size());
      for (int i = 0; i < recorded.size(); i++) {
        sameShape(at + "[" + i + "]", answer.get(i), recorded.get(i));
      }
    } else if (recorded.isObject()) {
      recorded
          .properties()
          .forEach(
              field -> {
                String path = at + "." + field.getKey();
                if (ofNoInterest(field.getKey())) {
                  assertThat(answer.has(field.getKey())).as(path).isTrue();
                } else {
                  sameShape(path, answer.path(field.getKey()), field.getValue());
                }
              });
    } else if (matters(at)) {
      assertThat(answer).as(at).isEqualTo(recorded);
    }
  }

  private static boolean ofNoInterest(String field) {
    return field.equals("status_message")
        || field.equals("next_uri")
        || field.equals("prev_uri")
        || field.equals("events");
  }

  private static boolean matters(String path) {
    return path.matches(
        ".*\\.(system_id|hostname|fqdn|status|status_name|power_state|power_type|owner|locked"
            + "|resource_uri|state|username|is_superuser|ip_addresses\\[0\\])");
  }

  @Test
  void aMachineHasExactlyTheFieldsOfARealOne() throws Exception {
    try (InputStream in = getClass().getResourceAsStream("/maas-samples.json")) {
      for (JsonNode exchange : Json.MAPPER.readTree(in).path("exchanges")) {
        if (exchange.path("name").asText().equals("read")) {
          JsonNode answer = Client.json(replay(exchange));
          assertThat(answer.fieldNames())
              .toIterable()
              .containsExactlyInAnyOrderElementsOf(
                  () -> exchange.path("response").path("body").fieldNames());
        }
      }
    }
  }
}
