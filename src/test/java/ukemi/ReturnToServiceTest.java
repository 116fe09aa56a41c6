package ukemi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import ukemi.simulator.MachineFault;
import ukemi.simulator.SimulatedCloud;
import ukemi.simulator.Truth.Handled;
import ukemi.simulator.Truth.PowerOrder;

/** A host was recovered; now it is repaired and returns. */
class ReturnToServiceTest {

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final String APPROVE = "Return compute-1 to service";

  private SimulatedCloud cloud;
  private RunningUkemi ukemi;
  private String segment;

  @BeforeEach
  void aCloudOfThreeHosts() {
    cloud = SimulatedCloud.start(0);
    cloud
        .settings()
        .reportInterval(Duration.ofSeconds(1))
        .bootTime(Duration.ofSeconds(1))
        .evacuationTime(Duration.ofMillis(300))
        .rpcTimeout(Duration.ofSeconds(2));
    cloud
        .addHost("compute-1", "10.33.1.1")
        .addHost("compute-2", "10.33.1.2")
        .addHost("compute-3", "10.33.1.3");
    start(Map.of());
  }

  private void start(Map<String, String> settings) {
    if (ukemi != null) {
      ukemi.close();
    }
    ukemi = RunningUkemi.start(cloud, settings);
  }

  private void segment(String method) {
    segment = ukemi.client().createSegment("segment1", method);
    ukemi.client().createHosts(segment, "compute-1", "compute-2");
  }

  private void reserve() {
    cloud.disableCompute("compute-3");
    ukemi.client().createReserve(segment, "compute-3");
  }

  @AfterEach
  void stop() {
    if (ukemi != null) {
      ukemi.close();
    }
    cloud.close();
  }

  @Test
  void aRepairedHostIsSwitchedOnTakesGuestsAgainAndIsThereForTheNextFailure() {
    segment("auto");
    final List<UUID> guests = guests("compute-1", 3);
    final String recovery = recover("compute-1");

    returnHost("compute-1", "ukemi", "service");

    isIn("compute-1", "enabled", false, false);
    assertThat(cloud.truth().forcedDown("compute-1")).isFalse();
    assertThat(powerOrders("compute-1")).containsExactly("power_off", "power_on");
    assertThat(cloud.truth().guestsOn("compute-1")).isEmpty();
    // the recovery's own story has ended before
    assertThat(ukemi.client().workflow(recovery))
        .extracting(task -> task.get("name").asText())
        .noneMatch(name -> name.contains("Return"));

    recover("compute-2");

    assertThat(guests)
        .allSatisfy(guest -> assertThat(cloud.truth().hostOf(guest)).isEqualTo("compute-1"));
    assertThat(cloud.truth().twiceRunning()).isEmpty();
  }

  @Tag("long")
  @Test
  void theReturnedHostBecomesTheReserveAndTheNextFailureUsesIt() {
    segment("reserved_host");
    reserve();
    guests("compute-1", 2);
    recover("compute-1");
    isIn("compute-3", "enabled", false, false);

    Task question = ask("compute-1");
    assertThat(variable(question, "role")).isEqualTo("reserve");
    assertThat(variable(question, "evidence").toString())
        .contains("compute-3 has taken guests", ": off (", "forced down", "disabled");
    answer(question, "ukemi", "reserve");
    awaitReturned();

    isIn("compute-1", "disabled", true, false);
    isIn("compute-3", "enabled", false, false);
    assertThat(cloud.truth().guestsOn("compute-3")).hasSize(2);

    final List<UUID> others = guests("compute-2", 2);
    recover("compute-2");

    assertThat(others)
        .allSatisfy(guest -> assertThat(cloud.truth().hostOf(guest)).isEqualTo("compute-1"));
    isIn("compute-1", "enabled", false, false);
  }

  @Test
  void theGuestsGoBackOneByOneAndTheOldReserveIsAReserveAgain() {
    start(Map.of("ukemi.returns.guests-at-once", "1"));
    segment("reserved_host");
    reserve();
    cloud.addAggregate("fast", Map.of(), List.of("compute-1"));
    final List<UUID> guests = guests("compute-1", 3);
    recover("compute-1");

    returnHost("compute-1", "ukemi", "guests");

    assertThat(guests)
        .allSatisfy(
            guest -> {
              assertThat(cloud.truth().hostOf(guest)).isEqualTo("compute-1");
              assertThat(cloud.truth().runningOn(guest)).isEqualTo(Set.of("compute-1"));
              assertThat(cloud.truth().actions(guest)).containsOnlyOnce("os-migrateLive");
            });
    isIn("compute-1", "enabled", false, false);
    isIn("compute-3", "disabled", true, false);
    assertThat(cloud.truth().twiceRunning()).isEmpty();
    assertThat(mostMovesWithin(Duration.ofMillis(300))).isOne();

    List<UUID> others = guests("compute-2", 1);
    recover("compute-2");
    assertThat(cloud.truth().hostOf(others.get(0))).isEqualTo("compute-3");
  }

  @Tag("long")
  @Test
  void aGuestThatCannotGoBackIsListedAndItsHostIsNoReserveAgain() {
    segment("reserved_host");
    reserve();
    final UUID running = guests("compute-1", 1).get(0);
    UUID stopped = cloud.addGuest("compute-1", "asleep");
    cloud.guestState(stopped, "stopped", 4);
    recover("compute-1");

    answer(ask("compute-1"), "ukemi", "guests");

    Task rest = awaitTask("See to what is left on compute-1");
    assertThat(variable(rest, "left").toString())
        .contains("asleep", "it is stopped", "compute-3 is no reserve again: it holds 1 guests");
    assertThat(variable(rest, "done").toString()).contains("enabled in Nova", "off maintenance");
    assertThat(cloud.truth().hostOf(running)).isEqualTo("compute-1");
    assertThat(cloud.truth().hostOf(stopped)).isEqualTo("compute-3");
    isIn("compute-3", "enabled", false, false);
    ukemi.complete(rest, "ada", Map.of());
    awaitReturned();
  }

  @Test
  void aMachineWhosePowerCannotBeReadIsNotSwitchedOnButAPersonMay() {
    segment("auto");
    guests("compute-1", 1);
    recover("compute-1");
    cloud.machineFault("compute-1", MachineFault.BMC_LOGIN_REFUSED);

    answer(ask("compute-1"), "ukemi", "service");

    Task task = awaitTask("Switch compute-1 on");
    assertThat(powerOrders("compute-1")).containsExactly("power_off");
    cloud.powerOn("compute-1");
    assertThatThrownBy(() -> ukemi.complete(task, "ada", Map.of("decision", "goOn")))
        .hasMessageContaining("say what you found or did");
    ukemi.complete(task, "ada", Map.of("decision", "goOn", "comment", "by its button"));
    awaitReturned();
    isIn("compute-1", "enabled", false, false);
    assertThat(powerOrders("compute-1")).containsExactly("power_off");
  }

  @Tag("long")
  @Test
  void aMachineThatSomebodyElseHasLockedIsLeftToAPersonAndTriedAgainWhenItIsUnlocked() {
    segment("auto");
    recover("compute-1");
    cloud.machineFault("compute-1", MachineFault.LOCKED);

    answer(ask("compute-1"), "ukemi", "service");

    Task task = awaitTask("Switch compute-1 on");
    assertThat(cloud.truth().hasPower("compute-1")).isFalse();
    cloud.clearMachineFaults("compute-1");
    ukemi.complete(task, "ada", Map.of("decision", "again"));
    awaitReturned();
    assertThat(cloud.truth().hasPower("compute-1")).isTrue();
  }

  @Tag("long")
  @Test
  void aHostThatStaysSilentIsNeverEnabledAndItsQuestionGoesAwayWhenItSpeaks() {
    start(Map.of("ukemi.returns.deadline", "2s"));
    segment("auto");
    recover("compute-1");

    answer(ask("compute-1"), "person", "service");

    awaitTask("Look into compute-1");
    assertThat(cloud.truth().serviceStatus("compute-1")).isEqualTo("disabled");
    assertThat(cloud.truth().forcedDown("compute-1")).isTrue();
    cloud.powerOn("compute-1");
    awaitReturned();
    isIn("compute-1", "enabled", false, false);
  }

  @Test
  void whatNovaRefusesForEverIsLeftToAPersonAndTheReportTellsWhoAndWhy() {
    segment("auto");
    Task refused = refusedByNova("service");
    assertThat(variable(refused, "why").toString())
        .startsWith("Nova refuses to lift forced down: ")
        .contains("`done` evacuation migration records");

    ukemi.complete(refused, "ada", Map.of("decision", "again"));
    Task again = awaitOther(refused);
    ukemi.complete(again, "ada", Map.of("decision", "leave", "comment", "the record, TICKET-8"));

    Task rest = awaitTask("See to what is left on compute-1");
    assertThat(variable(rest, "left").toString())
        .contains("Nova refuses to lift forced down: ")
        .contains("Gone on without it, decided by ada: the record, TICKET-8")
        .contains("not enabled: see to it in Nova, and enable it by hand");
    assertThat(variable(rest, "done").toString())
        .contains("not waited for old guests that Nova showed, decided by ada: it was deleted");
    isIn("compute-1", "disabled", false, false);
    assertThat(cloud.truth().forcedDown("compute-1")).isTrue();
  }

  @Tag("long")
  @Test
  void aReturnThatIsStoppedBecauseNovaRefusesLeavesTheHostOnMaintenance() {
    segment("auto");
    Task refused = refusedByNova("service");

    ukemi.complete(refused, "ada", Map.of("decision", "stop"));

    awaitReturned();
    isIn("compute-1", "disabled", false, true);
  }

  @Tag("long")
  @Test
  void whatTheHostWasToBecomeIsListedWhenNovaRefuses() {
    segment("reserved_host");
    reserve();
    Task refused = refusedByNova("guests");

    ukemi.complete(refused, "ada", Map.of("decision", "leave"));

    Task rest = awaitTask("See to what is left on compute-1");
    assertThat(variable(rest, "left").toString())
        .contains("decided by ada\n", "not enabled")
        .contains("its guests did not go back to it", "no reserve again: compute-3");
    isIn("compute-3", "enabled", false, false);
    isIn("compute-1", "disabled", false, false);
  }

  /** Nova keeps the evacuation of a deleted guest, and refuses to lift forced down for ever. */
  private Task refusedByNova(String role) {
    UUID deleted = guests("compute-1", 1).get(0);
    recover("compute-1");
    cloud.deleteGuest(deleted);
    answer(ask("compute-1"), "ukemi", role);
    fireNow("OldGuestsOverdue");
    Task old = awaitTask("Look into old guests of compute-1");
    ukemi.complete(old, "ada", Map.of("decision", "goOn", "comment", "it was deleted"));
    return awaitTask("See to compute-1 in Nova");
  }

  private void fireNow(String timer) {
    ManagementService management = ukemi.bean(ManagementService.class);
    await(timer)
        .atMost(LIMIT)
        .until(
            () -> management.createJobQuery().timers().activityId(timer).list(),
            jobs -> jobs.size() == 1)
        .forEach(job -> management.setJobDuedate(job.getId(), new Date()));
  }

  private Task awaitOther(Task before) {
    await()
        .atMost(LIMIT)
        .until(
            () ->
                ukemi
                    .task(before.getName())
                    .filter(task -> !task.getId().equals(before.getId()))
                    .isPresent());
    return ukemi.task(before.getName()).orElseThrow();
  }

  @Test
  void aHostReportedBackIsAskedAboutOnceAndTouchedByNobodyUntilAPersonSaysSo() {
    segment("auto");
    recover("compute-1");
    cloud.powerOn("compute-1");

    assertThat(ukemi.client().tryHostStarted("compute-1")).isEqualTo(409);
    Task question = awaitTask(APPROVE);
    assertThat(ukemi.client().tryHostStarted("compute-1")).isEqualTo(409);
    await().atMost(LIMIT).until(() -> returns() == 1);

    isIn("compute-1", "disabled", false, true);
    assertThat(cloud.truth().forcedDown("compute-1")).isTrue();
    ukemi.complete(
        question,
        "ada",
        Map.of("decision", "return", "powerOn", "ukemi", "role", "service", "cause", "fan"));
    awaitReturned();
    isIn("compute-1", "enabled", false, false);
    // it was on already
    assertThat(powerOrders("compute-1")).containsExactly("power_off");
  }

  @Tag("long")
  @Test
  void thePolicyMayHaveAReportedHostReturnedWithoutAQuestion() {
    PolicyTable.shipped()
        .with("return-policy.dmn", "<text>\"yes\"</text>", "<text>\"no\"</text>")
        .deploy(ukemi.bean(RepositoryService.class));
    segment("auto");
    recover("compute-1");
    cloud.powerOn("compute-1");

    ukemi.client().tryHostStarted("compute-1");

    await().atMost(LIMIT).untilAsserted(() -> isIn("compute-1", "enabled", false, false));
    awaitReturned();
  }

  @Tag("long")
  @Test
  void aHostThatDoesNotReturnStaysOnMaintenanceAndItsRecoveryCanBeRetried() {
    segment("auto");
    String recovery = recover("compute-1");
    Task question = ask("compute-1");
    assertThat(ukemi.client().tryPost("/notifications/" + recovery + "/retry", Map.of()))
        .isEqualTo(409);

    ukemi.complete(
        question,
        "ada",
        Map.of("decision", "keep", "powerOn", "ukemi", "role", "service", "cause", "no part"));

    awaitReturned();
    isIn("compute-1", "disabled", false, true);
    assertThat(cloud.truth().hasPower("compute-1")).isFalse();
    assertThat(ukemi.client().tryPost("/notifications/" + recovery + "/retry", Map.of()))
        .as("there is no guest")
        .isEqualTo(409);
    guests("compute-1", 1);
    assertThat(ukemi.client().tryPost("/notifications/" + recovery + "/retry", Map.of()))
        .isEqualTo(202);
  }

  @Tag("long")
  @Test
  void aReturnDeletedInCockpitLeavesTheHostOnMaintenance() {
    segment("auto");
    recover("compute-1");
    ask("compute-1");

    ukemi
        .bean(RuntimeService.class)
        .deleteProcessInstance(
            ukemi
                .bean(RuntimeService.class)
                .createProcessInstanceQuery()
                .processDefinitionKey("return-to-service")
                .singleResult()
                .getId(),
            "not now",
            true); // as Cockpit does unless it is told otherwise

    isIn("compute-1", "disabled", false, true);
    await().atMost(LIMIT).until(() -> ukemi.client().tryReturn(segment, "compute-1") == 202);
    awaitTask(APPROVE);
  }

  @Tag("long")
  @Test
  void whatIsNotOnMaintenanceOrBeingRecoveredOrReturnedIsNotReturned() {
    segment("auto");
    assertThat(ukemi.client().tryReturn(segment, "compute-1")).isEqualTo(409);
    assertThat(refused("compute-1")).contains("not on maintenance");
    assertThat(refused("compute-9")).contains("No host named compute-9");
    recover("compute-1");
    ask("compute-1");
    assertThat(ukemi.client().tryReturn(segment, "compute-1")).isEqualTo(409);
    assertThat(refused("compute-1")).contains("being returned already");
  }

  @Tag("long")
  @Test
  void aHostThatAnOperatorTookOutOfServiceReturnsToo() {
    segment("auto");
    ukemi.client().setMaintenance(segment, "compute-1", true);
    cloud.disableCompute("compute-1");

    returnHost("compute-1", "ukemi", "service");

    isIn("compute-1", "enabled", false, false);
    assertThat(powerOrders("compute-1")).isEmpty();
  }

  @Tag("long")
  @Test
  void aHostThatDiesWhileItsGuestsGoBackIsItsRecoverysAndTheReturnSaysWhatIsLeft() {
    start(Map.of("ukemi.returns.guests-at-once", "1"));
    segment("reserved_host");
    reserve();
    cloud.settings().evacuationTime(Duration.ofSeconds(3));
    guests("compute-1", 4);
    recover("compute-1");
    answer(ask("compute-1"), "ukemi", "guests");
    await().atMost(LIMIT).until(() -> !cloud.truth().guestsOn("compute-1").isEmpty());

    cloud.crash("compute-1");
    ukemi.client().hostStopped("compute-1");

    Task rest = awaitTask("See to what is left on compute-1");
    assertThat(variable(rest, "left").toString()).contains("did not go back", "compute-3 is no");
    assertThat(cloud.truth().twiceRunning()).isEmpty();
  }

  @Test
  void aHostReportedDeadDuringItsReturnIsNeitherSwitchedOnNorEnabled() {
    segment("auto");
    recover("compute-1");
    Task question = ask("compute-1");
    assertThat(ukemi.client().tryHostStopped("compute-1", LocalDateTime.now(ZoneOffset.UTC)))
        .isEqualTo(409);

    answer(question, "ukemi", "service");

    Task told = awaitTask("Return of compute-1 has stopped");
    assertThat(variable(told, "left").toString()).contains("was reported dead");
    isIn("compute-1", "disabled", false, true);
    assertThat(powerOrders("compute-1")).containsExactly("power_off");
    ukemi.complete(told, "ada", Map.of());
    awaitReturned();
    assertThat(ukemi.client().tryReturn(segment, "compute-1")).isEqualTo(202);
  }

  @Tag("long")
  @Test
  void aHostThatSomebodyTookOffMaintenanceIsNotTouchedByItsReturn() {
    segment("auto");
    recover("compute-1");
    Task question = ask("compute-1");
    ukemi.client().setMaintenance(segment, "compute-1", false);

    answer(question, "ukemi", "service");

    awaitTask("Return of compute-1 has stopped");
    assertThat(cloud.truth().hasPower("compute-1")).isFalse();
    isIn("compute-1", "disabled", false, false);
  }

  @Tag("long")
  @Test
  void aHostWithGuestsIsNoReserveAndSaysSo() {
    segment("reserved_host");
    reserve();
    // Octavia's own: it stays where it is
    cloud.addGuest("compute-1", "amphora-1");
    guests("compute-1", 1);
    recover("compute-1");

    answer(ask("compute-1"), "ukemi", "reserve");

    Task rest = awaitTask("See to what is left on compute-1");
    assertThat(variable(rest, "left").toString()).contains("no reserve: it holds 1 guests");
    isIn("compute-1", "disabled", false, false);
  }

  /** How many migrations were asked for within the time that one takes. */
  private long mostMovesWithin(Duration time) {
    List<Instant> moves =
        cloud.truth().requests(call -> call.path().endsWith("/action")).stream()
            .filter(call -> call.status() == 202)
            .map(Handled::at)
            .sorted()
            .toList();
    return moves.stream()
        .mapToLong(
            begin ->
                moves.stream()
                    .filter(at -> !at.isBefore(begin) && at.isBefore(begin.plus(time)))
                    .count())
        .max()
        .orElse(0);
  }

  private List<UUID> guests(String host, int number) {
    return IntStream.range(0, number)
        .mapToObj(n -> cloud.addGuest(host, host + "-guest-" + n))
        .toList();
  }

  private String recover(String host) {
    cloud.crash(host);
    String notification = ukemi.client().hostStopped(host);
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(ukemi.client().status(notification))
                    .as(ukemi::state)
                    .isEqualTo("finished"));
    return notification;
  }

  /** Starts the return over the API and gives the question. */
  private Task ask(String host) {
    assertThat(ukemi.client().tryReturn(segment, host)).isEqualTo(202);
    return awaitTask("Return " + host + " to service");
  }

  private void answer(Task question, String powerOn, String role) {
    ukemi.complete(
        question,
        "ada",
        Map.of("decision", "return", "powerOn", powerOn, "role", role, "cause", "TICKET-7"));
  }

  private void returnHost(String host, String powerOn, String role) {
    answer(ask(host), powerOn, role);
    awaitReturned();
  }

  private void awaitReturned() {
    await().atMost(LIMIT).untilAsserted(() -> assertThat(returns()).as(ukemi::state).isZero());
  }

  private long returns() {
    return ukemi
        .bean(RuntimeService.class)
        .createProcessInstanceQuery()
        .processDefinitionKey("return-to-service")
        .count();
  }

  /** What a person is told who starts a return in Tasklist that is not possible. */
  private String refused(String host) {
    ProcessInstance process =
        ukemi
            .bean(RuntimeService.class)
            .startProcessInstanceByKey(
                "return-to-service", Map.of("hostName", host, "wantedBy", "ada"));
    Task told = awaitTask(host + " is not returned");
    String answer = variable(told, "answer").toString();
    ukemi.complete(told, "ada", Map.of());
    assertThat(process.getProcessInstanceId()).isEqualTo(told.getProcessInstanceId());
    return answer;
  }

  private Task awaitTask(String name) {
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(ukemi.task(name)).as(ukemi::state).isPresent());
    return ukemi.task(name).orElseThrow();
  }

  private Object variable(Task task, String name) {
    return ukemi.bean(RuntimeService.class).getVariable(task.getExecutionId(), name);
  }

  private List<String> powerOrders(String host) {
    return cloud.truth().powerOrders(host).stream()
        .map(PowerOrder::operation)
        .filter(operation -> operation.startsWith("power"))
        .toList();
  }

  private void isIn(String host, String status, boolean reserved, boolean onMaintenance) {
    var shown = ukemi.client().host(segment, host);
    assertThat(cloud.truth().serviceStatus(host)).as(host).isEqualTo(status);
    assertThat(shown.get("reserved").asBoolean()).as(host + " reserved").isEqualTo(reserved);
    assertThat(shown.get("on_maintenance").asBoolean())
        .as(host + " on_maintenance")
        .isEqualTo(onMaintenance);
  }
}
