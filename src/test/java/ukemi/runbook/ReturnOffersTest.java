package ukemi.runbook;

import static org.assertj.core.api.Assertions.assertThat;
import static ukemi.runbook.RunbookWorld.HOST;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import ukemi.PolicyTable;
import ukemi.fencing.Heartbeats;
import ukemi.fencing.Provider;
import ukemi.notification.Cancellation;
import ukemi.notification.Cancellation.PutBack;
import ukemi.notification.Notification;
import ukemi.notification.Notifications;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;
import ukemi.notification.RunControl;
import ukemi.segment.Host;
import ukemi.segment.Hosts;
import ukemi.segment.MaintenanceOwner;

/** A recovered host is up again, and monitors speak once: it is asked about, and once. */
class ReturnOffersTest {

  private static final String QUESTION = "Return compute-1 to service";

  private final RunbookWorld world = RunbookWorld.with(Provider.NONE);
  private final RecoveryRuns runs = world.bean(RecoveryRuns.class);
  private String deployment;

  @BeforeEach
  void twoGuests() {
    world.nova.put(HOST, "active", Map.of());
    world.nova.put(HOST, "active", Map.of());
  }

  @AfterEach
  void takeTheTableBack() {
    if (deployment != null) {
      world.bean(RepositoryService.class).deleteDeployment(deployment, true);
    }
  }

  private UUID underEvacuation() {
    UUID notification = world.hostStopped();
    world.work();
    assertThat(world.count("evacuation_attempt where closed_at is null")).isEqualTo(2);
    return notification;
  }

  /** What the intake does with the monitor's word. */
  private void reportedStarted() {
    runs.hostStarted(host().uuid());
  }

  private Host host() {
    return world.bean(Hosts.class).byName(HOST).orElseThrow();
  }

  private void land() {
    for (UUID guest : world.nova.guestsOn(HOST)) {
      world.nova.land(guest, "compute-2", "active");
    }
    world.work();
  }

  /** The watcher looks more often than the engine works. */
  private void look() {
    world.bean(ReturnOffers.class).round();
    world.bean(ReturnOffers.class).round();
    assertThat(
            world
                .runtime
                .createProcessInstanceQuery()
                .processDefinitionKey(ReturnToServiceProcess.KEY)
                .count())
        .isLessThanOrEqualTo(1);
    world.work();
    world.bean(ReturnOffers.class).round();
    world.work();
  }

  private void itIsAliveForAnHour() {
    world.bean(Heartbeats.class).read(runs.openRunOf(host().uuid()).orElseThrow());
    String sql = "update ukemi.heartbeat set alive_since = alive_since - interval '1 h'";
    assertThat(world.jdbc.sql(sql).update()).isPositive();
    world.work();
  }

  private List<String> tasks() {
    return world.tasks.createTaskQuery().list().stream().map(Task::getName).toList();
  }

  private Notification notification(UUID uuid) {
    return world.bean(Notifications.class).find(uuid).orElseThrow();
  }

  private void cancel(UUID notification) {
    world
        .bean(RunControl.class)
        .cancel(notification(notification), new Cancellation("ann", "repaired", PutBack.NO));
    world.work();
    assertThat(world.status(notification)).isEqualTo("failed");
  }

  @Test
  void aHostThatStartsWhileItsRecoveryIsOpenIsAskedAboutOnceAtItsEnd() {
    UUID notification = underEvacuation();
    reportedStarted();
    look();
    assertThat(tasks()).isEmpty();

    land();
    assertThat(world.status(notification)).isEqualTo("finished");
    look();

    assertThat(tasks()).containsExactly(QUESTION);
    assertThat(world.count("host_return")).isEqualTo(1);
  }

  @Test
  void whoSaysThatItStaysIsAskedAgainOnlyWhenItStartsAgain() {
    underEvacuation();
    reportedStarted();
    land();
    look();
    world.complete("ApproveReturn", "ada", Map.of("decision", "keep"));
    look();
    assertThat(tasks()).isEmpty();

    reportedStarted();
    look();

    assertThat(tasks()).containsExactly(QUESTION);
  }

  @Test
  void aStartThatWasReportedBeforeTheHostWasProvenOffIsNone() {
    UUID notification = world.hostStopped();
    world.jobs();
    reportedStarted();
    world.work();
    land();
    assertThat(world.status(notification)).isEqualTo("finished");

    look();

    assertThat(world.runtime.createProcessInstanceQuery().count()).isZero();
  }

  @Test
  void aHostThatStartsWhileNovaIsAtWorkOnItsGuestsIsAskedAboutWhenNovaHasSettledThem() {
    cancel(underEvacuation());
    reportedStarted();
    look();
    assertThat(tasks()).isEmpty();

    land();
    look();

    assertThat(tasks()).containsExactly(QUESTION);
  }

  @Test
  void aHostThatIsAliveWhenItsRecoveryEndsIsAskedAboutThoughNoMonitorSaidSo() {
    UUID notification = world.hostStopped();
    world.jdbc.sql("update ukemi.failover_segment set recovery_method = 'reserved_host'").update();
    world.work();
    assertThat(tasks()).containsExactly("Choose recovery of compute-1");
    world.nova.alive.add(HOST);
    world.work();
    itIsAliveForAnHour();
    assertThat(world.status(notification)).isEqualTo("failed");

    look();

    assertThat(tasks()).containsExactly(QUESTION);
  }

  @Test
  void aHostWhoseRecoveryIsCancelledWaitsForAPersonOrForItsNextStart() {
    UUID notification = underEvacuation();
    reportedStarted();
    cancel(notification);
    land();
    look();
    assertThat(tasks()).isEmpty();

    reportedStarted();
    look();

    assertThat(tasks()).containsExactly(QUESTION);
  }

  /** Promise 6: what the first recovery has changed is the return's to put back, in its order. */
  @Test
  void aRetryOfALivingHostLeavesItOnMaintenanceForItsReturn() {
    UUID first = underEvacuation();
    world.nova.noValidHost(world.nova.guestsOn(HOST).get(0));
    cancel(first);
    world.nova.noValidHost(world.nova.guestsOn(HOST).get(1));
    world.work();
    world.nova.alive.add(HOST);

    UUID again = world.bean(RunControl.class).retry(notification(first), Instant.now()).uuid();
    world.work();
    RecoveryRun run = runs.openRunOf(host().uuid()).orElseThrow();
    itIsAliveForAnHour();

    assertThat(world.status(again)).isEqualTo("ignored");
    assertThat(runs.get(run.id()).reason())
        .contains("is alive", "still forced down in Nova", "still disabled", "return to service");
    assertThat(host().maintenanceOwner()).isEqualTo(MaintenanceOwner.RECOVERY);
    look();
    assertThat(tasks()).containsExactly(QUESTION);
    Task question = world.tasks.createTaskQuery().taskName(QUESTION).singleResult();
    assertThat((String) world.tasks.getVariable(question.getId(), "evidence"))
        .contains("Recovered by notification " + first);
    assertThat(world.nova.forcedDown).contains(HOST);
  }

  /** It was taken into service by hand while the question was open, and has failed again since. */
  @Test
  void aHostWhoseReturnIsStillOpenIsNotOfferedAnother() {
    underEvacuation();
    reportedStarted();
    land();
    look();
    assertThat(tasks()).containsExactly(QUESTION);
    world
        .bean(Hosts.class)
        .handOver(host().uuid(), MaintenanceOwner.RETURN, MaintenanceOwner.RECOVERY);
    reportedStarted();
    long begun = returnsBegun();

    look();

    assertThat(tasks()).containsExactly(QUESTION);
    assertThat(returnsBegun()).isEqualTo(begun);
    world.complete("ApproveReturn", "ada", Map.of("decision", "keep"));
    look();
    assertThat(tasks()).as("the new start").containsExactly(QUESTION);
  }

  private long returnsBegun() {
    return world
        .bean(HistoryService.class)
        .createHistoricProcessInstanceQuery()
        .processDefinitionKey(ReturnToServiceProcess.KEY)
        .count();
  }

  @Test
  void aHostThatNobodyIsAskedAboutIsNotSwitchedOnOnAReport() {
    deployment =
        PolicyTable.shipped()
            .with("return-policy.dmn", "<text>\"yes\"</text>", "<text>\"no\"</text>")
            .deploy(world.bean(RepositoryService.class));
    underEvacuation();
    reportedStarted();
    land();

    look();

    assertThat(tasks()).isEmpty();
    assertThat(
            world
                .runtime
                .createEventSubscriptionQuery()
                .eventName(ReturnToServiceProcess.HOST_UP)
                .count())
        .isEqualTo(1);
  }
}
