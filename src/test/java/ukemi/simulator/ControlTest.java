package ukemi.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The switches over HTTP. */
class ControlTest extends CloudTest {

  private HttpResponse<String> call(String method, String path) {
    return client.send(method, cloud.url() + "/simulator" + path, Map.of(), null);
  }

  @Test
  void hostsAndGuestsAreMadeAndBroken() {
    call("POST", "/hosts?name=compute-9&address=10.20.0.9");
    JsonNode made =
        Client.json(
            call("POST", "/guests?host=compute-9&name=web&count=2&metadata.HA_Enabled=True"));
    UUID guest = UUID.fromString(made.path("guests").path(0).asText());

    assertThat(call("POST", "/hosts/compute-9/lose-power").statusCode()).isEqualTo(200);

    assertThat(truth.hasPower("compute-9")).isFalse();
    assertThat(client.server(guest).path("metadata").path("HA_Enabled").asText()).isEqualTo("True");
    assertThat(call("POST", "/hosts/compute-9/heal").statusCode()).isEqualTo(200);
    assertThat(truth.hasPower("compute-9")).isTrue();
    assertThat(call("DELETE", "/guests/" + guest).statusCode()).isEqualTo(200);
    assertThat(truth.guestsOn("compute-9")).hasSize(1);
  }

  @Test
  void settingsMachineFaultsAndFaultsAreSet() {
    call("POST", "/settings?reportInterval=2.5&maxLimit=7");
    call("POST", "/hosts/compute-1/machine?fault=bmc-lost&times=1");
    call("POST", "/faults?service=nova&method=GET&trouble=status&status=429&times=1");

    assertThat(cloud.settings().all())
        .containsEntry("reportInterval", "PT2.5S")
        .containsEntry("maxLimit", 7);
    assertThat(client.query("compute-1").statusCode()).isEqualTo(504);
    assertThat(client.nova("2.88", "GET", "/os-services", null).statusCode()).isEqualTo(429);
    assertThat(client.nova("2.88", "GET", "/os-services", null).statusCode()).isEqualTo(200);
    call("POST", "/faults?service=nova&trouble=hang");
    assertThat(call("DELETE", "/faults").statusCode()).isEqualTo(200);
    assertThat(client.nova("2.88", "GET", "/os-services", null).statusCode()).isEqualTo(200);
  }

  @Test
  void jsonIsReadAsWell() {
    client.send(
        "POST",
        cloud.url() + "/simulator/faults",
        Map.of("Content-Type", "application/json"),
        "{\"service\": \"nova\", \"status\": 503, \"times\": 1}");

    assertThat(client.nova("2.88", "GET", "/os-services", null).statusCode()).isEqualTo(503);
  }

  @Test
  void theTruthIsTold() {
    UUID guest = cloud.addGuest("compute-1", "web");
    cloud.killCompute("compute-1");
    client.putService("compute-1", "{\"forced_down\": true}");
    client.evacuate(guest);
    waitUntilSettled(guest);
    client.powerOff("compute-3");

    JsonNode told = Client.json(call("GET", "/truth"));

    assertThat(told.path("twice_running")).hasSize(1);
    assertThat(told.path("evacuate_calls")).hasSize(1);
    assertThat(told.path("power_orders").path(0).path("host").asText()).isEqualTo("compute-3");
    assertThat(told.path("guests").path(0).path("running_on")).hasSize(2);
    assertThat(Client.json(call("GET", "/requests?service=maas"))).hasSize(1);
    assertThat(Client.json(call("GET", "")).path("hosts")).hasSize(3);
  }

  @Test
  void mistakesAreNamed() {
    assertThat(call("POST", "/hosts/nowhere/crash").statusCode()).isEqualTo(400);
    assertThat(call("POST", "/hosts/compute-1/explode").statusCode()).isEqualTo(400);
    assertThat(call("POST", "/settings?nonsense=1").statusCode()).isEqualTo(400);
    assertThat(call("POST", "/nonsense").body()).contains("calls");
  }
}
