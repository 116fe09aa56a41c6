package ukemi.runbook;

import static org.assertj.core.api.Assertions.assertThat;
import static ukemi.runbook.RunbookWorld.HOST;

import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ukemi.fencing.Provider;
import ukemi.notification.ForgottenNotifications;
import ukemi.notification.RecoveryRuns;

/** Rule R12 and promise 3: what was accepted ends, and never because of its age alone. */
class ForgottenNotificationsTest {

  private final RunbookWorld world = RunbookWorld.with(Provider.NONE);

  private void look() {
    world.bean(DeletedProcesses.class).round();
    world.bean(ForgottenNotificationsWatch.class).round();
  }

  private void received(UUID notification, String ago) {
    world
        .jdbc
        .sql(
            "update ukemi.notification set received_at = now() - cast(? as interval),"
                + " updated_at = now() - cast(? as interval) where uuid = ?")
        .params(ago, ago, notification)
        .update();
  }

  /** As after a restore of the database, or when its deployment was deleted in Cockpit. */
  private UUID withoutProcess(String status, String ago) {
    UUID notification = world.hostStopped();
    String process = world.process(notification);
    world.runtime.deleteProcessInstance(process, "lost", true);
    world
        .context
        .getBean(org.camunda.bpm.engine.HistoryService.class)
        .deleteHistoricProcessInstance(process);
    world
        .jdbc
        .sql("update ukemi.notification set status = ? where uuid = ?")
        .params(status, notification)
        .update();
    received(notification, ago);
    return notification;
  }

  private long processes(UUID notification) {
    return world
        .runtime
        .createProcessInstanceQuery()
        .processInstanceBusinessKey(notification.toString())
        .count();
  }

  @Test
  void aRecoveryThatWaitsForDaysIsNotEndedByItsAge() {
    world.nova.put(HOST, "active", Map.of());
    UUID notification = world.hostStopped();
    world.work();
    received(notification, "9 days");
    look();
    assertThat(world.status(notification)).isEqualTo("running");
    assertThat(world.bean(RecoveryRuns.class).open()).hasSize(1);
    assertThat(processes(notification)).isPositive();
  }

  @Test
  void anOpenRunIsReasonEnoughWhateverTheEngineShows() {
    world.nova.put(HOST, "active", Map.of());
    UUID notification = world.hostStopped();
    world.work();
    received(notification, "9 days");
    assertThat(world.bean(ForgottenNotifications.class).expired()).isEmpty();
    world.jdbc.sql("update ukemi.recovery_run set closed_at = now()").update();
    assertThat(world.bean(ForgottenNotifications.class).expired()).containsExactly(notification);
  }

  @Test
  void aProcessThatHasNotEvenClaimedItsHostIsNotEndedByItsAge() {
    UUID notification = world.hostStopped();
    received(notification, "9 days");
    look();
    assertThat(world.status(notification)).isEqualTo("new");
    assertThat(processes(notification)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"new", "running", "error"})
  void anOldOneThatNothingDealsWithEndsAsFailedAndSaysWhy(String status) {
    UUID notification = withoutProcess(status, "25 hours");
    look();
    assertThat(world.status(notification)).isEqualTo("failed");
    assertThat(world.message(notification))
        .isEqualTo("Expired: received more than 24 hours ago, and nothing was dealing with it");
    assertThat(processes(notification)).isZero();
  }

  @Test
  void theSendersClockDoesNotMakeItOld() {
    UUID notification = withoutProcess("new", "61 s");
    world
        .jdbc
        .sql("update ukemi.notification set generated_time = now() - interval '9 d'")
        .update();
    look();
    assertThat(world.status(notification)).isEqualTo("new");
    assertThat(processes(notification)).isEqualTo(1);
  }

  @Test
  void aNewOneThatNobodyPickedUpIsRecoveredAfterAMinuteAndOnce() {
    UUID guest = world.nova.put(HOST, "active", Map.of());
    UUID notification = withoutProcess("new", "30 s");
    look();
    assertThat(processes(notification)).isZero();
    received(notification, "61 s");
    look();
    look();
    assertThat(processes(notification)).isEqualTo(1);
    world.work();
    world.nova.land(guest, "compute-2", "active");
    world.work();
    assertThat(world.status(notification)).isEqualTo("finished");
    look();
    assertThat(processes(notification)).isZero();
  }

  @Test
  void oneInErrorIsTriedAgainWhenItsRetryIsDue() {
    UUID notification = withoutProcess("error", "90 s");
    look();
    assertThat(processes(notification)).isZero();
    received(notification, "121 s");
    look();
    assertThat(processes(notification)).isEqualTo(1);
    world.jobs();
    assertThat(world.status(notification)).isEqualTo("running");
  }

  @Test
  void aRecoveryThatAPersonDeletedIsNotStartedAgain() {
    UUID notification = world.hostStopped();
    world.runtime.deleteProcessInstance(world.process(notification), "deleted in Cockpit", true);
    received(notification, "5 minutes");
    world.bean(ForgottenNotificationsWatch.class).round();
    assertThat(processes(notification)).isZero();
    look();
    assertThat(world.status(notification)).isEqualTo("failed");
    assertThat(world.message(notification)).contains("cancelled in Cockpit");
  }

  @Test
  void aRunAndItsNotificationEndTogetherOrNotAtAll() {
    world.nova.put(HOST, "active", Map.of());
    UUID notification = world.hostStopped();
    world.work();
    world.runtime.deleteProcessInstance(world.process(notification), "deleted", true);
    world
        .jdbc
        .sql(
            "alter table ukemi.notification add constraint broken check (status <> 'failed') not"
                + " valid")
        .update();
    try {
      world.bean(DeletedProcesses.class).round();
    } catch (RuntimeException expected) {
      // the watcher tries again
    } finally {
      world.jdbc.sql("alter table ukemi.notification drop constraint broken").update();
    }
    assertThat(world.status(notification)).isEqualTo("running");
    assertThat(world.bean(RecoveryRuns.class).open()).hasSize(1);
    look();
    assertThat(world.status(notification)).isEqualTo("failed");
    assertThat(world.bean(RecoveryRuns.class).open()).isEmpty();
  }
}
