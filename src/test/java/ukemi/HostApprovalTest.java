package ukemi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.camunda.bpm.engine.AuthorizationException;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import ukemi.simulator.SimulatedCloud;

/**
 * With a recovery policy that asks, nothing is touched until somebody has approved, and a denial
 * leaves the world as it was: judged by the truth of the simulated cloud.
 */
class HostApprovalTest {

  private static final String RECOVERY = "Approve recovery of compute-1";
  private static final String EVACUATION = "Approve evacuation of compute-1";

  /** More than any step takes on a slow machine. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private SimulatedCloud cloud;
  private RunningUkemi ukemi;
  private String segment;
  private List<UUID> guests;

  @BeforeEach
  void aCloudOfThreeHosts() {
    cloud = SimulatedCloud.start(0);
    cloud
        .settings()
        .reportInterval(Duration.ofSeconds(1))
        .evacuationTime(Duration.ofMillis(500))
        .bmcTimeout(Duration.ofSeconds(2))
        .rpcTimeout(Duration.ofSeconds(5));
    for (int host = 1; host <= 3; host++) {
      cloud.addHost("compute-" + host, "10.30.0.1" + host);
    }
    guests =
        IntStream.range(0, 4).mapToObj(n -> cloud.addGuest("compute-1", "guest-" + n)).toList();
  }

  private void start(PolicyTable policy) {
    ukemi = RunningUkemi.start(cloud, Map.of());
    policy.deploy(ukemi.bean(RepositoryService.class));
    segment = ukemi.client().createSegment("segment1", "auto");
    ukemi.client().createHosts(segment, "compute-1", "compute-2", "compute-3");
  }

  @AfterEach
  void stop() {
    if (ukemi != null) {
      ukemi.close();
    }
    cloud.close();
  }

  private String die() {
    cloud.crash("compute-1");
    return ukemi.client().hostStopped("compute-1");
  }

  private void nothingIsTouched() {
    assertThat(cloud.truth().powerOrders()).isEmpty();
    assertThat(cloud.truth().evacuateCalls()).isEmpty();
    assertThat(
            cloud
                .truth()
                .requests(
                    request -> request.service().equals("nova") && !request.method().equals("GET")))
        .as("writes to Nova")
        .isEmpty();
    assertThat(isOnMaintenance()).isFalse();
  }

  private boolean isOnMaintenance() {
    return ukemi.client().host(segment, "compute-1").get("on_maintenance").asBoolean();
  }

  @Test
  void nothingIsTouchedUntilAPersonHasApprovedAndTheLongerNobodyDoesTheMoreItShows()
      throws Exception {
    start(PolicyTable.shipped().askBeforeFencing("\"yes\"").remindAfter("\"PT2S\""));
    String notification = die();
    Task task = awaitTask(RECOVERY);
    Thread.sleep(6_000);
    nothingIsTouched();
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              assertThat(ukemi.task(RECOVERY).orElseThrow().getPriority())
                  .isGreaterThan(task.getPriority());
              assertThat(message(notification))
                  .contains("a person is asked: " + RECOVERY + " (since 20");
            });
    Map<String, Object> form = ukemi.bean(TaskService.class).getVariables(task.getId());
    assertThat(form)
        .containsEntry("hostName", "compute-1")
        .containsEntry("segment", "segment1")
        .containsEntry("method", "auto")
        .containsEntry("guestsOnHost", 4)
        .containsEntry("why", "The table recovery-policy asks first");
    assertThat((String) form.get("evidence"))
        .contains("event STOPPED", "Nova shows guests on it: 4 active", "last heartbeat")
        .contains(notification);
    assertThat((String) form.get("next")).startsWith("Nothing has been changed yet.");

    ukemi.complete(task, "ada", Map.of("decision", "approve"));
    awaitStatus(notification, "finished");
    assertThat(guests)
        .allSatisfy(guest -> assertThat(cloud.truth().evacuateCalls(guest)).hasSize(1));
    assertThat(cloud.truth().evacuatedFromHostsWithPower()).isEmpty();
    assertThat(
            ukemi
                .jdbc()
                .sql("select question || ', ' || choice || ', ' || person from ukemi.decision")
                .query(String.class)
                .list())
        .containsExactly(RECOVERY + ", approve, ada");
  }

  @Test
  void aRecoveryThatIsDeniedLeavesTheWorldAsItWas() {
    start(PolicyTable.shipped().askBeforeFencing("\"yes\""));
    String notification = die();
    ukemi.complete(
        awaitTask(RECOVERY), "ada", Map.of("decision", "deny", "comment", "planned work"));
    awaitStatus(notification, "ignored");
    assertThat(message(notification))
        .isEqualTo("Denied by ada: planned work\nNothing was changed on compute-1");
    nothingIsTouched();
  }

  @Tag("long")
  @Test
  void aRecoveryOnHoldIsAskedForAgainAndNothingIsTouchedMeanwhile() {
    start(PolicyTable.shipped().askBeforeFencing("\"yes\""));
    String notification = die();
    Task first = awaitTask(RECOVERY);
    ukemi.complete(
        first, "ada", Map.of("decision", "hold", "holdFor", "PT1H", "comment", "the rack is off"));
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(message(notification))
                    .contains("is on hold until ", ", by ada: the rack is off"));
    theHourOfTheHoldIsOver();
    Task second = awaitTask(RECOVERY);
    assertThat(second.getId()).isNotEqualTo(first.getId());
    assertThat(ukemi.bean(TaskService.class).getVariables(second.getId()))
        .doesNotContainKeys("decision", "comment");
    nothingIsTouched();
    ukemi.complete(second, "bob", Map.of("decision", "approve"));
    awaitStatus(notification, "finished");
  }

  @Test
  void aHostThatComesBackWhileAPersonIsAskedIsAFalseAlarm() {
    start(PolicyTable.shipped().askBeforeFencing("\"yes\""));
    String notification = die();
    awaitTask(RECOVERY);
    cloud.heal("compute-1");
    ukemi.client().hostStarted("compute-1");
    awaitStatus(notification, "ignored");
    assertThat(message(notification)).startsWith("False alarm");
    assertThat(ukemi.task(RECOVERY)).isEmpty();
    nothingIsTouched();
  }

  @Tag("long")
  @Test
  void aHostThatComesBackWhileItIsOnHoldIsAFalseAlarm() {
    start(PolicyTable.shipped().askBeforeFencing("\"yes\""));
    String notification = die();
    ukemi.complete(awaitTask(RECOVERY), "ada", Map.of("decision", "hold", "holdFor", "PT4H"));
    cloud.heal("compute-1");
    ukemi.client().hostStarted("compute-1");
    awaitStatus(notification, "ignored");
    nothingIsTouched();
  }

  @Test
  void anEvacuationThatIsDeniedPutsTheHostBackAndLeavesItsPower() throws Exception {
    start(PolicyTable.shipped().askBeforeEvacuation("\"yes\""));
    String notification = die();
    Task task = awaitTask(EVACUATION);
    Thread.sleep(4_000);
    assertThat(cloud.truth().evacuateCalls()).isEmpty();
    assertThat(cloud.truth().forcedDown("compute-1")).isTrue();
    assertThat(cloud.truth().serviceStatus("compute-1")).isEqualTo("disabled");
    assertThat(isOnMaintenance()).isTrue();
    assertThat(cloud.locked("compute-1")).isTrue();

    ukemi.complete(task, "ada", Map.of("decision", "deny", "comment", "the disks are ruined"));
    awaitStatus(notification, "ignored");
    assertThat(cloud.truth().forcedDown("compute-1")).isFalse();
    assertThat(cloud.truth().serviceStatus("compute-1")).isEqualTo("enabled");
    assertThat(isOnMaintenance()).isFalse();
    assertThat(cloud.locked("compute-1")).isFalse();
    assertThat(cloud.truth().hasPower("compute-1")).isFalse();
    assertThat(cloud.truth().evacuateCalls()).isEmpty();
    assertThat(cloud.truth().guestsOn("compute-1")).hasSize(4);
    assertThat(message(notification))
        .startsWith("Denied by ada: the disks are ruined\nPut back: forced-down lifted,")
        .contains("nova-compute enabled, off maintenance", "its power stays as it is");
  }

  @Test
  void bothQuestionsMustBeApproved() {
    start(PolicyTable.shipped().askBeforeFencing("\"yes\"").askBeforeEvacuation("\"yes\""));
    String notification = die();
    ukemi.complete(awaitTask(RECOVERY), "ada", Map.of("decision", "approve"));
    Task second = awaitTask(EVACUATION);
    assertThat(cloud.truth().evacuateCalls()).isEmpty();
    assertThat(cloud.truth().hasPower("compute-1")).isFalse();
    ukemi.complete(second, "bob", Map.of("decision", "approve"));
    awaitStatus(notification, "finished");
    assertThat(guests)
        .allSatisfy(guest -> assertThat(cloud.truth().hostOf(guest)).isNotEqualTo("compute-1"));
  }

  @Test
  void whoeverIsNotAskedIsRefusedAndSoIsASecondAnswer() {
    start(PolicyTable.shipped().askBeforeFencing("\"yes\"").group("\"night-shift\""));
    String notification = die();
    Task task = awaitTask(RECOVERY);
    assertThatThrownBy(
            () -> ukemi.complete(task, "eve", List.of("auditors"), Map.of("decision", "approve")))
        .isInstanceOf(AuthorizationException.class)
        .hasMessageContaining("'eve'");
    nothingIsTouched();
    ukemi.complete(
        task,
        "nick",
        List.of("night-shift"),
        Map.of("decision", "deny", "comment", "we know, it is being moved"));
    assertThatThrownBy(() -> ukemi.complete(task, "ada", Map.of("decision", "approve")))
        .hasMessageContaining("Cannot find task with id " + task.getId());
    awaitStatus(notification, "ignored");
    assertThat(message(notification)).startsWith("Denied by nick");
    nothingIsTouched();
  }

  private void theHourOfTheHoldIsOver() {
    ManagementService management = ukemi.bean(ManagementService.class);
    Job timer = management.createJobQuery().activityId("HoldOver").singleResult();
    assertThat(timer.getDuedate()).isAfter(Instant.now().plus(Duration.ofMinutes(50)));
    management.setJobDuedate(timer.getId(), new Date());
  }

  private String message(String notification) {
    return ukemi.client().notification(notification).get("message").asText();
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
