package ukemi.evacuation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static ukemi.evacuation.EvacuationWorld.HOST;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DuplicateKeyException;
import ukemi.fencing.Provider;
import ukemi.notification.Notification.Status;
import ukemi.notification.RecoveryRun;

/** Rule R3: one open run for a host. */
class HostClaimTest {

  private EvacuationWorld world = EvacuationWorld.empty();

  @AfterEach
  void close() {
    world.close();
  }

  private String status(UUID notification) {
    return column(notification, "status");
  }

  private String column(UUID notification, String column) {
    return (String)
        world
            .jdbc
            .sql("select * from ukemi.notification where uuid = ?")
            .param(notification)
            .query()
            .singleRow()
            .get(column);
  }

  @Test
  void aSecondNotificationJoinsTheOpenRun() {
    UUID first = world.notification(HOST);
    UUID second = world.oneMore(first);
    assertThat(world.claim.claim(first, "p1")).isPresent();
    assertThat(world.claim.claim(second, "p2")).isEmpty();
    assertThat(world.runs.open()).hasSize(1);
    assertThat(status(first)).isEqualTo("running");
    assertThat(status(second)).isEqualTo("ignored");
    assertThat(column(second, "message")).contains("notification " + first);
  }

  @Test
  void twoNodesThatClaimAtOnceOpenOneRun() throws Exception {
    try (EvacuationWorld other = world.secondNode()) {
      for (int round = 0; round < 10; round++) {
        UUID first = world.notification("compute-" + round);
        UUID second = world.oneMore(first);
        List<RecoveryRun> claimed = new CopyOnWriteArrayList<>();
        EvacuationWorld.atOnce(
            node -> {
              if (node == 0) {
                world.claim.claim(first, "p1").ifPresent(claimed::add);
              } else {
                other.claim.claim(second, "p2").ifPresent(claimed::add);
              }
            });
        assertThat(claimed).hasSize(1);
        assertThat(world.runs.open()).hasSize(round + 1);
        assertThat(List.of(status(first), status(second)))
            .containsExactlyInAnyOrder("running", "ignored");
      }
    }
  }

  @Test
  void aClaimThatRunsAgainIsTheSameRun() {
    UUID notification = world.notification(HOST);
    Optional<RecoveryRun> once = world.claim.claim(notification, "p1");
    assertThat(world.claim.claim(notification, "p1").map(RecoveryRun::id))
        .isEqualTo(once.map(RecoveryRun::id));
    assertThat(world.runs.open()).hasSize(1);
  }

  @Test
  void theDatabaseItselfRefusesASecondOpenRun() {
    RecoveryRun run = world.unprovenRun(HOST);
    assertThatThrownBy(
            () ->
                world
                    .jdbc
                    .sql(
                        "insert into ukemi.recovery_run (id, notification_uuid, host_uuid, host_name,"
                            + " process_instance_id) values (gen_random_uuid(), ?, ?, ?, 'p')")
                    .params(run.notificationUuid(), run.hostUuid(), HOST)
                    .update())
        .isInstanceOf(DuplicateKeyException.class);
  }

  @Test
  void aHostWhoseRunHasEndedCanBeClaimedAgain() {
    UUID first = world.notification(HOST);
    RecoveryRun run = world.claim.claim(first, "p1").orElseThrow();
    world.runs.close(run.id(), Status.FINISHED, "done");
    assertThat(world.claim.claim(world.oneMore(first), "p2")).isPresent();
  }

  @Test
  void aRunAndItsNotificationEndTogetherAndOnce() {
    UUID notification = world.notification(HOST);
    RecoveryRun run = world.claim.claim(notification, "p1").orElseThrow();
    world.runs.close(run.id(), Status.FINISHED, "all back");
    world.runs.close(run.id(), Status.FAILED, "cancelled");
    assertThat(status(notification)).isEqualTo("finished");
    assertThat(column(notification, "message")).isEqualTo("all back");
    assertThat(world.runs.get(run.id()).reason()).isEqualTo("all back");
  }

  @Test
  void withoutFencingAHostThatNobodyVouchesForIsNotRecovered() {
    world.close();
    world = EvacuationWorld.with(16, Provider.NONE);
    UUID notification = world.notification(HOST); // host_status UNKNOWN
    assertThat(world.claim.claim(notification, "p1")).isEmpty();
    assertThat(status(notification)).isEqualTo("ignored");
    assertThat(column(notification, "message")).contains("host_status is not NORMAL");
  }
}
