package ukemi.runbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static ukemi.runbook.RunbookWorld.HOST;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ukemi.database.LastBeat;
import ukemi.database.LastBeat.Loss;
import ukemi.fencing.Provider;
import ukemi.notification.Cancellation;
import ukemi.notification.Cancellation.PutBack;
import ukemi.notification.NothingToDo;
import ukemi.notification.Notifications;
import ukemi.notification.RecoveryRuns;
import ukemi.notification.RunControl;
import ukemi.plannedwork.NewWork;
import ukemi.plannedwork.PlannedWork;
import ukemi.plannedwork.WorkPlan;
import ukemi.segment.Host;
import ukemi.segment.Hosts;
import ukemi.segment.MaintenanceOwner;

/** What a hold after a restore keeps from happening, and what a person's answer makes of it. */
class HeldAfterRestoreTest {

  private static final String TASK = "DecideAfterRestore";

  private final RunbookWorld world = RunbookWorld.with(Provider.NONE);
  private final RestoredDatabaseWatch watch = world.bean(RestoredDatabaseWatch.class);
  private List<UUID> guests;
  private UUID notification;

  @BeforeEach
  void aRecoveryInTheMiddleOfTheEvacuation() {
    watch.round();
    guests =
        List.of(
            // the first to be evacuated
            world.nova.put(HOST, "stopped", Map.of("HA_Enabled", "True")),
            world.nova.put(HOST, "active", Map.of()),
            world.nova.put(HOST, "active", Map.of()),
            world.nova.put(HOST, "active", Map.of()));
    notification = world.hostStopped();
    world.work();
    assertThat(world.nova.evacuateCalls()).hasSize(2).contains(guests.get(0));
  }

  private void databaseLoses(String interval) {
    world.jdbc.sql("update ukemi.beat set at = at - cast(? as interval)").param(interval).update();
    watch.round();
  }

  private void restore() {
    databaseLoses("10 minutes");
    assertThat(world.count("hold where decided_at is null")).isEqualTo(1);
  }

  private void decide(String decision) {
    world.complete(TASK, "ada", Map.of("decision", decision));
    world.work();
  }

  private String evidence() {
    String task = world.tasks.createTaskQuery().taskDefinitionKey(TASK).singleResult().getId();
    return (String) world.tasks.getVariable(task, "evidence");
  }

  private void landAll() {
    guests.forEach(guest -> world.nova.land(guest, "compute-2", "active"));
  }

  @Test
  void aFailoverThatLosesASecondHoldsNothing() {
    databaseLoses("1 second");
    assertThat(world.count("hold")).isZero();
    assertThat(world.runtime.createProcessInstanceQuery().suspended().count()).isZero();
  }

  @Test
  void whatIsHeldIsListedWithItsStep() {
    restore();
    assertThat(evidence())
        .startsWith("compute-1: Recover host (at \"Evacuate host\"), reported ")
        .endsWith(notification.toString());
  }

  @Test
  void aReturnIsListedTooThoughNoNotificationStartedIt() {
    world.runtime.startProcessInstanceByKey(
        ReturnToServiceProcess.KEY, Map.of("hostName", HOST, "wantedBy", "ada"));
    world.work();
    restore();
    assertThat(evidence())
        .contains("compute-1: Return host to service (at \"compute-1 is not returned\")");
  }

  @Test
  void moreThanTheFormCanHoldIsCutAndCounted() {
    for (int number = 0; number < 21; number++) {
      world.runtime.startProcessInstanceByKey(
          ReturnToServiceProcess.KEY,
          Map.of("hostName", "compute-1" + number + "." + "x".repeat(200), "wantedBy", "ada"));
    }
    world.work();
    restore();
    assertThat(evidence()).hasSizeBetween(2000, 4000).endsWith(" more, see Cockpit");
  }

  /** A host that an operator has on maintenance, and whose return waits for a person. */
  private UUID aReturn() {
    UUID host = UUID.randomUUID();
    world
        .jdbc
        .sql(
            """
            insert into ukemi.host
              (uuid, segment_uuid, name, type, control_attributes, maintenance_owner)
            select ?, uuid, 'compute-7', 'kvm', '', 'OPERATOR' from ukemi.failover_segment
            """)
        .param(host)
        .update();
    world.runtime.startProcessInstanceByKey(
        ReturnToServiceProcess.KEY, Map.of("hostName", "compute-7", "wantedBy", "ada"));
    world.work();
    restore();
    assertThat(evidence())
        .contains("compute-7: Return host to service (at \"Return compute-7 to service\")");
    return host;
  }

  private Stream<String> asked() {
    return world.tasks.createTaskQuery().active().list().stream().map(Task::getName);
  }

  @Test
  void aReturnThatGoesOnIsAskedAboutAsBefore() {
    aReturn();
    assertThat(asked()).doesNotContain("Return compute-7 to service");
    decide("goOn");
    assertThat(asked()).contains("Return compute-7 to service");
  }

  @Test
  void aReturnThatIsClosedGivesItsHostBackToTheOperator() {
    UUID host = aReturn();
    decide("close");
    world.bean(DeletedProcesses.class).round();
    assertThat(world.tasks.createTaskQuery().list().stream().map(Task::getName))
        .doesNotContain("Return compute-7 to service");
    assertThat(world.count("host_return where closed_at is null")).isZero();
    assertThat(world.bean(Hosts.class).byUuid(host).map(Host::maintenanceOwner))
        .contains(MaintenanceOwner.OPERATOR);
  }

  /** It is up again, says the back-up. */
  private void aHostThatMayReturn() {
    world
        .bean(RunControl.class)
        .cancel(
            world.bean(Notifications.class).find(notification).orElseThrow(),
            new Cancellation("ann", "repaired", PutBack.NO));
    world.nova.land(guests.get(0), "compute-2", "stopped");
    guests.subList(1, 4).forEach(guest -> world.nova.land(guest, "compute-2", "active"));
    world.work();
    assertThat(world.status(notification)).isEqualTo("failed");
    world
        .bean(RecoveryRuns.class)
        .hostStarted(world.bean(Hosts.class).byName(HOST).orElseThrow().uuid());
    aReturn();
  }

  private void lookForReturns() {
    world.bean(ReturnOffers.class).round();
    world.work();
  }

  @Test
  void noReturnIsOfferedBeforeThePersonHasDecided() {
    aHostThatMayReturn();
    lookForReturns();
    assertThat(asked()).doesNotContain("Return compute-1 to service");
    decide("goOn");
    lookForReturns();
    assertThat(asked()).contains("Return compute-1 to service");
  }

  @Test
  void whatIsClosedIsNotOfferedItsReturn() {
    aHostThatMayReturn();
    decide("close");
    lookForReturns();
    assertThat(asked()).doesNotContain("Return compute-1 to service");
  }

  @Test
  void aGuestThatItsOwnerHasStartedSinceIsNotStopped() {
    restore();
    landAll();
    world.work();
    assertThat(world.nova.evacuateCalls()).hasSize(2);
    assertThat(world.nova.actions()).noneMatch(action -> action.contains(guests.get(0).toString()));
    assertThat(world.count("evacuation_attempt where closed_at is null"))
        .as("the other has landed, which is only read")
        .isEqualTo(1);
  }

  @Test
  void anAnswerThatIsNeitherIsAskedAgain() {
    restore();
    decide("perhaps");
    assertThat(world.tasks.createTaskQuery().taskDefinitionKey(TASK).count()).isEqualTo(1);
    assertThat(world.count("hold where decided_at is null")).isEqualTo(1);
  }

  @Test
  void aQuestionThatSomebodyDeletedIsAskedAgain() {
    restore();
    world
        .runtime
        .createProcessInstanceQuery()
        .processDefinitionKey(RestoredDatabaseProcess.KEY)
        .list()
        .forEach(question -> world.runtime.deleteProcessInstance(question.getId(), "not mine"));
    databaseLoses("10 minutes"); // beats at once
    assertThat(world.tasks.createTaskQuery().taskDefinitionKey(TASK).count()).isEqualTo(1);
  }

  @Test
  void aSecondRestoreDuringAHoldJoinsIt() {
    restore();
    databaseLoses("10 minutes");
    assertThat(world.count("hold")).isEqualTo(1);
    assertThat(world.tasks.createTaskQuery().taskDefinitionKey(TASK).count()).isEqualTo(1);
    decide("goOn");
    assertThat(world.runtime.createProcessInstanceQuery().suspended().count()).isZero();
  }

  @Test
  void aNodeThatStartsAfterTheDecisionDoesNotHoldAgain() {
    world.jdbc.sql("update ukemi.beat set at = at - interval '10 minutes'").update();
    Loss seenByAll = world.bean(LastBeat.class).loss().orElseThrow();
    watch.round();
    decide("goOn");
    assertThat(world.bean(HeldProcesses.class).hold(seenByAll)).isEmpty();
    assertThat(world.runtime.createProcessInstanceQuery().suspended().count()).isZero();
  }

  @Test
  void itCantBeCancelledByItselfMeanwhileAndSaysSo() {
    restore();
    assertThatThrownBy(
            () ->
                world
                    .bean(RunControl.class)
                    .cancel(
                        world.bean(Notifications.class).find(notification).orElseThrow(),
                        new Cancellation("ann", "wrong host", PutBack.NO)))
        .isInstanceOf(NothingToDo.class)
        .hasMessageContaining("suspended");
  }

  @Test
  void goOnLetsAllOfItGoOn() {
    restore();
    decide("goOn");
    for (int slots = 0; slots < 2; slots++) {
      for (UUID guest : world.nova.evacuateCalls()) {
        world.nova.land(guest, "compute-2", guest.equals(guests.get(0)) ? "stopped" : "active");
      }
      world.work();
    }
    assertThat(world.nova.evacuateCalls()).containsExactlyInAnyOrderElementsOf(guests);
    assertThat(world.status(notification)).isEqualTo("finished");
    assertThat(world.count("recovery_run where held")).isZero();
    assertThat(world.jdbc.sql("select person from ukemi.hold").query(String.class).single())
        .isEqualTo("ada");
  }

  @Test
  void whatWasDeletedInCockpitWhileItWasHeldDoesNotGoOnWithTheOthers() {
    restore();
    world.runtime.deleteProcessInstance(world.process(notification), "over", true);
    world.bean(DeletedProcesses.class).round();
    assertThat(world.status(notification)).isEqualTo("failed");
    List<String> before = List.copyOf(world.nova.actions());
    decide("goOn");
    landAll();
    world.work();
    assertThat(world.nova.actions()).isEqualTo(before);
    assertThat(world.nova.evacuateCalls()).hasSize(2);
    assertThat(world.count("evacuation_attempt where closed_at is null")).isZero();
  }

  @Test
  void closeAsksNovaForNothingAndListsWhatStays() {
    restore();
    List<String> before = List.copyOf(world.nova.actions());
    decide("close");
    landAll();
    world.work();
    assertThat(world.status(notification)).isEqualTo("failed");
    assertThat(world.message(notification))
        .startsWith("Closed by ada after the database was restored from an older back-up\n")
        .contains("forced down in Nova", "disabled in Nova", "on maintenance")
        .contains("0 guests recovered, 4 left");
    assertThat(world.nova.actions()).isEqualTo(before);
    assertThat(world.nova.evacuateCalls()).hasSize(2);
    assertThat(world.runtime.createProcessInstanceQuery().count()).isZero();
    assertThat(world.count("evacuation_attempt where closed_at is null")).isZero();
  }

  @Test
  void aHostThatWasReportedWhileItWasHeldIsRecoveredAnewWhenItIsClosed() {
    restore();
    world
        .jdbc
        .sql(
            """
            insert into ukemi.refused_notification (type, host_name, payload, reason)
            values ('COMPUTE_HOST', ?, '{"event": "STOPPED"}', 'host is on maintenance')
            """)
        .param(HOST)
        .update();
    decide("close");
    assertThat(world.status(notification)).isEqualTo("failed");
    assertThat(world.count("notification where status = 'running'")).isEqualTo(1);
    assertThat(world.count("recovery_run where closed_at is null")).isEqualTo(1);
  }

  private PlannedWork announceWork() {
    PlannedWork work =
        world
            .bean(WorkPlan.class)
            .announce(
                new NewWork(
                    HOST, null, null, Instant.now().plus(Duration.ofHours(4)), "CHG-7", "ann"));
    world.work();
    return work;
  }

  @ParameterizedTest
  @ValueSource(strings = {"goOn", "close"})
  void plannedWorkIsNotHeldAndItsEndNotForgotten(String decision) {
    PlannedWork work = announceWork();
    restore();
    String task = world.tasks.createTaskQuery().taskDefinitionKey(TASK).singleResult().getId();
    assertThat(world.tasks.getVariable(task, "plannedWork")).isEqualTo(work.title());
    assertThat(evidence()).doesNotContain("Planned work");

    decide(decision);
    assertThat(world.tasks.createTaskQuery().taskDefinitionKey("WorkUnderWay").active().count())
        .isOne();
    world.complete("WorkUnderWay", "ada", Map.of("decision", "end"));
    world.work();
    assertThat(world.count("planned_work where ended_by = 'ada'")).isOne();
  }

  @Test
  void aHostThatWasReportedWhileItWasHeldInPlannedWorkIsShownAtTheEndOfThat() {
    announceWork();
    restore();
    world
        .jdbc
        .sql(
            """
            insert into ukemi.refused_notification (type, host_name, payload, reason)
            values ('COMPUTE_HOST', ?, '{"event": "STOPPED"}', 'host is on maintenance')
            """)
        .param(HOST)
        .update();
    decide("close");
    assertThat(world.count("recovery_run where closed_at is null")).isZero();
    assertThat(world.count("planned_work_failure")).isOne();
    world.complete("WorkUnderWay", "ada", Map.of("decision", "end"));
    world.work();
    assertThat(world.tasks.createTaskQuery().taskDefinitionKey("SeeToFailures").count()).isOne();
  }

  @ParameterizedTest
  @ValueSource(strings = {"goOn", "close"})
  void plannedWorkThatIsAboutToRecoverHostsIsHeld(String decision) {
    world
        .jdbc
        .sql(
            """
            insert into ukemi.host (uuid, segment_uuid, name, type, control_attributes)
            select gen_random_uuid(), uuid, 'compute-7', 'kvm', '' from ukemi.failover_segment
            """)
        .update();
    world.nova.hosts.add("compute-7");
    world.nova.down.add("compute-7");
    world
        .bean(WorkPlan.class)
        .announce(
            new NewWork(
                "compute-7", null, null, Instant.now().plus(Duration.ofHours(4)), "CHG-7", "ann"));
    world.work();
    world.complete("WorkUnderWay", "ada", Map.of("decision", "end"));
    world.work();
    world.complete("SeeToFailures", "ada", Map.of("decision", "recover"));

    restore();
    world.work();
    assertThat(evidence()).contains("Recover hosts that are down");
    assertThat(begun()).isZero();

    decide(decision);
    assertThat(begun()).isEqualTo(decision.equals("goOn") ? 1 : 0);
    world.bean(WorkStarter.class).round();
    world.work();
    assertThat(world.tasks.createTaskQuery().taskDefinitionKey("SeeToFailures").count())
        .as("asked again: its process was deleted, or nothing proves the host off")
        .isOne();
  }

  private int begun() {
    return world.count("notification where source_host_name = 'compute-7'");
  }
}
