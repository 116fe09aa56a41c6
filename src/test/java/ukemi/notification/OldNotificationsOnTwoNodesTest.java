package ukemi.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import ukemi.AtOnce;
import ukemi.FreePort;
import ukemi.RunningUkemi;
import ukemi.database.TestDatabase;
import ukemi.simulator.SimulatedCloud;

/** Two programs on one database clean it at the same moment, while they are at work. */
@ExtendWith(OutputCaptureExtension.class)
class OldNotificationsOnTwoNodesTest {

  private static final int GUESTS = 4;

  private SimulatedCloud cloud;
  private RunningUkemi one;
  private RunningUkemi two;

  @BeforeEach
  void start() {
    cloud = SimulatedCloud.start(0);
    cloud.settings().reportInterval(Duration.ofSeconds(1)).evacuationTime(Duration.ofSeconds(10));
    List.of("compute-1", "compute-2", "compute-3")
        .forEach(host -> cloud.addHost(host, "10.41.0.1"));
    for (int guest = 0; guest < GUESTS; guest++) {
      cloud.addGuest("compute-1", "guest-" + guest);
    }
    String database = TestDatabase.newDatabase();
    one = node(database);
    two = node(database);
    one.client()
        .createHosts(
            one.client().createSegment("rack", "auto"), "compute-1", "compute-2", "compute-3");
  }

  private RunningUkemi node(String database) {
    return RunningUkemi.start(
        cloud,
        database,
        Map.of(
            "server.port",
            String.valueOf(FreePort.find()),
            // a machine that stalls is not a database that is gone
            "spring.datasource.hikari.connection-timeout",
            "60000"));
  }

  @AfterEach
  void stop() {
    two.close();
    one.close();
    cloud.close();
  }

  @Test
  void twoNodesThatDeleteAtOnceDeleteWhatIsOldAndNothingElse(CapturedOutput log) throws Exception {
    ignored("compute-2", 1300, 40);
    recoveries("compute-2", 90, 400);
    ignored("compute-2", 70, 20);
    recoveries("compute-2", 30, 300);
    ignored("compute-1", 60, 40);
    recoveries("compute-1", 25, 400);
    cloud.crash("compute-1");
    String notification = one.client().hostStopped("compute-1");
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> cloud.truth().evacuateCalls().size() == GUESTS);

    List<Callable<Boolean>> work = new ArrayList<>();
    for (RunningUkemi node : List.of(one, two)) {
      work.add(() -> clean(node));
      // as a node does that has lost the connection with its lock
      work.add(() -> cleanWithoutLock(node));
      work.add(() -> report(node));
    }
    assertThat(AtOnce.run(work)).doesNotContain(false);

    assertThat(count("compute-2", "ignored")).isEqualTo(70);
    assertThat(count("compute-2", "finished")).isEqualTo(30);
    assertThat(count("compute-1", "ignored")).as("while it is being recovered").isEqualTo(60);
    assertThat(count("compute-1", "finished")).isEqualTo(25);
    assertThat(rows("power_reading")).isGreaterThanOrEqualTo(55);

    await().atMost(Duration.ofMinutes(2)).until(() -> status(notification), "finished"::equals);
    assertThat(cloud.truth().evacuateCalls()).hasSize(GUESTS);
    assertThat(cloud.truth().twiceRunning()).isEmpty();
    assertThat(AtOnce.run(List.of(() -> cleanWithoutLock(one), () -> cleanWithoutLock(two))))
        .doesNotContain(false);
    assertThat(count("compute-1", "ignored")).isZero();
    assertThat(log).doesNotContain("deletion of").doesNotContain("deadlock");
  }

  private static boolean clean(RunningUkemi node) {
    node.bean(OldNotificationsWatch.class).clean();
    return true;
  }

  private static boolean cleanWithoutLock(RunningUkemi node) {
    OldNotifications old = node.bean(OldNotifications.class);
    while (old.deleteIgnored() + old.deleteEnded() > 0) {}
    return true;
  }

  private static boolean report(RunningUkemi node) {
    for (int i = 0; i < 30; i++) {
      // 202, or it throws
      node.client().guestReported("compute-3", UUID.randomUUID(), "LIFECYCLE", "STOPPED_SHUTDOWN");
    }
    return true;
  }

  private void ignored(String host, int many, int daysAgo) {
    notifications(host, many, daysAgo, "ignored");
  }

  /** With a run each, and with what hangs on it. */
  private void recoveries(String host, int many, int daysAgo) {
    notifications(host, many, daysAgo, "finished");
    one.jdbc()
        .sql(
            """
            with runs as (
              insert into ukemi.recovery_run
                (id, notification_uuid, host_uuid, host_name, process_instance_id, opened_at,
                 closed_at)
              select gen_random_uuid(), uuid, source_host_uuid, source_host_name, 'p', received_at,
                     received_at
                from ukemi.notification n
               where status = 'finished'
                 and not exists (select from ukemi.recovery_run r where r.notification_uuid = n.uuid)
              returning id, notification_uuid)
            , moves as (
              insert into ukemi.vmove
                (uuid, notification_uuid, run_id, instance_uuid, instance_name, source_host, status,
                 state_before, state_wanted)
              select gen_random_uuid(), notification_uuid, id, gen_random_uuid(), 'vm', 'h',
                     'succeeded', 'active', 'active'
                from runs)
            insert into ukemi.power_reading (run_id, system_id, begun_at, ended_at, state, detail)
            select id, 's', now(), now(), 'OFF', 'd' from runs
            """)
        .update();
  }

  private void notifications(String host, int many, int daysAgo, String status) {
    one.jdbc()
        .sql(
            """
            insert into ukemi.notification
              (uuid, type, source_host_uuid, source_host_name, segment_uuid, payload,
               generated_time, received_at, status)
            select gen_random_uuid(), 'COMPUTE_HOST', uuid, name, segment_uuid,
                   '{"event": "STOPPED"}', at, at, :status
              from ukemi.host, generate_series(1, :many),
                   (select now() - make_interval(days => :days)) as times (at)
             where name = :host
            """)
        .params(Map.of("host", host, "many", many, "days", daysAgo, "status", status))
        .update();
  }

  private String status(String notification) {
    return one.jdbc()
        .sql("select status from ukemi.notification where uuid = ?::uuid")
        .param(notification)
        .query(String.class)
        .single();
  }

  private long count(String host, String status) {
    return one.jdbc()
        .sql(
            """
            select count(*) from ukemi.notification
             where source_host_name = :host and status = :status and type = 'COMPUTE_HOST'
            """)
        .params(Map.of("host", host, "status", status))
        .query(Long.class)
        .single();
  }

  private long rows(String table) {
    return one.jdbc().sql("select count(*) from ukemi." + table).query(Long.class).single();
  }
}
