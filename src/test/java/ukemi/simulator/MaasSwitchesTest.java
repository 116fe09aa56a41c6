package ukemi.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Every way in which a machine or its BMC can misbehave. */
class MaasSwitchesTest extends CloudTest {

  private static final String HOST = "compute-1";

  private String state() {
    return Client.json(client.query(HOST)).path("state").asText();
  }

  private String cached() {
    return Client.json(client.machine(HOST, "GET", "", null)).path("power_state").asText();
  }

  @Test
  void powerOffTakesThePowerAfterTheAnswer() {
    cloud.settings().powerDelay(Duration.ofHours(1)).serviceDownTime(Duration.ofMillis(1500));
    UUID untouched = cloud.addGuest("compute-2", "web");
    assertThat(Client.json(client.powerOff("compute-2")).path("power_state").asText())
        .isEqualTo("on");
    assertThat(truth.hasPower("compute-2")).isTrue();
    assertThat(truth.runningOn(untouched)).containsExactly("compute-2");

    cloud.settings().powerDelay(Duration.ofMillis(150));
    UUID guest = cloud.addGuest(HOST, "web");
    List<String> told = new CopyOnWriteArrayList<>();
    cloud.onPowerOff(told::add);

    HttpResponse<String> answer = client.powerOff(HOST);

    assertThat(answer.statusCode()).isEqualTo(200);
    waitUntil("off", () -> !truth.hasPower(HOST));
    assertThat(state()).isEqualTo("off");
    assertThat(truth.runningOn(guest)).isEmpty();
    waitUntil("told", () -> told.equals(List.of(HOST)));
    assertThat(truth.powerOrders(HOST))
        .singleElement()
        .satisfies(
            order -> {
              assertThat(order.operation()).isEqualTo("power_off");
              assertThat(order.mode()).isEqualTo("hard");
              assertThat(order.comment()).isEqualTo("test");
              assertThat(order.status()).isEqualTo(200);
            });
    waitUntil("down", () -> client.service(HOST).path("state").asText().equals("down"));
  }

  @Test
  void theCacheFollowsLater() {
    cloud.losePower(HOST);

    assertThat(cached()).isEqualTo("on");
    state();
    assertThat(cached()).isEqualTo("off");
  }

  @Test
  void powerOnBootsTheHost() {
    cloud.losePower(HOST);
    List<String> told = new CopyOnWriteArrayList<>();
    cloud.onPowerOn(told::add);

    client.machine(HOST, "POST", "power_on", Map.of());

    waitUntil("on", () -> truth.hasPower(HOST));
    waitUntil("up", () -> client.service(HOST).path("state").asText().equals("up"));
    waitUntil("told", () -> told.equals(List.of(HOST)));
  }

  @Test
  void powerOnOfARunningHostIsAHardReset() {
    UUID guest = cloud.addGuest(HOST, "web");

    client.machine(HOST, "POST", "power_on", Map.of());

    waitUntil("reset", () -> truth.runningOn(guest).isEmpty());
  }

  @Test
  void aJsonBodyIsNotRead() {
    cloud.crash(HOST);
    client.send(
        "POST",
        cloud.maasUrl() + "/api/2.0/machines/" + cloud.systemId(HOST) + "/?op=power_off",
        Map.of(
            "Authorization",
            Client.oauth(cloud.maasApiKey(), "nonce-1", Instant.now().getEpochSecond()),
            "Content-Type",
            "application/json"),
        "{\"stop_mode\": \"soft\"}");

    assertThat(truth.powerOrders(HOST).get(0).mode()).isNull();
    waitUntil("off", () -> !truth.hasPower(HOST));
  }

  @Test
  void softIsFollowedOnlyByALivingSystem() {
    cloud.crash(HOST);

    client.machine(HOST, "POST", "power_off", Map.of("stop_mode", "soft"));
    pause(400);

    assertThat(truth.hasPower(HOST)).isTrue();
  }

  @Test
  void slow() {
    cloud.settings().slowPowerDelay(Duration.ofHours(1));
    cloud.machineFault(HOST, MachineFault.SLOW);
    client.powerOff(HOST);
    pause(400);
    assertThat(state()).isEqualTo("on");
    cloud.settings().slowPowerDelay(Duration.ofMillis(700));
    cloud.machineFault("compute-2", MachineFault.SLOW);
    client.powerOff("compute-2");
    waitUntil("off", () -> !truth.hasPower("compute-2"));
  }

  @Test
  void stuck() {
    cloud.machineFault(HOST, MachineFault.STUCK);

    assertThat(client.powerOff(HOST).statusCode()).isEqualTo(200);
    pause(400);

    assertThat(state()).isEqualTo("on");
  }

  @Test
  void loginRefused() {
    cloud.machineFault(HOST, MachineFault.BMC_LOGIN_REFUSED);

    assertThat(client.powerOff(HOST).statusCode()).isEqualTo(200);
    pause(400);

    assertThat(state()).isEqualTo("error");
    assertThat(truth.hasPower(HOST)).isTrue();
  }

  @Test
  void bmcLost() {
    cloud.machineFault(HOST, MachineFault.BMC_LOST);
    Instant begin = Instant.now();

    assertThat(client.powerOff(HOST).statusCode()).isEqualTo(200);
    assertThat(client.query(HOST).statusCode()).isEqualTo(504);

    assertThat(Duration.between(begin, Instant.now())).isGreaterThan(Duration.ofMillis(399));
    assertThat(truth.hasPower(HOST)).isTrue();
    cloud.clearMachineFaults(HOST);
    assertThat(state()).isEqualTo("on");
  }

  @Test
  void theRackLosesPowerWithItsBmcs() {
    cloud.losePowerAndBmc(HOST);

    assertThat(client.query(HOST).statusCode()).isEqualTo(504);
    assertThat(truth.hasPower(HOST)).isFalse();
  }

  @Test
  void flapping() {
    cloud.machineFault(HOST, MachineFault.FLAPPING);

    assertThat(List.of(state(), state(), state(), state()))
        .containsExactly("off", "on", "off", "on");
  }

  @Test
  void shownAsOffOnce() {
    cloud.machineFault(HOST, MachineFault.SHOWN_AS_OFF, 1);

    assertThat(List.of(state(), state())).containsExactly("off", "on");
  }

  @Test
  void locked() {
    cloud.machineFault(HOST, MachineFault.LOCKED);

    HttpResponse<String> answer = client.powerOff(HOST);

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).isEmpty();
    assertThat(state()).isEqualTo("on");
    assertThat(client.machine(HOST, "POST", "unlock", Map.of()).statusCode()).isEqualTo(200);
    assertThat(client.powerOff(HOST).statusCode()).isEqualTo(200);
  }

  @Test
  void lockingHoldsTheMachineOff() {
    cloud.losePower(HOST);
    assertThat(client.machine(HOST, "POST", "lock", Map.of()).statusCode()).isEqualTo(200);

    assertThat(client.machine(HOST, "POST", "power_on", Map.of()).statusCode()).isEqualTo(403);
    assertThat(cloud.locked(HOST)).isTrue();
    cloud.machineStatus("compute-2", 4);
    assertThat(client.machine("compute-2", "POST", "lock", Map.of()).statusCode()).isEqualTo(409);
  }

  @Test
  void manualAndNoPowerType() {
    cloud.machineFault(HOST, MachineFault.MANUAL);
    assertThat(client.powerOff(HOST).body()).isEqualTo("null");
    assertThat(state()).isEqualTo("unknown");
    cloud.clearMachineFaults(HOST);
    cloud.machineFault(HOST, MachineFault.NO_POWER_TYPE);
    assertThat(client.powerOff(HOST).body()).isEqualTo("null");
    assertThat(client.query(HOST).statusCode()).isEqualTo(503);
    assertThat(truth.hasPower(HOST)).isTrue();
  }

  @Test
  void notVisible() {
    cloud.machineFault(HOST, MachineFault.NOT_VISIBLE);

    assertThat(find(HOST)).isEmpty();
    assertThat(client.machine(HOST, "GET", "", null).statusCode()).isEqualTo(403);
  }

  @Test
  void otherActionRunningAndNoRackAndConflict() {
    cloud.machineFault(HOST, MachineFault.OTHER_ACTION_RUNNING, 1);
    HttpResponse<String> other = client.powerOff(HOST);
    cloud.machineFault(HOST, MachineFault.NO_RACK, 2);
    HttpResponse<String> noRack = client.powerOff(HOST);
    HttpResponse<String> noRackQuery = client.query(HOST);
    cloud.machineFault(HOST, MachineFault.CONFLICT, 1);
    HttpResponse<String> conflict = client.powerOff(HOST);

    assertThat(other.statusCode()).isEqualTo(503);
    assertThat(other.body()).contains("another action is already in progress");
    assertThat(noRack.statusCode()).isEqualTo(503);
    assertThat(noRackQuery.statusCode()).isEqualTo(503);
    assertThat(conflict.statusCode()).isEqualTo(409);
    assertThat(conflict.headers().firstValue("Content-Type").orElseThrow()).contains("html");
    assertThat(conflict.headers().firstValue("Retry-After")).contains("5");
    pause(300);
    assertThat(truth.hasPower(HOST)).isTrue();
    assertThat(client.powerOff(HOST).statusCode()).as("all used up").isEqualTo(200);
    waitUntil("off", () -> !truth.hasPower(HOST));
  }

  @Test
  void staleCache() {
    cloud.cachedPowerState(HOST, "off");
    cloud.machineFault(HOST, MachineFault.STALE_CACHE);

    assertThat(state()).isEqualTo("on");
    assertThat(cached()).isEqualTo("off");
  }

  @Test
  void errorAndCutAfterEffect() {
    cloud.machineFault(HOST, MachineFault.ERROR_AFTER_EFFECT);
    assertThat(client.powerOff(HOST).statusCode()).isEqualTo(500);
    cloud.machineFault("compute-2", MachineFault.CUT_AFTER_EFFECT);
    assertThatThrownBy(() -> client.powerOff("compute-2")).isInstanceOf(UncheckedIOException.class);

    waitUntil("off", () -> !truth.hasPower(HOST) && !truth.hasPower("compute-2"));
  }

  @Test
  void blocking() {
    cloud.settings().bmcTimeout(Duration.ofHours(1));
    cloud.machineFault(HOST, MachineFault.BLOCKING);

    HttpResponse<String> answer = client.powerOff(HOST);

    assertThat(truth.hasPower(HOST)).isFalse();
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Client.json(answer).path("power_state").asText()).isEqualTo("on");
    cloud.settings().bmcTimeout(Duration.ofMillis(400));
    cloud.machineFault("compute-2", MachineFault.BLOCKING);
    cloud.machineFault("compute-2", MachineFault.STUCK);
    assertThat(client.powerOff("compute-2").statusCode()).isEqualTo(500);
  }

  @Test
  void aSecondRegionAnswersWhileTheFirstIsDown() {
    int port = cloud.openPort(0);
    cloud.faults().set(Match.path("^/MAAS/"), Trouble.status(503));

    assertThat(client.maas("GET", "/MAAS/api/2.0/version/", null).statusCode()).isEqualTo(503);
    assertThat(client.maas("GET", "/region2/MAAS/api/2.0/version/", null).statusCode())
        .isEqualTo(200);
    assertThat(
            client
                .send(
                    "GET", "http://127.0.0.1:" + port + "/r3/MAAS/api/2.0/version/", Map.of(), null)
                .statusCode())
        .isEqualTo(200);
    cloud.closePort(port);
    assertThatThrownBy(
            () ->
                client.send(
                    "GET", "http://127.0.0.1:" + port + "/MAAS/api/2.0/version/", Map.of(), null))
        .isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void reenlistedMachinesHaveANewId() {
    String before = cloud.systemId(HOST);
    cloud.reenlist(HOST);

    assertThat(find(HOST).path(0).path("system_id").asText())
        .isEqualTo(cloud.systemId(HOST))
        .isNotEqualTo(before);
    assertThat(client.maas("GET", "/MAAS/api/2.0/machines/" + before + "/", null).statusCode())
        .isEqualTo(404);
    cloud.forgetMachine(HOST);
    assertThat(find(HOST)).isEmpty();
  }

  @Test
  void aHostNamedWithItsDomainIsFoundByItsShortName() {
    cloud.addHost("node-9.dc1.example.com", "10.20.9.9", "node-9.dc1.example.com");

    JsonNode machine = find("node-9").path(0);

    assertThat(machine.path("fqdn").asText()).isEqualTo("node-9.dc1.example.com");
    assertThat(machine.path("ip_addresses").path(0).asText()).isEqualTo("10.20.9.9");
    assertThat(find("node-9.dc1.example.com")).isEmpty();
    assertThat(find("NODE-9")).isEmpty();
  }

  @Test
  void otherUsersSeeOnlyWhatIsTheirsOrNobodys() {
    String key = cloud.addMaasUser("alice", false);
    cloud.machineOwner("compute-2", "alice");
    cloud.machineOwner("compute-3", null);

    JsonNode seen = Client.json(client.maas(key, "GET", "/MAAS/api/2.0/machines/", null));

    assertThat(seen.findValuesAsText("hostname")).containsExactly("compute-2", "compute-3");
  }

  @Test
  void aBadTimestampAndALongNonceAreServerErrors() {
    String header =
        Client.oauth(cloud.maasApiKey(), "n".repeat(256), Instant.now().getEpochSecond());
    assertThat(whoami(header)).isEqualTo(500);
    assertThat(whoami(header.replaceAll("timestamp=\"\\d+\"", "timestamp=\"now\""))).isEqualTo(500);
    assertThat(whoami(header.replace("OAuth ", "oauth "))).isEqualTo(401);
    assertThat(whoami(header.replace("version=\"1.0\"", "version=\"1.0a\""))).isEqualTo(401);
  }

  private int whoami(String header) {
    return client
        .send(
            "GET",
            cloud.maasUrl() + "/api/2.0/users/?op=whoami",
            Map.of("Authorization", header),
            null)
        .statusCode();
  }

  @Test
  void theClockOfMaasMayBeAheadOfOurs() {
    cloud.settings().maasClockOffset(Duration.ofMinutes(6));

    HttpResponse<String> answer = client.query(HOST);

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.body()).contains("Expired timestamp");
  }

  private JsonNode find(String hostname) {
    return Client.json(client.maas("GET", "/MAAS/api/2.0/machines/?hostname=" + hostname, null));
  }
}
