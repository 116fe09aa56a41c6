package ukemi.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What was met on a real Nova, one by one. */
class NovaFactsTest extends CloudTest {

  private static final String MIGRATE = "{\"migrate\": null}";
  private static final String CONFIRM = "{\"confirmResize\": null}";

  @Test
  void disablingADeadComputeBelievedUpBlocksForTheRpcTimeout() {
    cloud.settings().rpcTimeout(Duration.ofMillis(1500));
    cloud.killCompute("compute-1");
    Instant begin = Instant.now();

    HttpResponse<String> answer = client.putService("compute-1", "{\"status\": \"disabled\"}");

    assertThat(Duration.between(begin, Instant.now())).isGreaterThan(Duration.ofMillis(1499));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Client.json(answer).path("service").path("status").asText()).isEqualTo("disabled");
  }

  @Test
  void afterForcedDownTheSameDisableAnswersAtOnce() {
    cloud.killCompute("compute-1");
    client.putService("compute-1", "{\"forced_down\": true}");

    // whoever is blocked gets no answer for an hour
    client.putService("compute-1", "{\"status\": \"disabled\", \"disabled_reason\": \"fenced\"}");

    assertThat(client.service("compute-1").path("disabled_reason").asText()).isEqualTo("fenced");
  }

  @Test
  void disablingOnceMoreDoesNotBlock() {
    client.putService("compute-1", "{\"status\": \"disabled\"}");
    cloud.killCompute("compute-1");

    HttpResponse<String> answer = client.putService("compute-1", "{\"status\": \"disabled\"}");

    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @Test
  void forcedDownMakesTheServiceDownAtOnceAndEvacuationIsAcceptedRightAfter() {
    UUID guest = cloud.addGuest("compute-1", "web");
    cloud.losePower("compute-1");
    assertThat(client.service("compute-1").path("state").asText()).isEqualTo("up");
    assertThat(client.evacuate(guest).statusCode()).isEqualTo(400);

    client.putService("compute-1", "{\"forced_down\": true}");

    assertThat(client.service("compute-1").path("state").asText()).isEqualTo("down");
    assertThat(client.evacuate(guest).statusCode()).isEqualTo(200);
  }

  @Test
  void silenceLongerThanTheServiceDownTimeIsDownToo() {
    cloud.settings().serviceDownTime(Duration.ofMillis(1500));
    UUID guest = cloud.addGuest("compute-1", "web");
    cloud.killCompute("compute-1");

    waitUntil("down", () -> client.service("compute-1").path("state").asText().equals("down"));

    assertThat(client.evacuate(guest).statusCode()).isEqualTo(200);
  }

  @Test
  void forcedDownIsLiftedOnlyWhenTheStartedComputeHasSettledItsEvacuations() {
    UUID guest = cloud.addGuest("compute-1", "web");
    fence("compute-1");
    client.evacuate(guest);
    waitUntilSettled(guest);

    HttpResponse<String> tooEarly = client.putService("compute-1", "{\"forced_down\": false}");
    cloud.heal("compute-1");
    HttpResponse<String> inTime = client.putService("compute-1", "{\"forced_down\": false}");

    assertThat(tooEarly.statusCode()).isEqualTo(400);
    assertThat(tooEarly.body()).contains("`done` evacuation migration records remain");
    assertThat(client.migrations(guest).path(0).path("status").asText()).isEqualTo("completed");
    assertThat(inTime.statusCode()).isEqualTo(200);
    assertThat(client.service("compute-1").path("state").asText()).isEqualTo("up");
  }

  @Test
  void theEvacuationOfADeletedGuestStaysDoneAndKeepsTheHostForcedDown() {
    UUID guest = cloud.addGuest("compute-1", "web");
    fence("compute-1");
    client.evacuate(guest);
    waitUntilSettled(guest);
    cloud.deleteGuest(guest);

    cloud.heal("compute-1");

    assertThat(client.putService("compute-1", "{\"forced_down\": false}").statusCode())
        .isEqualTo(400);
  }

  @Test
  void aHostEnabledWhileDownTakesNoGuestsForAWhile() {
    cloud.settings().traitLag(Duration.ofHours(1));
    enableWhileDown("compute-2");
    UUID tooEarly = cloud.addGuest("compute-1", "web");
    UUID later = cloud.addGuest("compute-1", "db");
    fence("compute-1");

    client.act(tooEarly, "{\"evacuate\": {\"host\": \"compute-2\"}}");
    waitUntilSettled(tooEarly);
    cloud.settings().traitLag(Duration.ofMillis(100));
    enableWhileDown("compute-2");
    waitUntil("a while", () -> !isDisabledInPlacement("compute-2"));
    client.act(later, "{\"evacuate\": {\"host\": \"compute-2\"}}");
    waitUntilSettled(later);

    assertThat(client.service("compute-2").path("status").asText()).isEqualTo("enabled");
    assertThat(client.service("compute-2").path("state").asText()).isEqualTo("up");
    assertThat(truth.stateOf(tooEarly)).isEqualTo("error/-");
    assertThat(truth.hostOf(later)).isEqualTo("compute-2");
  }

  private void enableWhileDown(String host) {
    client.putService(host, "{\"status\": \"disabled\"}");
    client.putService(host, "{\"forced_down\": true}");
    client.putService(host, "{\"status\": \"enabled\"}");
    client.putService(host, "{\"forced_down\": false}");
  }

  private boolean isDisabledInPlacement(String host) {
    synchronized (cloud.world()) {
      return cloud.world().host(host).traitDisabled;
    }
  }

  @Test
  void aHostEnabledWhileUpTakesGuestsAtOnce() {
    client.putService("compute-2", "{\"status\": \"disabled\"}");
    client.putService("compute-2", "{\"status\": \"enabled\"}");
    UUID guest = cloud.addGuest("compute-1", "web");
    fence("compute-1");

    client.act(guest, "{\"evacuate\": {\"host\": \"compute-2\"}}");
    waitUntilSettled(guest);

    assertThat(truth.hostOf(guest)).isEqualTo("compute-2");
  }

  @Test
  void anAcceptedEvacuationWithoutAnyRoomEndsInError() {
    UUID guest = cloud.addGuest("compute-1", "web");
    fence("compute-1");
    cloud.capacity("compute-2", 0);
    cloud.capacity("compute-3", 0);

    assertThat(client.evacuate(guest).statusCode()).isEqualTo(200);
    waitUntilSettled(guest);

    JsonNode server = client.server(guest);
    assertThat(server.path("OS-EXT-STS:vm_state").asText()).isEqualTo("error");
    assertThat(server.path("fault").path("message").asText()).startsWith("No valid host was found");
    assertThat(server.path("OS-EXT-SRV-ATTR:host").asText()).isEqualTo("compute-1");
    assertThat(client.migrations(guest).path(0).path("status").asText()).isEqualTo("error");
  }

  @Test
  void anEvacuationThatTheTargetRefusesLeavesTheGuestAsItWas() {
    UUID guest = cloud.addGuest("compute-1", "web");
    fence("compute-1");
    cloud.failEvacuations(guest, EvacuationFailure.CLAIM_REFUSED, 1);

    client.evacuate(guest);
    waitUntilSettled(guest);

    assertThat(truth.stateOf(guest)).isEqualTo("active/-");
    assertThat(truth.hostOf(guest)).isEqualTo("compute-1");
    assertThat(client.migrations(guest).path(0).path("status").asText()).isEqualTo("failed");
    client.evacuate(guest);
    waitUntilSettled(guest);
    assertThat(truth.hostOf(guest)).isNotEqualTo("compute-1");
    assertThat(client.migrations(guest).findValuesAsText("status"))
        .containsExactly("done", "failed");
  }

  @Test
  void theTasksComeInOrderAndTheHostChangesNearTheEnd() {
    UUID guest = cloud.addGuest("compute-1", "web");
    fence("compute-1");
    List<String> seen = new CopyOnWriteArrayList<>();
    betweenSteps(
        () -> {
          String now =
              truth.stateOf(guest) + (truth.hostOf(guest).equals("compute-1") ? "" : " elsewhere");
          if (seen.isEmpty() || !seen.get(seen.size() - 1).equals(now)) {
            seen.add(now);
          }
        });
    waitUntil("seen", () -> !seen.isEmpty());

    client.evacuate(guest);
    waitUntilSettled(guest);

    assertThat(seen)
        .containsExactly(
            "active/-",
            "active/rebuilding",
            "active/rebuild_block_device_mapping",
            "active/rebuild_spawning",
            "active/-",
            "active/- elsewhere");
  }

  @Test
  void activeAndStoppedGuestsGetBackTheStateTheyHad() {
    UUID active = cloud.addGuest("compute-1", "web");
    UUID stopped = cloud.addGuest("compute-1", "batch");
    cloud.guestState(stopped, "stopped");
    fence("compute-1");

    client.evacuate(active);
    client.evacuate(stopped);
    waitUntilSettled(active);
    waitUntilSettled(stopped);

    assertThat(truth.stateOf(active)).isEqualTo("active/-");
    assertThat(truth.stateOf(stopped)).isEqualTo("stopped/-");
    assertThat(truth.runningOn(active)).hasSize(1);
    assertThat(truth.runningOn(stopped)).isEmpty();
  }

  @Test
  void evacuationsAreAcceptedLongBeforeTheyAreWorkedOn() {
    cloud.settings().evacuationsAtOnce(2);
    List<UUID> guests = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      guests.add(cloud.addGuest("compute-1", "web-" + i));
    }
    List<UUID> endless = guests.subList(0, 2);
    endless.forEach(guest -> cloud.evacuationTime(guest, Duration.ofHours(1)));
    fence("compute-1");

    for (UUID guest : guests.subList(0, 6)) {
      assertThat(client.evacuate(guest).statusCode()).isEqualTo(200);
    }

    pause(800);
    assertThat(client.get("/os-migrations?status=accepted").path("migrations")).hasSize(6);
    cloud.settings().evacuationsAtOnce(7);
    client.evacuate(guests.get(6)); // with it the others begin
    guests.subList(2, 7).forEach(this::waitUntilSettled);
    assertThat(truth.guestsOn("compute-1")).containsExactlyInAnyOrderElementsOf(endless);
  }

  @Test
  void keptAliveConnectionsMayBeClosedWithoutNotice() {
    client.service("compute-1");
    cloud.dropIdleConnections();

    // The JDK's client repeats a GET by itself.
    assertThat(client.service("compute-1").path("host").asText()).isEqualTo("compute-1");
  }

  @Test
  void theServersHostIsTheServicesNameAndNotTheHypervisors() {
    JsonNode server = client.server(cloud.addGuest("compute-1", "web"));

    assertThat(server.path("OS-EXT-SRV-ATTR:host").asText()).isEqualTo("compute-1");
    assertThat(server.path("OS-EXT-SRV-ATTR:hypervisor_hostname").asText())
        .isEqualTo("compute-1.example.com");
  }

  @Test
  void anIssuedTokenKeepsItsCatalogue() {
    HttpResponse<String> before = client.authenticate("ukemi", "secret");
    cloud.endpoint("compute", "nova", "http://127.0.0.1:1/gone");

    String token = before.headers().firstValue("X-Subject-Token").orElseThrow();
    HttpResponse<String> again =
        client.send(
            "GET",
            cloud.keystoneUrl() + "/auth/tokens",
            Map.of("X-Auth-Token", token, "X-Subject-Token", token),
            null);

    assertThat(again.body()).doesNotContain("/gone");
    assertThat(client.authenticate("ukemi", "secret").body()).contains("/gone");
  }

  @Test
  void updatedAtAdvancesWithTheHeartbeatAndStopsWithIt() {
    String first = client.service("compute-1").path("updated_at").asText();
    assertThat(first).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.000000");
    waitUntil("beat", () -> !client.service("compute-1").path("updated_at").asText().equals(first));

    cloud.hang("compute-1");
    String last = client.service("compute-1").path("updated_at").asText();
    pause(1200);
    assertThat(client.service("compute-1").path("updated_at").asText()).isEqualTo(last);

    cloud.heal("compute-1");
    assertThat(client.service("compute-1").path("updated_at").asText()).isGreaterThan(last);
  }

  @Test
  void changingTheServiceMovesUpdatedAtOfADeadComputeButDoesNotMakeItUp() {
    cloud.settings().serviceDownTime(Duration.ofMillis(1500));
    cloud.killCompute("compute-1");
    waitUntil("down", () -> client.service("compute-1").path("state").asText().equals("down"));
    pause(1000);
    String before = client.service("compute-1").path("updated_at").asText();

    client.putService("compute-1", "{\"status\": \"disabled\"}");

    assertThat(client.service("compute-1").path("updated_at").asText()).isGreaterThan(before);
    assertThat(client.service("compute-1").path("state").asText()).isEqualTo("down");
  }

  @Test
  void novasClockIsItsOwn() {
    Duration offset = Duration.ofMinutes(-10);
    cloud.settings().novaClockOffset(offset);
    Instant before = Instant.now().plus(offset);

    HttpResponse<String> answer = client.nova("2.88", "GET", "/os-services", null);

    Instant date =
        ZonedDateTime.parse(
                answer.headers().firstValue("Date").orElseThrow(),
                DateTimeFormatter.RFC_1123_DATE_TIME)
            .toInstant();
    Instant beat = Instant.parse(client.service("compute-1").path("updated_at").asText() + "Z");
    Instant after = Instant.now().plus(offset);
    // both are cut to seconds
    assertThat(date).isBetween(before.minusSeconds(1), after);
    assertThat(beat).isBetween(before.minusSeconds(2), after);
    assertThat(client.service("compute-1").path("state").asText()).isEqualTo("up");
  }

  @Test
  void evacuateRefusesWhatNovaRefuses() {
    UUID guest = cloud.addGuest("compute-1", "web");
    UUID paused = cloud.addGuest("compute-1", "paused");
    UUID neverBuilt = cloud.addGuest("compute-1", "new");
    cloud.guestState(paused, "paused");
    cloud.guestState(neverBuilt, "building");
    fence("compute-1");
    String path = "/servers/" + guest + "/action";

    assertThat(client.act(guest, "{\"evacuate\": {\"host\": \"nowhere\"}}").statusCode())
        .isEqualTo(404);
    assertThat(client.act(guest, "{\"evacuate\": {\"host\": \"compute-1\"}}").statusCode())
        .isEqualTo(400);
    assertThat(client.act(guest, "{\"evacuate\": {\"onSharedStorage\": true}}").statusCode())
        .isEqualTo(400);
    assertThat(
            client
                .act(guest, "{\"evacuate\": {\"host\": \"compute-2\", \"force\": true}}")
                .statusCode())
        .isEqualTo(400);
    assertThat(client.evacuate(paused).statusCode()).isEqualTo(409);
    assertThat(client.evacuate(neverBuilt).statusCode()).isEqualTo(409);
    assertThat(client.evacuate(UUID.randomUUID()).statusCode()).isEqualTo(404);
    assertThat(client.nova("2.13", "POST", path, "{\"evacuate\": {}}").statusCode()).isEqualTo(400);
    assertThat(client.nova("2.29", "POST", path, "{\"evacuate\": {\"force\": true}}").statusCode())
        .isEqualTo(400);
    assertThat(truth.evacuateCalls()).noneMatch(Truth.EvacuateCall::accepted);
  }

  @Test
  void theSchemaComesBeforeTheServer() {
    UUID unknown = UUID.randomUUID();

    assertThat(client.act(unknown, "{\"evacuate\": {\"force\": true}}").statusCode())
        .isEqualTo(400);
    assertThat(client.act(unknown, "{\"os-resetState\": {\"state\": \"x\"}}").statusCode())
        .isEqualTo(400);
    assertThat(client.act(unknown, "{\"evacuate\": {\"host\": null}}").statusCode()).isEqualTo(400);
    assertThat(client.nova("2.88", "GET", "/servers/detail?status=nonsense", null).statusCode())
        .isEqualTo(400);
  }

  @Test
  void anAcceptedEvacuationAnswersWithNothingAndItsRowIsThereAlready() {
    UUID guest = cloud.addGuest("compute-1", "web");
    cloud.evacuationTime(guest, Duration.ofHours(1));
    fence("compute-1");
    List<Integer> rows = new ArrayList<>();
    cloud
        .faults()
        .onRequest(
            Match.evacuate(),
            Faults.Moment.AFTER_EFFECT,
            () -> rows.add(cloud.world().migrations.size()));

    HttpResponse<String> answer = client.evacuate(guest);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(rows).containsExactly(1);
    assertThat(client.server(guest).path("OS-EXT-STS:task_state").asText()).isEqualTo("rebuilding");
  }

  @Test
  void neverToADisabledOrForcedDownHost() {
    UUID guest = cloud.addGuest("compute-1", "web");
    fence("compute-1");
    client.putService("compute-2", "{\"status\": \"disabled\"}");
    client.putService("compute-3", "{\"forced_down\": true}");

    client.evacuate(guest);
    waitUntilSettled(guest);

    assertThat(truth.stateOf(guest)).isEqualTo("error/-");
  }

  @Test
  void anEvacuationToATargetThatDiesStaysWhereItIs() {
    UUID guest = cloud.addGuest("compute-1", "web");
    fence("compute-1");
    betweenSteps(
        () -> {
          boolean claimed =
              cloud.world().migrations.stream()
                  .anyMatch(migration -> migration.status.equals("pre-migrating"));
          if (claimed && truth.hasPower("compute-2")) {
            cloud.losePower("compute-2");
          }
        });

    client.act(guest, "{\"evacuate\": {\"host\": \"compute-2\"}}");
    waitUntil("dead", () -> !truth.hasPower("compute-2"));
    pause(800);

    assertThat(client.migrations(guest).path(0).path("status").asText()).isEqualTo("pre-migrating");
    assertThat(truth.stateOf(guest)).startsWith("active/rebuild");
    assertThat(truth.hostOf(guest)).isEqualTo("compute-1");
  }

  @Test
  void anEvacuationThatArrivesLateIsRefusedWhenTheGuestHasGoneOnMeanwhile() {
    UUID guest = cloud.addGuest("compute-1", "web");
    fence("compute-1");
    cloud.losePower("compute-2"); // Nova still believes it up
    client.act(guest, "{\"evacuate\": {\"host\": \"compute-2\"}}");
    pause(800);
    client.act(guest, "{\"os-resetState\": {\"state\": \"error\"}}");
    client.act(guest, "{\"evacuate\": {\"host\": \"compute-3\"}}");
    waitUntil("there", () -> cloud.truth().hostOf(guest).equals("compute-3"));

    cloud.heal("compute-2");

    waitUntil(
        "refused", () -> client.migrations(guest).path(1).path("status").asText().equals("failed"));
    assertThat(cloud.truth().runningOn(guest)).containsExactly("compute-3");
    assertThat(cloud.truth().twiceRunning()).isEmpty();
  }

  @Test
  void anAcceptedEvacuationMayNeverStart() {
    UUID guest = cloud.addGuest("compute-1", "web");
    fence("compute-1");
    cloud.failEvacuations(guest, EvacuationFailure.NEVER_STARTS, 1);

    client.evacuate(guest);
    pause(800);

    assertThat(client.migrations(guest).path(0).path("status").asText()).isEqualTo("accepted");
    assertThat(truth.stateOf(guest)).isEqualTo("active/rebuilding");
  }

  @Test
  void anEvacuationMayBeAcceptedLateAfterTheCallerHasGone() throws InterruptedException {
    UUID guest = cloud.addGuest("compute-1", "web");
    fence("compute-1");
    CountDownLatch arrived = new CountDownLatch(1);
    cloud.faults().onRequest(Match.evacuate(), Faults.Moment.BEFORE_EFFECT, arrived::countDown);
    Faults.Rule hanging = cloud.faults().set(Match.evacuate(), Trouble.hang(), 1);
    List<Throwable> ends = new CopyOnWriteArrayList<>();
    Thread caller = new Thread(() -> ends.add(catchThrowable(() -> client.evacuate(guest))));
    caller.start();
    arrived.await();
    caller.interrupt();
    caller.join();
    assertThat(ends)
        .singleElement()
        .extracting(Throwable::getCause)
        .isInstanceOf(InterruptedException.class);

    assertThat(client.migrations(guest)).isEmpty();
    hanging.clear();
    waitUntil("accepted", () -> client.migrations(guest).size() == 1);
  }

  @Test
  void serversArePagedWithALink() {
    cloud.settings().maxLimit(3);
    Set<String> guests = new HashSet<>();
    for (int i = 0; i < 7; i++) {
      guests.add(cloud.addGuest("compute-1", "web-" + i).toString());
    }
    cloud.addGuest("compute-2", "other");

    Set<String> found = new HashSet<>();
    String next = "/servers/detail?all_tenants=1&host=compute-1";
    int pages = 0;
    while (next != null) {
      JsonNode page = client.get(next);
      found.addAll(page.path("servers").findValuesAsText("id"));
      String link = page.path("servers_links").path(0).path("href").asText(null);
      next = link == null ? null : link.substring(cloud.novaUrl().length());
      pages++;
    }

    assertThat(found).isEqualTo(guests);
    assertThat(pages).isEqualTo(3);
    assertThat(
            client
                .nova("2.88", "GET", "/servers/detail?marker=" + UUID.randomUUID(), null)
                .statusCode())
        .isEqualTo(400);
  }

  @Test
  void theHostFilterIsExact() {
    cloud.addHost("compute-10", "10.20.0.10");
    cloud.addGuest("compute-10", "other");

    assertThat(client.get("/servers/detail?all_tenants=1&host=compute-1").path("servers"))
        .isEmpty();
    assertThat(client.get("/os-services?host=compute-1").path("services")).hasSize(1);
  }

  @Test
  void withoutAllTenantsOnlyTheOwnProjectIsShown() {
    cloud.addGuest("compute-1", "web");

    assertThat(client.get("/servers/detail?host=compute-1").path("servers")).isEmpty();
  }

  @Test
  void migrationsAreNewestFirstAndPaged() {
    List<UUID> guests = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      guests.add(cloud.addGuest("compute-1", "web-" + i));
    }
    fence("compute-1");
    guests.forEach(client::evacuate);

    JsonNode first =
        client.get("/os-migrations?migration_type=evacuation&source_compute=compute-1&limit=2");
    JsonNode second =
        client.get(
            "/os-migrations?limit=2&marker="
                + first.path("migrations").path(1).path("uuid").asText());

    assertThat(first.path("migrations").findValuesAsText("id")).containsExactly("5", "4");
    assertThat(first.path("migrations_links").path(0).path("rel").asText()).isEqualTo("next");
    assertThat(second.path("migrations").findValuesAsText("id")).containsExactly("3", "2");
    assertThat(client.nova("2.88", "GET", "/os-migrations?marker=x", null).statusCode())
        .isEqualTo(400);
    assertThat(client.nova("2.88", "GET", "/os-migrations?nonsense=x", null).statusCode())
        .isEqualTo(400);
  }

  @Test
  void microversionsAreMinded() {
    assertThat(client.nova("2.93", "GET", "/os-services", null).statusCode()).isEqualTo(200);
    assertThat(client.nova("2.94", "GET", "/os-services", null).statusCode()).isEqualTo(406);
    assertThat(client.nova("two", "GET", "/os-services", null).statusCode()).isEqualTo(400);
    assertThat(
            Client.json(client.nova("2.52", "GET", "/os-services", null))
                .path("services")
                .path(0)
                .path("id")
                .isInt())
        .isTrue();
    assertThat(client.service("compute-1").path("id").asText()).hasSize(36);
    assertThat(
            client
                .nova(
                    "2.52",
                    "PUT",
                    "/os-services/force-down",
                    "{\"host\": \"compute-3\", \"binary\": \"nova-compute\", \"forced_down\": true}")
                .statusCode())
        .isEqualTo(200);
    assertThat(truth.forcedDown("compute-3")).isTrue();
  }

  @Test
  void onlyAdministratorsMaySeeServicesAndEvacuate() {
    UUID guest = cloud.addGuest("compute-1", "web");
    String reader = client.token("reader");

    assertThat(client.nova(reader, "2.88", "GET", "/os-services", null).statusCode())
        .isEqualTo(403);
    assertThat(
            client.nova(reader, "2.88", "GET", "/servers/detail?all_tenants=1", null).statusCode())
        .isEqualTo(403);
    assertThat(client.nova(reader, "2.88", "GET", "/servers/" + guest, null).statusCode())
        .isEqualTo(404);
    assertThat(client.nova("rubbish", "2.88", "GET", "/os-services", null).statusCode())
        .isEqualTo(401);
    cloud.revokeTokens();
    assertThat(client.nova(reader, "2.88", "GET", "/os-services", null).statusCode())
        .isEqualTo(401);
  }

  @Test
  void stopStartLockAndResetState() {
    UUID slow = cloud.addGuest("compute-1", "db");
    cloud.settings().guestActionTime(Duration.ofHours(1));
    assertThat(client.act(slow, "{\"os-stop\": null}").statusCode()).isEqualTo(202);
    assertThat(truth.stateOf(slow)).isEqualTo("active/powering-off");
    assertThat(client.act(slow, "{\"os-stop\": null}").statusCode()).isEqualTo(409);
    cloud.settings().guestActionTime(Duration.ofMillis(100));
    UUID guest = cloud.addGuest("compute-1", "web");

    assertThat(client.act(guest, "{\"os-start\": null}").statusCode()).isEqualTo(409);
    assertThat(client.act(guest, "{\"os-stop\": null}").statusCode()).isEqualTo(202);
    waitUntil("stopped", () -> truth.stateOf(guest).equals("stopped/-"));
    assertThat(truth.runningOn(guest)).isEmpty();
    assertThat(client.act(guest, "{\"os-start\": null}").statusCode()).isEqualTo(202);
    waitUntil("active", () -> truth.stateOf(guest).equals("active/-"));
    assertThat(truth.runningOn(guest)).containsExactly("compute-1");

    assertThat(client.act(guest, "{\"lock\": {\"locked_reason\": \"recovery\"}}").statusCode())
        .isEqualTo(202);
    assertThat(client.server(guest).path("locked_reason").asText()).isEqualTo("recovery");
    assertThat(client.act(guest, "{\"unlock\": null}").statusCode()).isEqualTo(202);
    assertThat(client.server(guest).path("locked").asBoolean()).isFalse();
    assertThat(client.act(guest, "{\"os-resetState\": {\"state\": \"error\"}}").statusCode())
        .isEqualTo(202);
    assertThat(client.server(guest).path("status").asText()).isEqualTo("ERROR");
    assertThat(client.act(guest, "{\"os-resetState\": {\"state\": \"happy\"}}").statusCode())
        .isEqualTo(400);
    assertThat(client.act(guest, "{\"dance\": null}").statusCode()).isEqualTo(400);
  }

  @Test
  void stopOnADeadHostIsAcceptedAndNeverDone() {
    UUID guest = cloud.addGuest("compute-1", "web");
    cloud.killCompute("compute-1");

    assertThat(client.act(guest, "{\"os-stop\": null}").statusCode()).isEqualTo(202);
    pause(300);

    assertThat(truth.stateOf(guest)).isEqualTo("active/powering-off");
  }

  @Test
  void hypervisorsTellTheAddressAndTheServicesHost() {
    JsonNode all = client.get("/os-hypervisors/detail").path("hypervisors");

    assertThat(all).hasSize(3);
    assertThat(all.path(0).path("host_ip").asText()).isEqualTo("10.20.0.1");
    assertThat(all.path(0).path("service").path("host").asText()).isEqualTo("compute-1");
    assertThat(all.path(0).path("hypervisor_hostname").asText()).isEqualTo("compute-1.example.com");
    assertThat(client.get("/os-hypervisors/detail?limit=2").path("hypervisors_links")).hasSize(1);
    assertThat(
            client
                .nova("2.88", "GET", "/os-hypervisors?hypervisor_hostname_pattern=no", null)
                .statusCode())
        .isEqualTo(404);
  }

  @Test
  void aggregatesCanBeSeenAndJoined() {
    cloud.addAggregate("rack-1", Map.of("availability_zone", "nova"), List.of("compute-1"));

    assertThat(client.get("/os-aggregates").path("aggregates").path(0).path("hosts")).hasSize(1);
    assertThat(
            client
                .nova(
                    "2.88",
                    "POST",
                    "/os-aggregates/1/action",
                    "{\"add_host\": {\"host\": \"compute-2\"}}")
                .statusCode())
        .isEqualTo(200);
    assertThat(client.get("/os-aggregates").path("aggregates").path(0).path("hosts")).hasSize(2);
  }

  @Test
  void whenTheAnswerIsLostTheEvacuationWasAcceptedAllTheSame() {
    UUID guest = cloud.addGuest("compute-1", "web");
    fence("compute-1");
    cloud.faults().set(Match.evacuate(), Trouble.loseAnswer(), 1);

    assertThatThrownBy(() -> client.evacuate(guest)).isInstanceOf(UncheckedIOException.class);

    assertThat(truth.evacuateCalls(guest)).hasSize(1);
    waitUntilSettled(guest);
    assertThat(truth.hostOf(guest)).isNotEqualTo("compute-1");
  }

  @Test
  void aColdMigrationLeavesTheGuestResizedOnAnotherHostUntilItIsConfirmed() {
    cloud.settings().coldMigrationTime(Duration.ofMillis(400));
    UUID guest = cloud.addGuest("compute-1", "web");
    cloud.guestState(guest, "stopped", 4);
    Set<String> seen = new HashSet<>();
    betweenSteps(
        () -> seen.add(truth.stateOf(guest) + " " + truth.hostOf(guest).equals("compute-1")));

    assertThat(client.act(guest, MIGRATE).statusCode()).isEqualTo(202);
    assertThat(client.act(guest, MIGRATE).statusCode()).isEqualTo(409);
    waitUntil("resized", () -> truth.stateOf(guest).equals("resized/-"));

    assertThat(truth.hostOf(guest)).isNotEqualTo("compute-1");
    assertThat(truth.runningOn(guest)).isEmpty();
    assertThat(client.server(guest).path("status").asText()).isEqualTo("VERIFY_RESIZE");
    assertThat(coldMigrations(guest)).containsExactly("finished");
    for (String action : List.of("migrate", "os-stop", "os-start")) {
      assertThat(client.act(guest, "{\"" + action + "\": null}").body())
          .contains("while it is in vm_state resized");
    }

    assertThat(client.act(guest, CONFIRM).statusCode()).isEqualTo(204);
    waitUntil("confirmed", () -> truth.stateOf(guest).equals("stopped/-"));

    assertThat(coldMigrations(guest)).containsExactly("confirmed");
    assertThat(client.act(guest, CONFIRM).body())
        .contains("Cannot 'confirmResize'", "vm_state stopped");
    assertThat(seen)
        .contains(
            "stopped/resize_prep true",
            "stopped/resize_migrating true",
            "stopped/resize_migrated false",
            "resized/- false");
    assertThat(truth.twiceRunning()).isEmpty();
  }

  @Test
  void aRunningGuestIsSwitchedOffForItAndRunsAgainThere() {
    cloud.settings().coldMigrationTime(Duration.ofMillis(400));
    UUID guest = cloud.addGuest("compute-1", "web");

    client.act(guest, MIGRATE);
    waitUntil("resized", () -> truth.stateOf(guest).equals("resized/-"));
    client.act(guest, CONFIRM);
    waitUntil("confirmed", () -> truth.stateOf(guest).equals("active/-"));

    assertThat(truth.runningOn(guest)).containsExactly(truth.hostOf(guest));
    assertThat(truth.twiceRunning()).isEmpty();
  }

  @Test
  void withoutAValidHostTheOrderIsTakenAndOnlyTheActionsTellWhyNothingCameOfIt() {
    cloud.settings().coldMigrationTime(Duration.ofMillis(400));
    UUID guest = cloud.addGuest("compute-1", "web");
    cloud.guestState(guest, "stopped", 4);
    cloud.disableCompute("compute-2");
    cloud.disableCompute("compute-3");

    assertThat(client.act(guest, MIGRATE).statusCode()).isEqualTo(202);
    waitUntil("given up", () -> truth.stateOf(guest).equals("stopped/-"));

    assertThat(truth.hostOf(guest)).isEqualTo("compute-1");
    assertThat(client.server(guest).has("fault")).isFalse();
    assertThat(coldMigrations(guest)).containsExactly("error");
    String actions = "/servers/" + guest + "/os-instance-actions";
    JsonNode action = client.get(actions).path("instanceActions").path(0);
    assertThat(action.path("action").asText()).isEqualTo("migrate");
    assertThat(action.path("message").asText()).isEqualTo("Error");
    String one = actions + "/" + action.path("request_id").asText();
    assertThat(client.get(one).path("instanceAction").path("events").path(0).path("details"))
        .hasToString("\"No valid host was found. No valid host found for cold migrate\"");
    assertThat(client.nova("2.83", "GET", one, null).body()).doesNotContain("details");
  }

  @Test
  void aColdMigrationAndItsConfirmationNeedTheNovaComputeOfTheOldHost() {
    cloud
        .settings()
        .coldMigrationTime(Duration.ofMillis(400))
        .serviceDownTime(Duration.ofMillis(1500));
    UUID guest = cloud.addGuest("compute-1", "web");
    client.act(guest, MIGRATE);
    waitUntil("resized", () -> truth.stateOf(guest).equals("resized/-"));
    UUID other = cloud.addGuest("compute-1", "db");
    cloud.killCompute("compute-1");
    waitUntil("down", () -> !truth.serviceUp("compute-1"));

    assertThat(client.act(guest, CONFIRM).statusCode()).isEqualTo(409);
    assertThat(client.act(guest, CONFIRM).body()).contains("Service is unavailable at this time.");
    assertThat(client.act(other, MIGRATE).statusCode()).isEqualTo(409);
    assertThat(coldMigrations(guest)).containsExactly("finished");
  }

  private List<String> coldMigrations(UUID guest) {
    return client
        .get("/os-migrations?migration_type=migration&instance_uuid=" + guest)
        .path("migrations")
        .findValuesAsText("status");
  }
}
