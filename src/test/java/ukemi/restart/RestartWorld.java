package ukemi.restart;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import ukemi.compute.Compute;
import ukemi.database.DatabaseClock;
import ukemi.database.TestDatabase;
import ukemi.evacuation.EvacuationSettings;
import ukemi.evacuation.GuestSettings;
import ukemi.fencing.DetectionSettings;
import ukemi.notification.Notifications;
import ukemi.notification.RecoveryRuns;
import ukemi.segment.Hosts;
import ukemi.segment.Segments;

/** One node's restarts with a real database in front of a fake Nova: compute-1 to compute-3. */
class RestartWorld implements AutoCloseable {

  private static final DataSource DATABASE = TestDatabase.newDatabaseWithTables();

  final MovingNova nova = new MovingNova();
  final JdbcClient jdbc = JdbcClient.create(DATABASE);
  final GuestRuns runs;
  final GuestRestart restart;
  final GuestMove move;

  private final AnnotationConfigApplicationContext context =
      new AnnotationConfigApplicationContext();
  private final UUID segment = UUID.randomUUID();

  RestartWorld() {
    context.registerBean(DataSource.class, () -> DATABASE);
    context.registerBean(JdbcClient.class, () -> jdbc);
    context.registerBean(
        PlatformTransactionManager.class, () -> new DataSourceTransactionManager(DATABASE));
    context.registerBean(Compute.class, () -> nova);
    context.registerBean(
        GuestSettings.class,
        () ->
            new GuestSettings(
                GuestSettings.Recover.ALL, "HA_Enabled", false, GuestSettings.Lock.SEVERAL_STEPS));
    context.registerBean(
        RestartSettings.class,
        () ->
            new RestartSettings(
                RestartSettings.Recover.ALL,
                "HA_Enabled",
                Duration.ofMinutes(3),
                Duration.ofMinutes(1),
                Duration.ofMinutes(30),
                3));
    context.registerBean(
        DetectionSettings.class,
        () ->
            new DetectionSettings(
                Duration.ofSeconds(15), Duration.ofMinutes(5), Duration.ofMinutes(30)));
    context.registerBean(
        EvacuationSettings.class,
        () ->
            new EvacuationSettings(
                3, 3, Duration.ofSeconds(5), Duration.ofMinutes(15), Duration.ofMinutes(30)));
    context.register(
        Transactions.class,
        DatabaseClock.class,
        Notifications.class,
        RecoveryRuns.class,
        Segments.class,
        Hosts.class,
        HostState.class,
        GuestRuns.class,
        Moves.class,
        Confirmation.class,
        GuestRestart.class,
        GuestMove.class);
    context.refresh();
    runs = context.getBean(GuestRuns.class);
    restart = context.getBean(GuestRestart.class);
    move = context.getBean(GuestMove.class);
  }

  /** Forgets all. */
  void clear() {
    nova.clear();
    jdbc.sql("truncate ukemi.failover_segment, ukemi.hold cascade").update();
    jdbc.sql(
            "insert into ukemi.failover_segment (uuid, name, service_type, recovery_method)"
                + " values (?, ?, 'compute', 'auto')")
        .params(segment, segment.toString())
        .update();
    List.of("compute-1", "compute-2", "compute-3").forEach(this::host);
  }

  @EnableTransactionManagement(proxyTargetClass = true)
  static class Transactions {}

  private void host(String name) {
    jdbc.sql(
            "insert into ukemi.host (uuid, segment_uuid, name, type, control_attributes)"
                + " values (?, ?, ?, 'kvm', '')")
        .params(UUID.randomUUID(), segment, name)
        .update();
  }

  private UUID notification(String host, String payload) {
    UUID notification = UUID.randomUUID();
    jdbc.sql(
            "insert into ukemi.notification (uuid, type, source_host_uuid, source_host_name,"
                + " segment_uuid, payload, generated_time, status)"
                + " select ?, 'VM', uuid, name, segment_uuid, cast(? as json), now(), 'new'"
                + " from ukemi.host where name = ?")
        .params(notification, payload, host)
        .update();
    return notification;
  }

  /** An open run of a guest that was reported by the host. */
  GuestRun run(UUID guest, String host) {
    UUID notification = notification(host, "{\"instance_uuid\": \"%s\"}".formatted(guest));
    return runs.claim(notification, "process of " + notification).orElseThrow();
  }

  /** The recovery of the host begins. */
  void recovers(String host) {
    jdbc.sql(
            "insert into ukemi.recovery_run (id, notification_uuid, host_uuid, host_name,"
                + " process_instance_id) select ?, ?, uuid, name, 'p' from ukemi.host where name = ?")
        .params(UUID.randomUUID(), notification(host, "{}"), host)
        .update();
  }

  void recoveriesEnd() {
    jdbc.sql("update ukemi.recovery_run set closed_at = clock_timestamp()").update();
  }

  /** Makes what was seen of the runs' moves older. */
  void later(Duration time) {
    jdbc.sql(
            "update ukemi.guest_run set move_missing_at = move_missing_at - make_interval(secs => ?)")
        .param(time.toSeconds())
        .update();
  }

  /** As the process does it: a refusal is told as a text. */
  Optional<String> moves(GuestRun run, int number) {
    try {
      move.move(run, number);
      return Optional.empty();
    } catch (NotMoved e) {
      return Optional.of(e.getMessage());
    }
  }

  Optional<String> confirms(GuestRun run) {
    try {
      move.confirm(run);
      return Optional.empty();
    } catch (NotMoved e) {
      return Optional.of(e.getMessage());
    }
  }

  String message(GuestRun run) {
    return jdbc.sql("select coalesce(message, '') from ukemi.notification where uuid = ?")
        .param(run.notificationUuid())
        .query(String.class)
        .single();
  }

  @Override
  public void close() {
    context.close();
  }
}
