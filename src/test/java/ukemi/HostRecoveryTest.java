package ukemi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import ukemi.simulator.MachineFault;
import ukemi.simulator.SimulatedCloud;

/**
 * A host dies, it is proven off, its guests come back: judged by the truth of the simulated cloud.
 */
class HostRecoveryTest {

  /** More than any step takes on a slow machine. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private SimulatedCloud cloud;
  private RunningUkemi ukemi;
  private List<UUID> guests;

  @BeforeEach
  void aCloudOfFourHosts() {
    cloud = SimulatedCloud.start(0);
    cloud
        .settings()
        .reportInterval(Duration.ofSeconds(1))
        .evacuationTime(Duration.ofMillis(800))
        .bmcTimeout(Duration.ofSeconds(2))
        .rpcTimeout(Duration.ofSeconds(20));
    for (int host = 1; host <= 4; host++) {
      cloud.addHost("compute-" + host, "10.30.0.1" + host);
    }
    guests =
        IntStream.range(0, 20).mapToObj(n -> cloud.addGuest("compute-1", "guest-" + n)).toList();
  }

  private String start(Map<String, String> settings) {
    ukemi = RunningUkemi.start(cloud, settings);
    String segment = ukemi.client().createSegment("segment1", "auto");
    ukemi.client().createHosts(segment, "compute-1", "compute-2", "compute-3", "compute-4");
    return segment;
  }

  @AfterEach
  void stop() {
    if (ukemi != null) {
      ukemi.close();
    }
    cloud.close();
  }

  @Test
  void everyGuestOfADeadHostComesBackOnAnotherHostAfterProofOfOff() {
    String segment = start(Map.of());
    cloud.crash("compute-1");
    String notification = ukemi.client().hostStopped("compute-1");

    awaitStatus(notification, "finished");

    assertThat(guests)
        .allSatisfy(guest -> assertThat(cloud.truth().evacuateCalls(guest)).hasSize(1));
    assertThat(guests)
        .allSatisfy(guest -> assertThat(cloud.truth().hostOf(guest)).isNotEqualTo("compute-1"));
    assertThat(cloud.truth().twiceRunning()).isEmpty();
    assertThat(cloud.truth().evacuatedFromHostsWithPower()).isEmpty();
    assertThat(cloud.truth().forcedDown("compute-1")).isTrue();
    assertThat(cloud.truth().serviceStatus("compute-1")).isEqualTo("disabled");
    assertThat(powerOffs("compute-1")).isEqualTo(1);
    JsonNode host = ukemi.client().host(segment, "compute-1");
    assertThat(host.get("on_maintenance").asBoolean()).isTrue();
    assertThat(ukemi.client().vmoves(notification))
        .hasSize(20)
        .allSatisfy(
            vmove -> {
              assertThat(vmove.get("status").asText()).isEqualTo("succeeded");
              assertThat(vmove.get("dest_host").asText()).startsWith("compute-");
            });
    assertThat(cloud.locked("compute-1")).isFalse();
    assertThat(ukemi.client().workflow(notification))
        .allSatisfy(task -> assertThat(task.get("state").asText()).isEqualTo("SUCCESS"))
        .extracting(task -> task.get("name").asText())
        .containsSubsequence(
            "FenceHostTask",
            "DisableComputeServiceTask",
            "PrepareHAEnabledInstancesTask",
            "EvacuateInstancesTask",
            "ReportRecoveryTask");
    assertThat(ukemi.client().workflow(notification).toString())
        .contains("\"message\":\"Evacuate guests\"", "\"message\":\"Power off machine\"")
        .contains("guest-0 (" + guests.get(0) + "): is on compute-")
        .doesNotContain("${");
  }

  @ParameterizedTest
  @EnumSource(
      value = MachineFault.class,
      names = {"STUCK", "BMC_LOGIN_REFUSED", "BMC_LOST", "LOCKED", "MANUAL", "NO_RACK", "FLAPPING"})
  void aHostThatIsNotProvenOffIsNeverEvacuatedUntilAPersonVouchesForIt(MachineFault fault) {
    cloud.machineFault("compute-1", fault);
    start(Map.of("ukemi.fencing.deadline", "15s"));
    cloud.crash("compute-1");
    String notification = ukemi.client().hostStopped("compute-1");

    Task task = awaitTask("Confirm that compute-1 is powered off");
    assertThat(cloud.truth().evacuateCalls()).isEmpty();
    assertThat(cloud.truth().forcedDown("compute-1")).isFalse();

    // somebody goes there and pulls the plug
    cloud.losePower("compute-1");
    if (fault == MachineFault.FLAPPING) {
      cloud.clearMachineFaults("compute-1"); // a reading of "on" would rightly refuse the word
    }
    ukemi.complete(
        task,
        "ada",
        Map.of("decision", "confirmed", "typedHost", "compute-1", "reason", "pulled the plug"));
    awaitStatus(notification, "finished");
    assertThat(guests)
        .allSatisfy(guest -> assertThat(cloud.truth().evacuateCalls(guest)).hasSize(1));
    assertThat(cloud.truth().twiceRunning()).isEmpty();
  }

  @Test
  void aConfirmationAgainstALiveOnIsRefusedAndTheTaskComesBackWithTheReason() {
    cloud.machineFault("compute-1", MachineFault.STUCK);
    start(Map.of("ukemi.fencing.deadline", "8s"));
    cloud.crash("compute-1");
    ukemi.client().hostStopped("compute-1");

    Task first = awaitTask("Confirm that compute-1 is powered off");
    ukemi.complete(
        first,
        "ada",
        Map.of("decision", "confirmed", "typedHost", "compute-1", "reason", "looks dark"));

    await()
        .atMost(LIMIT)
        .until(
            () ->
                ukemi
                    .task("Confirm that compute-1 is powered off")
                    .filter(task -> !task.getId().equals(first.getId()))
                    .isPresent());
    assertThat(cloud.truth().evacuateCalls()).isEmpty();
  }

  @Test
  void aLivingHostIsNotFencedAndWhenItFallsSilentItsRecoveryStartsByItself() throws Exception {
    start(Map.of());
    String notification = ukemi.client().hostStopped("compute-1");
    awaitStatus(notification, "running");
    Thread.sleep(10_000);
    assertThat(cloud.truth().powerOrders()).isEmpty();
    assertThat(ukemi.client().status(notification)).isEqualTo("running");

    cloud.crash("compute-1");
    awaitStatus(notification, "finished");
    assertThat(cloud.truth().twiceRunning()).isEmpty();
    assertThat(guests)
        .allSatisfy(guest -> assertThat(cloud.truth().evacuateCalls(guest)).hasSize(1));
  }

  @Test
  void aSuspicionEndsAsFalseAlarmWhenTheHostReportsItselfStarted() {
    String segment = start(Map.of());
    String notification = ukemi.client().hostStopped("compute-1");
    awaitStatus(notification, "running");
    ukemi.client().hostStarted("compute-1");

    awaitStatus(notification, "ignored");
    assertThat(ukemi.client().notification(notification).get("message").asText())
        .contains("False alarm");
    assertThat(cloud.truth().powerOrders()).isEmpty();
    assertThat(ukemi.client().host(segment, "compute-1").get("on_maintenance").asBoolean())
        .isFalse();
  }

  @Tag("long")
  @Test
  void theProofIsLostWhenTheMachineComesOnAgainAndTheHostIsFencedAgainBeforeAnotherGuestMoves() {
    cloud.settings().evacuationTime(Duration.ofSeconds(6));
    start(
        Map.of(
            "ukemi.evacuation.in-flight", "2",
            "ukemi.fencing.latch", "false",
            "ukemi.fencing.proof-age", "10s"));
    cloud.crash("compute-1");
    String notification = ukemi.client().hostStopped("compute-1");
    await().atMost(LIMIT).until(() -> cloud.truth().evacuateCalls().size() >= 2);
    cloud.powerOn("compute-1");

    await().atMost(LIMIT).until(() -> powerOffs("compute-1") >= 2);
    awaitStatus(notification, "finished");
    assertThat(guests)
        .allSatisfy(guest -> assertThat(cloud.truth().hostOf(guest)).isNotEqualTo("compute-1"));
  }

  private long powerOffs(String host) {
    return cloud.truth().powerOrders(host).stream()
        .filter(order -> order.operation().equals("power_off"))
        .count();
  }

  private void awaitStatus(String notification, String status) {
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(300))
        .untilAsserted(
            () ->
                assertThat(ukemi.client().status(notification))
                    .as(() -> ukemi.state())
                    .isEqualTo(status));
  }

  private Task awaitTask(String name) {
    return await()
        .atMost(LIMIT)
        .until(() -> ukemi.task(name), java.util.Optional::isPresent)
        .orElseThrow();
  }
}
