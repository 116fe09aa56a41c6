package ukemi;

import static org.assertj.core.api.Assertions.assertThat;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ukemi.segment.Hosts;
import ukemi.segment.MaintenanceOwner;
import ukemi.simulator.EvacuationFailure;
import ukemi.simulator.SimulatedCloud;
import ukemi.simulator.Truth;

/**
 * The four recovery methods, guests in every state, targets and reserves that die: one program in
 * front of one simulated cloud, a segment a test, all at the same time, judged by the cloud's
 * truth.
 */
@Execution(ExecutionMode.CONCURRENT)
class RecoveryMethodsTest {

  /** More than any step takes on a slow machine. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private static final AtomicInteger SITES = new AtomicInteger();
  private static final AtomicInteger ADDRESSES = new AtomicInteger();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  private static SimulatedCloud cloud;
  private static RunningUkemi ukemi;

  @BeforeAll
  static void aCloudAndTheProgramInFrontOfIt() {
    cloud = SimulatedCloud.start(0);
    cloud
        .settings()
        .reportInterval(Duration.ofSeconds(1))
        .evacuationTime(Duration.ofMillis(800))
        .bmcTimeout(Duration.ofSeconds(2))
        .rpcTimeout(Duration.ofSeconds(5))
        // until it is told that a host is down, Nova believes it up
        .serviceDownTime(Duration.ofHours(1));
    ukemi =
        RunningUkemi.start(
            cloud, Map.of("ukemi.evacuation.in-flight", "200", "ukemi.guests.lock", "always"));
  }

  @AfterAll
  static void noGuestEverRanTwiceOrLeftAHostWithPower() {
    try {
      assertThat(cloud.truth().twiceRunning()).isEmpty();
      assertThat(cloud.truth().evacuatedFromHostsWithPower()).isEmpty();
    } finally {
      ukemi.close();
      cloud.close();
    }
  }

  // --- the methods

  @Test
  void reservedHostEndsAsTheTableOfTheWalkThroughSays() {
    Site site = new Site("reserved_host").reserve("model-crow").hosts("frank-colt", "tidy-goose");
    List<UUID> guests = site.guests("frank-colt", 6);
    List<UUID> others = site.guests("tidy-goose", 2);

    site.recover("frank-colt", "finished");

    site.isIn("tidy-goose", "enabled", false, false);
    site.isIn("frank-colt", "disabled", false, true);
    site.isIn("model-crow", "enabled", false, false);
    assertThat(site.forcedDown("tidy-goose")).isFalse();
    assertThat(site.forcedDown("frank-colt")).isTrue();
    assertThat(site.forcedDown("model-crow")).isFalse();
    site.runOnceOn("model-crow", guests);
    site.runOnceOn("tidy-goose", others);
    site.askedOnceEach(guests);
  }

  @Test
  void autoSpreadsTheGuestsOverTheSegmentsHostsAndUsesNeitherItsReserveNorHostsOutsideIt() {
    Site site = new Site("auto").hosts("dead", "left", "right").reserve("reserve");
    site.addHost("outside");
    List<UUID> guests = site.guests("dead", 8);

    site.recover("dead", "finished");

    assertThat(site.guestsOn("left")).hasSize(4);
    assertThat(site.guestsOn("right")).hasSize(4);
    site.runOnce(guests);
    site.askedOnceEach(guests);
    site.isIn("reserve", "disabled", true, false);
  }

  @Test
  void autoWithoutRoomListsWhatIsLeftAndAsksNoHostOutsideTheSegment() {
    Site site = new Site("auto").hosts("dead", "other");
    site.addHost("outside");
    cloud.capacity(site.name("other"), 1);
    List<UUID> guests = site.guests("dead", 3);

    String notification = site.recover("dead", "failed");

    assertThat(site.guestsOn("other")).hasSize(1);
    assertThat(site.guestsOn("dead")).hasSize(2);
    assertThat(site.guestsOn("outside")).isEmpty();
    assertThat(message(notification))
        .startsWith("1 guests of " + site.name("dead") + " recovered, 2 left:")
        .contains("No valid host was found");
    site.neverTwoTriesAtOnce(guests);
  }

  @Test
  void autoPriorityWithNothingButAReserveInTheSegmentStaysWithinIt() {
    Site site = new Site("auto_priority").hosts("dead").reserve("reserve");
    site.addHost("outside");
    List<UUID> guests = site.guests("dead", 3);

    site.recover("dead", "finished");

    site.runOnceOn("reserve", guests);
    site.askedOnceEach(guests);
  }

  @Test
  void autoPriorityGivesTheReserveExactlyWhatTheOthersHaveNoRoomFor() {
    Site site = new Site("auto_priority").hosts("dead", "left", "right").reserve("reserve");
    cloud.capacity(site.name("left"), 2);
    cloud.capacity(site.name("right"), 1);
    List<UUID> guests = site.guests("dead", 6);

    site.recover("dead", "finished");

    assertThat(site.guestsOn("left")).hasSize(2);
    assertThat(site.guestsOn("right")).hasSize(1);
    assertThat(site.guestsOn("reserve")).hasSize(3);
    site.runOnce(guests);
    site.neverTwoTriesAtOnce(guests);
    site.isIn("reserve", "enabled", false, false);
    site.isIn("dead", "disabled", false, true);
  }

  @Test
  void autoPriorityGivesTheReserveAllWhenTheOthersAreDisabled() {
    Site site = new Site("auto_priority").hosts("dead", "left", "right").reserve("reserve");
    site.service("left", Map.of("status", "disabled"));
    site.service("right", Map.of("status", "disabled"));
    List<UUID> guests = site.guests("dead", 4);

    site.recover("dead", "finished");

    site.runOnceOn("reserve", guests);
    site.askedOnceEach(guests);
    site.isIn("reserve", "enabled", false, false);
    site.isIn("left", "disabled", false, false);
  }

  @Test
  void autoPriorityLeavesTheReserveAloneWhenTheOthersTakeAll() {
    Site site = new Site("auto_priority").hosts("dead", "other").reserve("reserve");
    List<UUID> guests = site.guests("dead", 4);

    site.recover("dead", "finished");

    site.runOnceOn("other", guests);
    site.isIn("reserve", "disabled", true, false);
  }

  @Test
  void autoPriorityListsWhatNeitherTheOthersNorTheReserveHaveRoomFor() {
    Site site = new Site("auto_priority").hosts("dead", "other").reserve("reserve");
    cloud.capacity(site.name("other"), 1);
    cloud.capacity(site.name("reserve"), 1);
    List<UUID> guests = site.guests("dead", 3);

    String notification = site.recover("dead", "failed");

    assertThat(site.guestsOn("other")).hasSize(1);
    assertThat(site.guestsOn("reserve")).hasSize(1);
    assertThat(site.guestsOn("dead")).hasSize(1);
    assertThat(message(notification)).contains("2 guests", "1 left");
    site.neverTwoTriesAtOnce(guests);
    site.isIn("reserve", "enabled", false, false);
  }

  @Test
  void rhPriorityWithoutAReserveUsesTheOthers() {
    Site site = new Site("rh_priority").hosts("dead", "left", "right");
    List<UUID> guests = site.guests("dead", 4);

    site.recover("dead", "finished");

    assertThat(site.guestsOn("left")).hasSize(2);
    assertThat(site.guestsOn("right")).hasSize(2);
    site.askedOnceEach(guests);
  }

  @Test
  void rhPriorityGivesAFullReserveBackAsAReserveAndUsesTheOthers() {
    Site site = new Site("rh_priority").hosts("dead", "other").reserve("reserve");
    cloud.capacity(site.name("reserve"), 0);
    List<UUID> guests = site.guests("dead", 3);

    String notification = site.recover("dead", "finished");

    site.runOnceOn("other", guests);
    site.neverTwoTriesAtOnce(guests);
    site.isIn("reserve", "disabled", true, false);
    assertThat(message(notification)).contains("not used, a reserve again");
  }

  @Test
  void rhPriorityFillsTheNewestReserveThenTheNextThenTheOthers() {
    Site site = new Site("rh_priority").hosts("dead", "other").reserve("older").reserve("newer");
    cloud.capacity(site.name("older"), 2);
    cloud.capacity(site.name("newer"), 3);
    List<UUID> guests = site.guests("dead", 6);

    site.recover("dead", "finished");

    assertThat(site.guestsOn("newer")).hasSize(3);
    assertThat(site.guestsOn("older")).hasSize(2);
    assertThat(site.guestsOn("other")).hasSize(1);
    site.runOnce(guests);
    site.neverTwoTriesAtOnce(guests);
    site.isIn("newer", "enabled", false, false);
    site.isIn("older", "enabled", false, false);
    List<String> targets = site.targetsInOrder();
    assertThat(targets.indexOf("newer")).isLessThan(targets.indexOf("older"));
    assertThat(targets.lastIndexOf("newer")).isLessThan(targets.indexOf("older"));
    assertThat(targets.lastIndexOf("older")).isLessThan(targets.indexOf("other"));
  }

  @Test
  void aSecondReserveIsNotTouchedWhenTheNewestIsEnough() {
    Site site = new Site("reserved_host").hosts("dead", "other").reserve("older").reserve("newer");
    List<UUID> guests = site.guests("dead", 4);

    site.recover("dead", "finished");

    site.runOnceOn("newer", guests);
    site.askedOnceEach(guests);
    site.isIn("newer", "enabled", false, false);
    site.isIn("older", "disabled", true, false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"reserved_host", "rh_priority", "auto_priority"})
  void aReserveThatIsDownIsPassedOverAndStaysOne(String method) {
    Site site = new Site(method).hosts("dead", "other").reserve("older").reserve("newer");
    site.service("newer", Map.of("forced_down", true));
    cloud.capacity(site.name("other"), 0);
    List<UUID> guests = site.guests("dead", 2);

    String notification = site.recover("dead", "finished");

    site.runOnceOn("older", guests);
    site.isIn("newer", "disabled", true, false);
    site.isIn("older", "enabled", false, false);
    assertThat(message(notification)).contains("could not be used, its nova-compute is down");
    assertThat(site.targetsInOrder()).doesNotContain("newer");
  }

  @Test
  void aReserveOnMaintenanceIsNone() {
    Site site = new Site("rh_priority").hosts("dead", "other").reserve("reserve");
    JsonNode reserve = ukemi.client().host(site.segment, site.name("reserve"));
    ukemi
        .bean(Hosts.class)
        .putOnMaintenance(UUID.fromString(reserve.get("uuid").asText()), MaintenanceOwner.OPERATOR);
    List<UUID> guests = site.guests("dead", 2);

    site.recover("dead", "finished");

    site.runOnceOn("other", guests);
    site.isIn("reserve", "disabled", true, true);
  }

  // --- without a reserve

  @Test
  void reservedHostWithoutAReserveFencesFirstThenAsksAndTheReserveRegisteredThenTakesTheGuests() {
    Site site = new Site("reserved_host").hosts("dead", "other");
    site.addHost("reserve");
    site.service("reserve", Map.of("status", "disabled"));
    List<UUID> guests = site.guests("dead", 3);
    String notification = site.die("dead");

    Task task = site.awaitTask("Choose recovery of ", "dead");
    assertThat(cloud.truth().hasPower(site.name("dead"))).isFalse();
    assertThat(site.forcedDown("dead")).isTrue();
    assertThat(site.calls()).isEmpty();
    ukemi.client().createReserve(site.segment, site.name("reserve"));
    ukemi.complete(task, "ada", Map.of("decision", "again"));

    site.awaitStatus(notification, "finished");
    site.runOnceOn("reserve", guests);
    site.askedOnceEach(guests);
    site.isIn("reserve", "enabled", false, false);
    assertThat(site.guestsOn("other")).isEmpty();
  }

  @Test
  void whileTheRecoveryAsksAHostOfTheSegmentMayBeMadeItsReserve() {
    Site site = new Site("reserved_host").hosts("dead", "other", "spare");
    List<UUID> guests = site.guests("dead", 2);
    String notification = site.die("dead");

    Task task = site.awaitTask("Choose recovery of ", "dead");
    await()
        .atMost(LIMIT) // until the round that sees the question
        .untilAsserted(() -> ukemi.client().makeReserve(site.segment, site.name("spare")));
    ukemi.complete(task, "ada", Map.of("decision", "again"));

    site.awaitStatus(notification, "finished");
    site.runOnceOn("spare", guests);
    site.isIn("spare", "enabled", false, false);
  }

  @Test
  void reservedHostWithoutAReserveMayUseTheOthersWhenAPersonSaysSo() {
    Site site = new Site("reserved_host").hosts("dead", "other");
    List<UUID> guests = site.guests("dead", 3);
    String notification = site.die("dead");

    ukemi.complete(
        site.awaitTask("Choose recovery of ", "dead"), "ada", Map.of("decision", "auto"));

    site.awaitStatus(notification, "finished");
    site.runOnceOn("other", guests);
  }

  @Test
  void reservedHostWithTooSmallAReserveAsksForTheGuestsThatAreLeftAndListsThemWhenTheyStay() {
    Site site = new Site("reserved_host").hosts("dead", "other").reserve("reserve");
    cloud.capacity(site.name("reserve"), 1);
    List<UUID> guests = site.guests("dead", 3);
    String notification = site.die("dead");

    Task task = site.awaitTask("Choose recovery of ", "dead");
    assertThat(site.guestsOn("reserve")).hasSize(1);
    ukemi.complete(task, "ada", Map.of("decision", "stop"));

    site.awaitStatus(notification, "failed");
    assertThat(site.guestsOn("dead")).hasSize(2);
    assertThat(message(notification)).contains("2 left:");
    site.neverTwoTriesAtOnce(guests);
    site.isIn("reserve", "enabled", false, false);
  }

  @Test
  void ofTwoRecoveriesThatWantTheOnlyReserveOneGetsItAndTheOtherAsks() {
    Site site = new Site("reserved_host").hosts("dead-1", "dead-2", "other").reserve("reserve");
    List<UUID> first = site.guests("dead-1", 2);
    List<UUID> second = site.guests("dead-2", 2);
    String[] notifications = {site.die("dead-1"), site.die("dead-2")};

    await()
        .atMost(LIMIT)
        .until(
            () ->
                site.isAsked("Choose recovery of ", "dead-1")
                    || site.isAsked("Choose recovery of ", "dead-2"));
    int asks = site.isAsked("Choose recovery of ", "dead-1") ? 0 : 1;
    site.awaitStatus(notifications[1 - asks], "finished");
    site.runOnceOn("reserve", asks == 0 ? second : first);
    assertThat(site.guestsOn("dead-" + (asks + 1))).hasSize(2);
    site.isIn("reserve", "enabled", false, false);

    ukemi.complete(
        site.awaitTask("Choose recovery of ", "dead-" + (asks + 1)),
        "ada",
        Map.of("decision", "auto"));
    site.awaitStatus(notifications[asks], "finished");
    site.runOnce(Stream.concat(first.stream(), second.stream()).toList());
    site.askedOnceEach(first);
    site.askedOnceEach(second);
  }

  @Test
  void ofTwoRecoveriesThatWantTheOnlyReserveTheOtherGoesOnToTheOthersWithRhPriority() {
    Site site = new Site("rh_priority").hosts("dead-1", "dead-2", "other").reserve("reserve");
    List<UUID> first = site.guests("dead-1", 2);
    List<UUID> second = site.guests("dead-2", 2);
    String[] notifications = {site.die("dead-1"), site.die("dead-2")};

    site.awaitStatus(notifications[0], "finished");
    site.awaitStatus(notifications[1], "finished");
    assertThat(site.guestsOn("reserve").size() + site.guestsOn("other").size()).isEqualTo(4);
    assertThat(site.guestsOn("reserve")).isNotEmpty();
    assertThat(
            site.guestsOn("reserve").containsAll(first)
                || site.guestsOn("reserve").containsAll(second))
        .isTrue();
    site.askedOnceEach(first);
    site.askedOnceEach(second);
    site.isIn("reserve", "enabled", false, false);
    assertThat(claims(site.name("reserve"))).isEqualTo(1);
  }

  // --- guests in every state

  @Test
  void everyGuestEndsInTheStateItHadAndUnlockedButForItsOwnersLock() {
    Site site = new Site("auto").hosts("dead", "other");
    Map<UUID, String> expected = new LinkedHashMap<>();
    expected.put(site.guest("dead", "active", 1, null), "active/-");
    expected.put(site.guest("dead", "active", 1, "powering-off"), "active/-");
    expected.put(site.guest("dead", "active", 1, "rebuilding"), "active/-");
    expected.put(site.guest("dead", "active", 1, "migrating"), "active/-");
    expected.put(site.guest("dead", "stopped", 4, null), "stopped/-");
    expected.put(site.guest("dead", "stopped", 4, "powering-on"), "stopped/-");
    expected.put(site.guest("dead", "error", 4, null), "error/-");
    expected.put(site.guest("dead", "error", 4, "rebuild_spawning"), "error/-");
    expected.put(site.guest("dead", "resized", 1, null), "active/-");
    expected.put(site.guest("dead", "resized", 1, "resize_reverting"), "active/-");
    expected.put(site.guest("dead", "resized", 4, null), "stopped/-");
    for (String state : List.of("paused", "suspended", "rescued", "shelved")) {
      expected.put(site.guest("dead", state, 4, null), "stopped/-");
      expected.put(site.guest("dead", state, 4, "deleting"), "stopped/-");
    }
    UUID kept = site.guest("dead", "active", 1, null);
    cloud.lockGuest(kept, "do not touch, Bob");
    expected.put(kept, "active/-");
    UUID keptPaused = site.guest("dead", "paused", 3, null);
    cloud.lockGuest(keptPaused, null);
    expected.put(keptPaused, "stopped/-");

    String notification = site.recover("dead", "finished");

    expected.forEach(
        (guest, state) -> {
          assertThat(cloud.truth().stateOf(guest)).as(guest.toString()).isEqualTo(state);
          assertThat(cloud.truth().hostOf(guest)).isEqualTo(site.name("other"));
          assertThat(cloud.truth().runningOn(guest))
              .isEqualTo(state.equals("active/-") ? Set.of(site.name("other")) : Set.of());
        });
    site.askedOnceEach(expected.keySet());
    List<UUID> ours = expected.keySet().stream().filter(g -> g != kept && g != keptPaused).toList();
    until(() -> ours.stream().allMatch(guest -> cloud.truth().lockOf(guest).isEmpty()));
    assertThat(cloud.truth().lockOf(kept)).contains("do not touch, Bob");
    assertThat(cloud.truth().lockOf(keptPaused)).contains("");
    assertThat(ukemi.client().vmoves(notification))
        .hasSize(expected.size())
        .allSatisfy(vmove -> assertThat(vmove.get("status").asText()).isEqualTo("succeeded"));
  }

  @Test
  void aGuestIsLockedForItsOwnerWithAReasonWhileNovaEvacuatesIt() {
    Site site = new Site("auto").hosts("dead", "other");
    UUID guest = site.guests("dead", 1).get(0);
    cloud.evacuationTime(guest, Duration.ofSeconds(15));
    String notification = site.die("dead");
    until(() -> !cloud.truth().evacuateCalls(guest).isEmpty());
    assertThat(cloud.truth().lockOf(guest).orElseThrow()).startsWith("Ukemi: its host has failed");
    site.awaitStatus(notification, "finished");
    until(() -> cloud.truth().lockOf(guest).isEmpty());
  }

  @Test
  void whatNovaDoesNotEvacuateIsListedAndLeftUnlocked() {
    Site site = new Site("auto").hosts("dead", "other");
    UUID building = site.guest("dead", "building", 0, "spawning");
    UUID stubborn = site.guests("dead", 1).get(0);
    cloud.failEvacuations(stubborn, EvacuationFailure.SPAWN_FAILED, 10);
    List<UUID> well = site.guests("dead", 2);

    String notification = site.recover("dead", "failed");

    site.runOnceOn("other", well);
    assertThat(site.guestsOn("dead")).containsExactlyInAnyOrder(building, stubborn);
    assertThat(message(notification))
        .contains(building.toString(), stubborn.toString())
        .contains("in an invalid state for 'evacuate'", "process exited while connecting");
    until(
        () ->
            Stream.of(building, stubborn).allMatch(guest -> cloud.truth().lockOf(guest).isEmpty()));
  }

  @Test
  void aGuestThatFailedOnceEndsInTheStateItHadAllTheSame() {
    Site site = new Site("auto").hosts("dead", "other");
    UUID stopped = site.guest("dead", "stopped", 4, null);
    UUID active = site.guest("dead", "active", 1, null);
    UUID error = site.guest("dead", "error", 4, null);
    for (UUID guest : List.of(stopped, active, error)) {
      cloud.failEvacuations(guest, EvacuationFailure.NO_VALID_HOST, 1);
    }

    site.recover("dead", "finished");

    assertThat(cloud.truth().stateOf(stopped)).isEqualTo("stopped/-");
    assertThat(cloud.truth().stateOf(active)).isEqualTo("active/-");
    assertThat(cloud.truth().stateOf(error)).isEqualTo("error/-");
    assertThat(cloud.truth().runningOn(stopped)).isEmpty();
    assertThat(cloud.truth().runningOn(error)).isEmpty();
    site.neverTwoTriesAtOnce(List.of(stopped, active, error));
  }

  // --- targets and reserves that die (R8)

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theGuestsOfATargetThatDiesInMidEvacuationAreEvacuatedAgainAndNeverRunTwice(
      boolean beforeItHasBegun) throws Exception {
    Site site = new Site("auto").hosts("dead", "target").reserve("refuge");
    List<UUID> guests = new ArrayList<>(site.guests("dead", 3));
    guests.add(site.guest("dead", "stopped", 4, null));
    guests.add(site.guest("dead", "error", 4, null));
    List<UUID> others = site.guests("target", 2);
    Duration each = Duration.ofSeconds(beforeItHasBegun ? 6 : 20);
    guests.forEach(guest -> cloud.evacuationTime(guest, each));
    String first = site.die("dead");
    if (beforeItHasBegun) {
      until(() -> !cloud.truth().hasPower(site.name("dead")));
      cloud.crash(site.name("target"));
      until(() -> site.calls().size() == 5);
      Thread.sleep(1_000);
    } else {
      until(() -> guests.stream().allMatch(guest -> site.isStartedOn("target", guest)));
    }
    site.becomesUsual("refuge");
    String second = site.die("target");
    guests.forEach(guest -> cloud.evacuationTime(guest, Duration.ofSeconds(1)));

    site.awaitStatus(first, "finished");
    site.awaitStatus(second, "finished");
    site.runOnceOn("refuge", guests.subList(0, 3));
    site.runOnceOn("refuge", others);
    assertThat(cloud.truth().stateOf(guests.get(3))).isEqualTo("stopped/-");
    assertThat(cloud.truth().stateOf(guests.get(4))).isEqualTo("error/-");
    assertThat(guests)
        .allSatisfy(
            guest -> {
              assertThat(cloud.truth().hostOf(guest)).isEqualTo(site.name("refuge"));
              assertThat(cloud.truth().evacuateCalls(guest)).hasSize(2);
            });
    site.neverTwoTriesAtOnce(guests);
    site.askedOnceEach(others);

    cloud.powerOn(site.name("target"));
    cloud.powerOn(site.name("dead"));
    Thread.sleep(8_000); // booted, and what waited in its queue has arrived
    site.runOnceOn("refuge", guests.subList(0, 3));
    site.runOnceOn("refuge", others);
    assertThat(cloud.truth().stateOf(guests.get(3))).isEqualTo("stopped/-");
    assertThat(cloud.truth().runningOn(guests.get(4))).isEmpty();
    until(
        () ->
            Stream.concat(guests.stream(), others.stream())
                .allMatch(guest -> cloud.truth().lockOf(guest).isEmpty()));
  }

  @Test
  void whenBothHostsOfAPairDieTheGuestsOfBothRunOnTheThird() {
    Site site = new Site("auto").hosts("dead-1", "dead-2", "third");
    List<UUID> guests = new ArrayList<>(site.guests("dead-1", 3));
    guests.addAll(site.guests("dead-2", 3));
    cloud.crash(site.name("dead-1"));
    cloud.crash(site.name("dead-2"));
    String first = site.report("dead-1");
    String second = site.report("dead-2");

    site.awaitStatus(first, "finished");
    site.awaitStatus(second, "finished");
    site.runOnceOn("third", guests);
    site.askedOnceEach(guests);
  }

  @Test
  void whenAPairDiesAndTheSecondIsReportedLateItsPartnersGuestsAreNotLost() {
    Site site = new Site("auto").hosts("dead-1", "dead-2", "third");
    List<UUID> guests = new ArrayList<>(site.guests("dead-1", 4));
    guests.addAll(site.guests("dead-2", 4));
    cloud.crash(site.name("dead-1"));
    cloud.crash(site.name("dead-2"));
    String first = site.report("dead-1");
    until(() -> site.targetsInOrder().contains("dead-2"));
    String second = site.report("dead-2");

    site.awaitStatus(first, "finished");
    site.awaitStatus(second, "finished");
    site.runOnceOn("third", guests);
    site.neverTwoTriesAtOnce(guests);
  }

  @Test
  void whenBothHostsOfASegmentDieTheirGuestsAreListedAndNothingIsStarted() {
    Site site = new Site("auto").hosts("dead-1", "dead-2");
    List<UUID> guests = new ArrayList<>(site.guests("dead-1", 2));
    guests.addAll(site.guests("dead-2", 2));
    cloud.crash(site.name("dead-1"));
    cloud.crash(site.name("dead-2"));
    String first = site.report("dead-1");
    String second = site.report("dead-2");

    site.awaitStatus(first, "failed");
    site.awaitStatus(second, "failed");
    assertThat(message(first) + message(second))
        .contains("none of the segment's other hosts is up");
    assertThat(guests).allSatisfy(guest -> assertThat(cloud.truth().runningOn(guest)).isEmpty());
    assertThat(site.calls()).isEmpty();
  }

  @Test
  void aReserveThatDiesWhileItIsFilledLosesNoGuestAndIsNoReserveAnyMore() throws Exception {
    Site site = new Site("rh_priority").hosts("dead", "other").reserve("reserve");
    List<UUID> slow = site.guests("dead", 4);
    slow.forEach(guest -> cloud.evacuationTime(guest, Duration.ofSeconds(20)));
    List<UUID> quick = site.guests("dead", 2);
    String first = site.die("dead");
    until(() -> slow.stream().allMatch(guest -> site.isStartedOn("reserve", guest)));
    assertThat(site.guestsOn("reserve")).containsExactlyInAnyOrderElementsOf(quick);
    String second = site.die("reserve");
    slow.forEach(guest -> cloud.evacuationTime(guest, Duration.ofSeconds(1)));

    site.awaitStatus(first, "finished");
    site.awaitStatus(second, "finished");
    site.runOnceOn("other", slow);
    site.runOnceOn("other", quick);
    site.neverTwoTriesAtOnce(slow);
    site.isIn("reserve", "disabled", false, true);
    assertThat(message(first)).contains("failed as well");

    cloud.powerOn(site.name("reserve"));
    Thread.sleep(5_000);
    site.runOnceOn("other", slow);
    site.runOnceOn("other", quick);
  }

  @Test
  void theGuestsOfAReserveThatWasDeadBeforeTheyWereSentGoToTheNextReserve() throws Exception {
    Site site = new Site("reserved_host").hosts("dead", "other").reserve("older").reserve("newer");
    List<UUID> guests = site.guests("dead", 4);
    String first = site.die("dead");
    until(() -> !cloud.truth().hasPower(site.name("dead")));
    cloud.crash(site.name("newer")); // Nova believes it up, and sends the guests there
    until(() -> site.calls().size() == 4);
    String second = site.die("newer");

    site.awaitStatus(first, "finished");
    site.awaitStatus(second, "finished");
    site.runOnceOn("older", guests);
    site.neverTwoTriesAtOnce(guests);
    site.isIn("newer", "disabled", false, true);
    site.isIn("older", "enabled", false, false);

    cloud.powerOn(site.name("newer"));
    Thread.sleep(5_000);
    site.runOnceOn("older", guests);
  }

  // --- what the tests are told with

  private static String message(String notification) {
    return ukemi.client().notification(notification).get("message").asText();
  }

  private static int claims(String host) {
    return ukemi
        .jdbc()
        .sql("select count(*) from ukemi.reserve_claim where host_name = ?")
        .param(host)
        .query(Integer.class)
        .single();
  }

  private static void until(BooleanSupplier done) {
    await().atMost(LIMIT).pollInterval(Duration.ofMillis(100)).until(done::getAsBoolean);
  }

  /** A segment with hosts of its own. */
  private static final class Site {

    private final String prefix = "s" + SITES.incrementAndGet() + "-";
    private final String segment;
    private final AtomicInteger guestNumber = new AtomicInteger();

    Site(String method) {
      segment = ukemi.client().createSegment(prefix + method, method);
    }

    String name(String host) {
      return prefix + host;
    }

    void addHost(String host) {
      int number = ADDRESSES.incrementAndGet();
      cloud.addHost(name(host), "10.31." + number / 200 + "." + (1 + number % 200));
    }

    Site hosts(String... hosts) {
      for (String host : hosts) {
        addHost(host);
        ukemi.client().createHosts(segment, name(host));
      }
      return this;
    }

    /** Registered as reserved, its nova-compute disabled, as the walk-through has it. */
    Site reserve(String host) {
      addHost(host);
      ukemi.client().createReserve(segment, name(host));
      service(host, Map.of("status", "disabled"));
      return this;
    }

    /** An operator makes a usual host of the reserve. */
    void becomesUsual(String host) {
      ukemi
          .jdbc()
          .sql("update ukemi.host set reserved = false where name = ?")
          .param(name(host))
          .update();
      service(host, Map.of("status", "enabled"));
    }

    UUID guest(String host, String vmState, int powerState, String task) {
      UUID guest =
          cloud.addGuest(name(host), prefix + vmState + guestNumber.incrementAndGet(), Map.of());
      cloud.guestState(guest, vmState, powerState);
      cloud.guestTask(guest, task);
      return guest;
    }

    List<UUID> guests(String host, int number) {
      return IntStream.range(0, number).mapToObj(n -> guest(host, "active", 1, null)).toList();
    }

    String die(String host) {
      cloud.crash(name(host));
      return report(host);
    }

    String report(String host) {
      return ukemi.client().hostStopped(name(host));
    }

    /** The host dies, is reported, and its notification ends so. */
    String recover(String host, String status) {
      String notification = die(host);
      awaitStatus(notification, status);
      return notification;
    }

    void awaitStatus(String notification, String status) {
      await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(500))
          .untilAsserted(
              () ->
                  assertThat(ukemi.client().status(notification))
                      .as(() -> tries() + message(notification))
                      .isEqualTo(status));
    }

    boolean isAsked(String question, String host) {
      return ukemi.task(question + name(host)).isPresent();
    }

    Task awaitTask(String question, String host) {
      until(() -> isAsked(question, host));
      return ukemi.task(question + name(host)).orElseThrow();
    }

    /** Whether it runs there, though Nova may not show it there yet. */
    boolean isStartedOn(String host, UUID guest) {
      return cloud.truth().runningOn(guest).contains(name(host));
    }

    boolean forcedDown(String host) {
      return cloud.truth().forcedDown(name(host));
    }

    List<UUID> guestsOn(String host) {
      return cloud.truth().guestsOn(name(host));
    }

    void isIn(String host, String status, boolean reserved, boolean onMaintenance) {
      JsonNode shown = ukemi.client().host(segment, name(host));
      assertThat(cloud.truth().serviceStatus(name(host))).as(host).isEqualTo(status);
      assertThat(shown.get("reserved").asBoolean()).as(host + " reserved").isEqualTo(reserved);
      assertThat(shown.get("on_maintenance").asBoolean())
          .as(host + " on_maintenance")
          .isEqualTo(onMaintenance);
    }

    void runOnce(Iterable<UUID> guests) {
      assertThat(guests)
          .allSatisfy(
              guest -> {
                String host = cloud.truth().hostOf(guest);
                assertThat(host).startsWith(prefix);
                assertThat(cloud.truth().runningOn(guest)).isEqualTo(Set.of(host));
                assertThat(cloud.truth().stateOf(guest)).isEqualTo("active/-");
              });
    }

    void runOnceOn(String host, List<UUID> guests) {
      runOnce(guests);
      assertThat(guests)
          .allSatisfy(guest -> assertThat(cloud.truth().hostOf(guest)).isEqualTo(name(host)));
    }

    /** Calls for guests of this segment, oldest first. */
    List<Truth.EvacuateCall> calls() {
      return cloud.truth().evacuateCalls().stream()
          .filter(call -> call.source().startsWith(prefix))
          .toList();
    }

    List<String> targetsInOrder() {
      return calls().stream().map(call -> call.target().substring(prefix.length())).toList();
    }

    void askedOnceEach(Iterable<UUID> guests) {
      assertThat(guests)
          .allSatisfy(guest -> assertThat(cloud.truth().evacuateCalls(guest)).hasSize(1));
      neverTwoTriesAtOnce(guests);
    }

    /** One call a try, and no try of a guest before its last was closed. */
    void neverTwoTriesAtOnce(Iterable<UUID> guests) {
      assertThat(guests)
          .allSatisfy(
              guest ->
                  assertThat(cloud.truth().evacuateCalls(guest))
                      .hasSize(
                          count(
                              """
                              select count(*) from ukemi.evacuation_attempt
                               where instance_uuid = ? and asked_at is not null
                              """,
                              guest)))
          .allSatisfy(
              guest ->
                  assertThat(
                          count(
                              """
                              select count(*) from ukemi.evacuation_attempt a
                                join ukemi.evacuation_attempt b
                                  on b.instance_uuid = a.instance_uuid and b.id > a.id
                               where a.instance_uuid = ?
                                 and (a.closed_at is null or b.granted_at < a.closed_at)
                              """,
                              guest))
                      .isZero());
    }

    private static int count(String sql, UUID guest) {
      return ukemi.jdbc().sql(sql).param(guest).query(Integer.class).single();
    }

    /** For the message of a failed test. */
    private String tries() {
      return String.join(
          "\n",
          ukemi
              .jdbc()
              .sql(
                  """
                  select v.instance_name || ' try ' || number || ' of pass ' || a.pass || ' to '
                         || coalesce(target, '?') || ': ' || coalesce(outcome, 'open') || ' '
                         || coalesce(reason, '')
                    from ukemi.evacuation_attempt a join ukemi.vmove v on v.uuid = a.vmove_uuid
                   where a.source_host like ? order by a.id
                  """)
              .param(prefix + "%")
              .query(String.class)
              .list());
    }

    /** What "openstack compute service set" does. */
    void service(String host, Map<String, Object> change) {
      String services = cloud.novaUrl() + "/os-services";
      String id =
          nova(request(services + "?binary=nova-compute&host=" + name(host)).GET())
              .at("/services/0/id")
              .asText();
      try {
        nova(
            request(services + "/" + id)
                .PUT(BodyPublishers.ofString(JSON.writeValueAsString(change))));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static HttpRequest.Builder request(String url) {
      return HttpRequest.newBuilder(URI.create(url))
          .header("Content-Type", "application/json")
          .header("X-OpenStack-Nova-API-Version", "2.53")
          .header("X-Auth-Token", ukemi.client().token());
    }

    private static JsonNode nova(HttpRequest.Builder request) {
      try {
        HttpResponse<String> answer = HTTP.send(request.build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }
}
