package ukemi.runbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static ukemi.runbook.RunbookWorld.HOST;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import ukemi.fencing.Provider;
import ukemi.fencing.RealFencing;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;

/** The drawings with the Java behind them: promises 3 and 4, and what people do in Cockpit. */
class HostFailureRunTest {

  private RunbookWorld world = RunbookWorld.with(Provider.NONE);

  private List<UUID> guests(int number) {
    return java.util.stream.IntStream.range(0, number)
        .mapToObj(n -> world.nova.put(HOST, "active", Map.of()))
        .toList();
  }

  private void landAll(List<UUID> guests) {
    for (UUID guest : guests) {
      if (world.nova.lastEvacuation(guest) > 0) {
        world.nova.land(guest, "compute-2", "active");
      }
    }
    world.work();
  }

  private int openAttempts() {
    return world.count("evacuation_attempt where closed_at is null");
  }

  @Test
  void everyGuestIsEvacuatedOnceTwoAtATimeAndTheReportSaysSo() {
    List<UUID> guests = guests(5);
    UUID notification = world.hostStopped();
    for (int round = 0; round < 3; round++) {
      world.work();
      assertThat(openAttempts()).isLessThanOrEqualTo(2);
      landAll(guests);
    }
    assertThat(world.status(notification)).isEqualTo("finished");
    assertThat(world.message(notification)).isEqualTo("5 guests of compute-1 recovered");
    assertThat(world.count("evacuation_attempt")).isEqualTo(5);
    assertThat(world.runtime.createProcessInstanceQuery().count()).isZero();
  }

  @Test
  void theReasonsOfWhatIsLeftEndUpInTheReport() {
    List<UUID> guests = guests(1);
    UUID deleted = world.nova.put(HOST, "soft-delete", Map.of());
    UUID notification = world.hostStopped();
    world.work();
    landAll(guests);
    assertThat(world.status(notification)).isEqualTo("failed");
    assertThat(world.message(notification))
        .isEqualTo(
            "1 guests of compute-1 recovered, 1 left:\n"
                + "guest-%s (%s): its owner has deleted it".formatted(deleted, deleted));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRecoveryThatIsDeletedInCockpitClosesItsRunAlsoWhenListenersAreSkipped(boolean skip) {
    guests(5);
    UUID notification = world.hostStopped();
    world.work();
    world.runtime.deleteProcessInstance(world.process(notification), "deleted in Cockpit", skip);
    world.bean(DeletedProcesses.class).round();
    assertThat(world.status(notification)).isEqualTo("failed");
    assertThat(world.message(notification)).contains("cancelled in Cockpit");
    assertThat(world.bean(RecoveryRuns.class).open()).isEmpty();
    assertThat(world.count("vmove where waiting_process is not null")).isZero();
    assertThat(world.count("power_watch")).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSlotWhoseCallHadNotLeftWhenTheRecoveryWasDeletedIsGivenBack(boolean skip) {
    guests(3);
    UUID notification = world.hostStopped();
    world.work();
    world.jdbc.sql("update ukemi.evacuation_attempt set asked_at = null").update();
    assertThat(openAttempts()).isEqualTo(2);
    world.runtime.deleteProcessInstance(world.process(notification), "deleted", skip);
    world.bean(DeletedProcesses.class).round();
    assertThat(openAttempts()).isZero();
  }

  @Test
  void aNotificationWhoseProcessIsDeletedBeforeTheHostIsClaimedEndsToo() {
    UUID notification = world.hostStopped();
    world.runtime.deleteProcessInstance(world.process(notification), "deleted in Cockpit");
    assertThat(world.status(notification)).isEqualTo("new");
    world.bean(DeletedProcesses.class).round();
    assertThat(world.status(notification)).isEqualTo("failed");
    assertThat(world.message(notification))
        .isEqualTo("Its process was cancelled in Cockpit; what it had begun is as it is");
  }

  @Test
  void aLivingRecoveryIsNotTakenForADeletedOne() {
    guests(3);
    UUID notification = world.hostStopped();
    world.bean(DeletedProcesses.class).round();
    assertThat(world.status(notification)).isEqualTo("new");
    world.work();
    world.bean(DeletedProcesses.class).round();
    assertThat(world.status(notification)).isEqualTo("running");
    assertThat(openAttempts()).isEqualTo(2);
    assertThat(world.count("vmove where waiting_process is not null")).isEqualTo(1);
  }

  @Test
  void aGuestWhoseProcessIsDeletedInCockpitDoesNotKeepTheOthersWaiting() {
    List<UUID> guests = guests(4);
    UUID notification = world.hostStopped();
    world.jobs();
    world.bean(NovaWatcher.class).round();
    world.bean(Correlator.class).round();
    world.jobs(); // all four wait for a slot
    String deleted =
        world
            .jdbc
            .sql("select waiting_process from ukemi.vmove order by id limit 1")
            .query(String.class)
            .single();
    world.runtime.deleteProcessInstance(deleted, "deleted in Cockpit", true);
    for (int round = 0; round < 3; round++) {
      world.work();
      landAll(guests);
      world.bean(DeletedProcesses.class).round();
    }
    assertThat(world.status(notification)).isEqualTo("failed");
    assertThat(world.message(notification))
        .startsWith("3 guests of compute-1 recovered, 1 left:")
        .endsWith("its process was deleted");
  }

  @Test
  void aGuestThatIsSuspendedInCockpitDoesNotKeepTheOthersWaiting() {
    List<UUID> guests = guests(5);
    UUID notification = world.hostStopped();
    world.work();
    String suspended =
        world
            .jdbc
            .sql("select process_instance from ukemi.evacuation_attempt order by id limit 1")
            .query(String.class)
            .single();
    world.runtime.suspendProcessInstanceById(suspended);
    for (int round = 0; round < 4; round++) {
      landAll(guests);
    }
    assertThat(world.count("vmove where status = 'succeeded'")).isEqualTo(5);
    assertThat(world.status(notification)).isEqualTo("running");
    world.runtime.activateProcessInstanceById(suspended);
    world.work();
    assertThat(world.status(notification)).isEqualTo("finished");
  }

  @Test
  void aCellThatNovaCannotReachDoesNotHideTheHeartbeatsOfOtherHosts() {
    List<UUID> guests = guests(1);
    world.hostStopped();
    world.work();
    world.nova.unreachable.add(guests.get(0));
    world.nova.land(guests.get(0), "compute-2", "active");
    world.jdbc.sql("delete from ukemi.heartbeat").update();
    // a node that has just been started reads every heartbeat at once
    world.context.getAutowireCapableBeanFactory().createBean(NovaWatcher.class).round();
    assertThat(world.count("heartbeat")).isEqualTo(1);
  }

  @Test
  void nobodyVouchesWithAnothersWords() {
    world = RunbookWorld.with(Provider.MAAS); // whose MAAS knows no machine
    UUID notification = world.hostStopped();
    world.work();
    world.complete(
        "ConfirmPoweredOff",
        "ann",
        Map.of("decision", "confirmed", "typedHost", "compute-2", "reason", "saw it"));
    world.work();
    // the form of the next person is empty
    Map<String, Object> filledIn =
        world.tasks.getVariables(
            world
                .tasks
                .createTaskQuery()
                .taskDefinitionKey("ConfirmPoweredOff")
                .singleResult()
                .getId());
    assertThat(filledIn).doesNotContainKeys("typedHost", "reason", "override", "decision");
    assertThat((String) filledIn.get("objection")).contains("the host name typed is not compute-1");
    assertThat((String) filledIn.get("refusal")).contains("MAAS shows no machine named compute-1");

    world.complete("ConfirmPoweredOff", "bob", Map.of("decision", "confirmed"));
    world.work();
    assertThat(world.count("proof_of_off")).isZero();
    assertThat(world.status(notification)).isEqualTo("running");
  }

  @Test
  void aRefusalIsForgottenWhenFencingIsTriedAgainAndTheQuestionGoesAwayWhenMaasIsBack() {
    world = RunbookWorld.with(Provider.MAAS);
    RealFencing.locked(world.context, HOST);
    world.hostStopped();
    world.work();
    assertThat(standsAgainstIt()).contains("is locked in MAAS: unlock it there");

    RealFencing.unlocked(world.context);
    RealFencing.away(world.context);
    world.complete("ConfirmPoweredOff", "ann", Map.of("decision", "again"));
    assertThatThrownBy(() -> world.jobs()).hasMessageContaining("did not answer in time");
    timeIsUp("FencingTooSlow");
    assertThat(standsAgainstIt()).isNull();
    world.bean(Correlator.class).round();
    assertThat(world.tasks.createTaskQuery().count()).isEqualTo(1);

    RealFencing.back(world.context);
    RealFencing.readAsOn(world.jdbc, run());
    world.bean(Correlator.class).round();
    assertThat(world.tasks.createTaskQuery().count()).isZero();
    world.jobs();
    assertThat(RealFencing.ordersOff(world.context)).isEqualTo(1);
  }

  @Test
  void aMistypedNameDoesNotKeepTheQuestionWhenMaasIsBack() {
    world = RunbookWorld.with(Provider.MAAS);
    RealFencing.away(world.context);
    world.hostStopped();
    assertThatThrownBy(() -> world.work()).hasMessageContaining("did not answer in time");
    timeIsUp("FencingTooSlow");
    RealFencing.notRead(world.jdbc, run());
    world.complete(
        "ConfirmPoweredOff",
        "ann",
        Map.of("decision", "confirmed", "typedHost", "compute-2", "reason", "saw it"));
    world.jobs();
    RealFencing.notRead(world.jdbc, run());
    world.bean(Correlator.class).round();
    world.jobs();
    assertThat(world.tasks.createTaskQuery().count()).isEqualTo(1);

    RealFencing.readAsOn(world.jdbc, run());
    world.bean(Correlator.class).round();
    assertThat(world.tasks.createTaskQuery().count()).isZero();
  }

  @Test
  void aFlappingBmcTakesTheQuestionAwayOnceAndTwoReadingsOfOffAlways() {
    askedAsThePowerCannotBeRead();
    RealFencing.readAsOn(world.jdbc, run());
    world.bean(Correlator.class).round();
    assertThat(questions()).isZero();
    world.jobs();
    assertThat(RealFencing.ordersOff(world.context)).isEqualTo(2);
    RealFencing.notRead(world.jdbc, run());
    timeIsUp("FencingTooSlow");

    RealFencing.readAsOn(world.jdbc, run());
    world.bean(Correlator.class).round();
    assertThat(questions()).isEqualTo(1);
    RealFencing.readAsOffTwice(world.jdbc, run());
    world.bean(Correlator.class).round();
    assertThat(questions()).isZero();
  }

  @Test
  void aHostThatReportsToNovaWhenItIsFencedAgainByItselfIsLeftToThePerson() {
    askedAsThePowerCannotBeRead();
    RealFencing.readAsOn(world.jdbc, run());
    world.nova.alive.add(HOST);
    world.bean(Correlator.class).round();
    world.jobs();
    assertThat(RealFencing.ordersOff(world.context)).isEqualTo(1);
    assertThat(standsAgainstIt()).contains("reports to Nova again");

    world.complete("ConfirmPoweredOff", "ann", Map.of("decision", "again"));
    world.jobs();
    assertThat(RealFencing.ordersOff(world.context)).isEqualTo(2);
  }

  @Test
  void theReadingThatRefusesAConfirmationTakesTheQuestionAway() {
    askedAsThePowerCannotBeRead();
    world.complete(
        "ConfirmPoweredOff",
        "ann",
        Map.of("decision", "confirmed", "typedHost", HOST, "reason", "saw it"));
    world.jobs();
    RealFencing.readAsOn(world.jdbc, run());
    world.bean(Correlator.class).round();
    world.jobs();
    assertThat(questions()).isEqualTo(1);
    world.bean(Correlator.class).round();
    assertThat(questions()).isZero();
  }

  @Test
  void aQuestionOfAnOlderDrawingGoesAwayWithTwoReadingsOfOffOnly() {
    askedAsThePowerCannotBeRead();
    world.runtime.removeVariable(
        world.tasks.createTaskQuery().singleResult().getProcessInstanceId(), "triedAgainAt");
    RealFencing.readAsOn(world.jdbc, run());
    world.bean(Correlator.class).round();
    assertThat(questions()).isEqualTo(1);
    RealFencing.readAsOffTwice(world.jdbc, run());
    world.bean(Correlator.class).round();
    assertThat(questions()).isZero();
  }

  private void askedAsThePowerCannotBeRead() {
    world = RunbookWorld.with(Provider.MAAS);
    RealFencing.locked(world.context, HOST);
    RealFencing.unlocked(world.context);
    world.hostStopped();
    world.work();
    RealFencing.notRead(world.jdbc, run());
    timeIsUp("FencingTooSlow");
    assertThat(questions()).isEqualTo(1);
    assertThat(RealFencing.ordersOff(world.context)).isEqualTo(1);
  }

  private long questions() {
    return world.tasks.createTaskQuery().taskDefinitionKey("ConfirmPoweredOff").count();
  }

  private RecoveryRun run() {
    return world.bean(RecoveryRuns.class).open().get(0);
  }

  private String standsAgainstIt() {
    Task task = world.tasks.createTaskQuery().taskDefinitionKey("ConfirmPoweredOff").singleResult();
    return (String) world.tasks.getVariable(task.getId(), "refusal");
  }

  private void timeIsUp(String timer) {
    world.management.executeJob(
        world.management.createJobQuery().activityId(timer).singleResult().getId());
    world.jobs();
  }

  @Test
  void aDecisionWithoutANameIsRefused() {
    world = RunbookWorld.with(Provider.MAAS);
    world.hostStopped();
    world.work();
    assertThatThrownBy(() -> world.complete("ConfirmPoweredOff", null, Map.of()))
        .isInstanceOf(ProcessEngineException.class)
        .hasMessageContaining("A decision needs a name");
  }

  @Test
  void aFalseAlarmNamesOnlyWhoSaidSo() {
    UUID notification = world.hostStopped();
    world.jobs();
    String process = world.process(notification);
    fireHeartbeatUnclear();
    world.complete("DecideIfHostFailed", "ann", Map.of("decision", "watch"));
    world
        .runtime
        .createMessageCorrelation(HostFailureProcess.HOST_ALIVE)
        .processInstanceId(process)
        .correlate();
    world.jobs();
    assertThat(world.status(notification)).isEqualTo("ignored");
    assertThat(world.message(notification)).contains("reports to Nova").doesNotContain("ann");
  }

  @Test
  void aFalseAlarmNamesThePersonWhoSaidSo() {
    UUID notification = world.hostStopped();
    world.jobs();
    fireHeartbeatUnclear();
    world.complete("DecideIfHostFailed", "ann", Map.of("decision", "alive"));
    world.jobs();
    assertThat(world.message(notification))
        .isEqualTo("False alarm: ann said that compute-1 is alive");
  }

  private void fireHeartbeatUnclear() {
    world.management.executeJob(
        world.management.createJobQuery().activityId("HeartbeatUnclear").singleResult().getId());
  }

  @Test
  void aStrangersFailingProcessDoesNotSilenceTheOthersTasks() {
    // started by hand in Tasklist: no notification, so its first step fails
    world.runtime.startProcessInstanceByKey("host-failure");
    UUID notification = world.hostStopped();
    List<Job> jobs = world.management.createJobQuery().messages().list();
    jobs.forEach(job -> world.management.setJobRetries(job.getId(), 1));
    world.jdbc.sql("alter table ukemi.recovery_run rename to hidden").update();
    try {
      for (Job job : jobs) {
        assertThatThrownBy(() -> world.management.executeJob(job.getId())).isNotNull();
      }
    } finally {
      world.jdbc.sql("alter table ukemi.hidden rename to recovery_run").update();
    }
    world.bean(AttentionTasks.class).round();
    assertThat(world.message(notification)).startsWith("Waiting: \"Claim host\" does not succeed");
  }

  /** Its key may be another thing's. */
  @ParameterizedTest
  @NullSource
  @ValueSource(strings = "6a2f1d0c-55c1-4c7e-8a39-3f0e9b1d7c42")
  void aFailingProcessWithoutANotificationHasItsTaskUntilItEnds(String key) {
    String process =
        world
            .runtime
            .startProcessInstanceByKey("host-failure", key, Map.of("hostName", "compute-7"))
            .getId();
    Job job = world.management.createJobQuery().messages().singleResult();
    world.management.setJobRetries(job.getId(), 1);
    assertThatThrownBy(() -> world.management.executeJob(job.getId())).isNotNull();

    world.bean(AttentionTasks.class).round();
    world.bean(AttentionTasks.class).round();
    world.bean(AttentionTasks.class).round();

    assertThat(world.tasks.createTaskQuery().list())
        .extracting(Task::getName)
        .containsExactly("Attention: Recover host (compute-7) waits (Claim host)");

    world.runtime.deleteProcessInstance(process, "the test");
    world.bean(AttentionTasks.class).round();
    assertThat(world.tasks.createTaskQuery().count()).isZero();
    assertThat(world.count("attention")).isZero();
  }
}
