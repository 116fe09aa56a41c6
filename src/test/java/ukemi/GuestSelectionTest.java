package ukemi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import ukemi.simulator.EvacuationFailure;
import ukemi.simulator.SimulatedCloud;
import ukemi.simulator.Truth.EvacuateCall;

/** The table instance-selection says which guests are recovered, and when. */
class GuestSelectionTest {

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final String TABLE = "instance-selection.dmn";

  /** The note and the answer of the shipped rule about amphorae. */
  private static final String LEAVE = "<text>\"leave\"</text>";

  private SimulatedCloud cloud;
  private RunningUkemi ukemi;

  @BeforeEach
  void aCloudOfThreeHosts() {
    cloud = SimulatedCloud.start(0);
    cloud
        .settings()
        .reportInterval(Duration.ofSeconds(1))
        .evacuationTime(Duration.ofMillis(300))
        .rpcTimeout(Duration.ofSeconds(2));
    cloud
        .addHost("compute-1", "10.34.1.1")
        .addHost("compute-2", "10.34.1.2")
        .addHost("compute-3", "10.34.1.3");
    ukemi = RunningUkemi.start(cloud, Map.of());
    String segment = ukemi.client().createSegment("segment1", "auto");
    ukemi.client().createHosts(segment, "compute-1", "compute-2", "compute-3");
  }

  @AfterEach
  void stop() {
    if (ukemi != null) {
      ukemi.close();
    }
    cloud.close();
  }

  @Test
  void amphoraeAreLeftToOctaviaAndTheReasonIsTold() {
    final UUID amphora = cloud.addGuest("compute-1", "amphora-5f8c");
    final UUID web = cloud.addGuest("compute-1", "web");

    String notification = recover("finished");

    assertThat(cloud.truth().hostOf(web)).isNotEqualTo("compute-1");
    assertThat(cloud.truth().evacuateCalls(amphora)).isEmpty();
    assertThat(vmove(notification, "amphora-5f8c").get("status").asText()).isEqualTo("ignored");
    assertThat(vmove(notification, "amphora-5f8c").get("message").asText())
        .isEqualTo("left: Octavia replaces its amphorae itself");
  }

  @Test
  void guestsThatAPersonDecidesAboutComeAfterTheOthersAndAsThePersonSays() {
    with(LEAVE, "<text>\"ask\"</text>");
    final UUID asked = cloud.addGuest("compute-1", "amphora-5f8c");
    final UUID web = cloud.addGuest("compute-1", "web");

    String notification = die();
    Task task = awaitTask();

    assertThat(cloud.truth().hostOf(web)).isNotEqualTo("compute-1");
    assertThat(cloud.truth().evacuateCalls(asked)).isEmpty();
    ukemi.complete(task, "ada", Map.of("guestsDecision", "recover"));
    ended(notification, "finished");
    assertThat(cloud.truth().hostOf(asked)).isNotEqualTo("compute-1");
    assertThat(cloud.truth().evacuateCalls()).hasSize(2);
  }

  @Tag("long")
  @Test
  void guestsThatAPersonLeavesStayAndSayWhoLeftThem() {
    with(LEAVE, "<text>\"ask\"</text>");
    UUID asked = cloud.addGuest("compute-1", "amphora-5f8c");

    String notification = die();
    ukemi.complete(awaitTask(), "ada", Map.of("guestsDecision", "leave"));

    ended(notification, "finished");
    assertThat(cloud.truth().evacuateCalls(asked)).isEmpty();
    assertThat(vmove(notification, "amphora-5f8c").get("message").asText())
        .isEqualTo("left by ada");
  }

  @Test
  void aWaveBeginsWhenTheOneBeforeIsBackThoughAGuestOfItBounces() {
    // its last rule, for all others
    with(
        """
        <outputEntry id="Rule_5_priority">
                  <text>0</text>
                </outputEntry>
                <outputEntry id="Rule_5_wave">
                  <text>0</text>\
        """,
        """
        <outputEntry id="Rule_5_priority">
                  <text>number(metadata.rank)</text>
                </outputEntry>
                <outputEntry id="Rule_5_wave">
                  <text>number(metadata.wave)</text>\
        """);
    List<UUID> guests = new ArrayList<>();
    List<Integer> waves = new ArrayList<>(Collections.nCopies(12, 1));
    waves.addAll(Collections.nCopies(12, 2));
    waves.addAll(Collections.nCopies(6, 3));
    Collections.shuffle(waves, new Random(7));
    for (int i = 0; i < waves.size(); i++) {
      guests.add(
          cloud.addGuest(
              "compute-1",
              "wave-" + waves.get(i) + "-" + i,
              Map.of("wave", waves.get(i).toString(), "rank", i % 3 + "")));
    }
    // it is tried three times, and the next wave waits for that
    cloud.failEvacuations(guests.get(waves.indexOf(1)), EvacuationFailure.NO_VALID_HOST, 1);

    recover("finished");

    for (int wave = 2; wave <= 3; wave++) {
      assertThat(first(guests, waves, wave)).isAfter(last(guests, waves, wave - 1));
    }
    assertThat(cloud.truth().twiceRunning()).isEmpty();
    assertThat(guests)
        .allSatisfy(guest -> assertThat(cloud.truth().hostOf(guest)).isNotEqualTo("compute-1"));
  }

  @Test
  void theTableMayAskForTheServerGroupAndTheImageOfAGuest() {
    with(
        """
        <text>"recover"</text>
                </outputEntry>
                <outputEntry id="Rule_4_priority">\
        """,
        """
        <text>if serverGroup = "spare" and serverGroupPolicy = "soft-anti-affinity"
                    and imageProperties.os_distro = "debian" then "leave" else "recover"</text>
                </outputEntry>
                <outputEntry id="Rule_4_priority">\
        """);
    final UUID spare = cloud.addGuest("compute-1", "spare");
    final UUID web = cloud.addGuest("compute-1", "web");
    cloud.addServerGroup("others", "affinity");
    cloud.addServerGroup("spare", "soft-anti-affinity", spare);
    cloud.guestImage(spare, "9d2f4c1e-0b8e-4c54-a9f0-0e2f67c9d6a1", Map.of("os_distro", "debian"));

    String notification = recover("finished");

    assertThat(cloud.truth().evacuateCalls(spare)).isEmpty();
    assertThat(vmove(notification, "spare").get("status").asText()).isEqualTo("ignored");
    assertThat(cloud.truth().hostOf(web)).isNotEqualTo("compute-1");
  }

  @Tag("long")
  @Test
  void aTableThatFailsLeavesNoGuestDownAndSaysSo() {
    with(LEAVE, "<text>\"perhaps\"</text>");
    UUID amphora = cloud.addGuest("compute-1", "amphora-5f8c");

    String notification = recover("finished");

    assertThat(cloud.truth().hostOf(amphora)).isNotEqualTo("compute-1");
    assertThat(vmove(notification, "amphora-5f8c").get("message").asText())
        .contains("instance-selection failed", "perhaps", "recover, leave or ask");
  }

  @Tag("long")
  @Test
  void guestsAboutWhichNobodyHasDecidedAreListedWhenTheRecoveryIsCancelled() {
    with(LEAVE, "<text>\"ask\"</text>");
    cloud.addGuest("compute-1", "amphora-5f8c");
    String notification = die();
    awaitTask();

    ukemi.client().cancel(notification, "enough", "no");

    ended(notification, "failed");
    assertThat(vmove(notification, "amphora-5f8c").get("status").asText()).isEqualTo("failed");
  }

  private void with(String shipped, String instead) {
    PolicyTable.shipped().with(TABLE, shipped, instead).deploy(ukemi.bean(RepositoryService.class));
  }

  private Instant first(List<UUID> guests, List<Integer> waves, int wave) {
    return calls(guests, waves, wave).stream().min(Instant::compareTo).orElseThrow();
  }

  private Instant last(List<UUID> guests, List<Integer> waves, int wave) {
    return calls(guests, waves, wave).stream().max(Instant::compareTo).orElseThrow();
  }

  private List<Instant> calls(List<UUID> guests, List<Integer> waves, int wave) {
    return cloud.truth().evacuateCalls().stream()
        .filter(call -> waves.get(guests.indexOf(call.guest())) == wave)
        .map(EvacuateCall::at)
        .toList();
  }

  private String die() {
    cloud.crash("compute-1");
    return ukemi.client().hostStopped("compute-1");
  }

  private String recover(String status) {
    String notification = die();
    ended(notification, status);
    return notification;
  }

  private void ended(String notification, String status) {
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(ukemi.client().status(notification)).as(ukemi::state).isEqualTo(status));
  }

  private Task awaitTask() {
    String name = "Decide about guests of compute-1";
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(ukemi.task(name)).as(ukemi::state).isPresent());
    return ukemi.task(name).orElseThrow();
  }

  private JsonNode vmove(String notification, String guest) {
    return ukemi.client().vmoves(notification).stream()
        .filter(vmove -> vmove.get("instance_name").asText().equals(guest))
        .findFirst()
        .orElseThrow();
  }
}
