package ukemi.hostprocess;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;
import ukemi.database.Columns;
import ukemi.notification.Notification;
import ukemi.notification.Notification.Status;
import ukemi.notification.Notifications;
import ukemi.notification.RecoveryRuns;
import ukemi.segment.Host;
import ukemi.segment.Hosts;
import ukemi.segment.MaintenanceOwner;

/** The failed processes for which a host is out of service: one open run for each. */
@Repository
public class ProcessRuns {

  private final JdbcClient jdbc;
  private final Notifications notifications;
  private final Hosts hosts;
  private final RecoveryRuns recoveries;

  ProcessRuns(JdbcClient jdbc, Notifications notifications, Hosts hosts, RecoveryRuns recoveries) {
    this.jdbc = jdbc;
    this.notifications = notifications;
    this.hosts = hosts;
    this.recoveries = recoveries;
  }

  /**
   * Opens the run of a failed process and puts its host on maintenance in the process's name (rule
   * R4). A notification of a process that has a run already ends ignored. May be called again.
   *
   * @return this notification's open run
   */
  @Transactional
  public Optional<ProcessRun> open(UUID notificationUuid, String processInstanceId) {
    Notification notification = notifications.find(notificationUuid).orElseThrow();
    String process = notification.payload().get("process_name");
    hosts.lock(notification.sourceHostUuid());
    jdbc.sql(
            """
            insert into ukemi.process_run
              (id, notification_uuid, host_uuid, host_name, process_name, process_instance_id)
            values (?, ?, ?, ?, ?, ?)
            on conflict (host_uuid, process_name) where closed_at is null do nothing
            """)
        .params(
            UUID.randomUUID(),
            notificationUuid,
            notification.sourceHostUuid(),
            notification.sourceHostName(),
            process,
            processInstanceId)
        .update();
    ProcessRun open =
        jdbc.sql(
                """
                select * from ukemi.process_run
                 where host_uuid = ? and process_name = ? and closed_at is null
                """)
            .params(notification.sourceHostUuid(), process)
            .query(ProcessRuns::row)
            .single();
    if (!open.notificationUuid().equals(notificationUuid)) {
      notifications.end(
          notificationUuid,
          Status.IGNORED,
          "the host is out of service for it already, see notification " + open.notificationUuid());
      return Optional.empty();
    }
    notifications.running(notificationUuid);
    hosts.putOnMaintenance(open.hostUuid(), MaintenanceOwner.PROCESS);
    return Optional.of(open);
  }

  /** The run of that id, open or closed. */
  public ProcessRun get(UUID id) {
    return jdbc.sql("select * from ukemi.process_run where id = ?")
        .param(id)
        .query(ProcessRuns::row)
        .single();
  }

  /** Open runs, oldest first. */
  public List<ProcessRun> open() {
    return jdbc.sql("select * from ukemi.process_run where closed_at is null order by opened_at")
        .query(ProcessRuns::row)
        .list();
  }

  /**
   * Whether the host is ours to give back.
   *
   * @return why not; empty when its nova-compute is to be enabled
   */
  @Transactional
  public Optional<Held> release(UUID id) {
    ProcessRun run = get(id);
    Optional<Host> host = hosts.lock(run.hostUuid());
    if (recoveries.openRunOf(run.hostUuid()).isPresent()) {
      return Optional.of(new Held(true, "a recovery of " + run.hostName() + " is open"));
    }
    if (get(id).backAt() == null) {
      return Optional.of(new Held(true, run.processName() + " has failed again"));
    }
    if (host.isEmpty() || isHeldByOthers(host.get())) {
      return Optional.of(
          new Held(false, run.hostName() + " is kept on maintenance by somebody else"));
    }
    if (open().stream()
        .anyMatch(
            other ->
                other.hostUuid().equals(run.hostUuid())
                    && !other.id().equals(id)
                    && other.backAt() == null)) {
      return Optional.of(new Held(false, "another process of " + run.hostName() + " is down"));
    }
    return Optional.empty();
  }

  private static boolean isHeldByOthers(Host host) {
    return host.onMaintenance() && host.maintenanceOwner() != MaintenanceOwner.PROCESS;
  }

  /**
   * Why a host is not given back.
   *
   * @param forNow whether that may change, and is to be waited for
   */
  public record Held(boolean forNow, String why) {}

  /** The process was found to be back. */
  @Transactional
  public void back(UUID id) {
    hosts.lock(get(id).hostUuid());
    jdbc.sql("update ukemi.process_run set back_at = clock_timestamp() where id = ?")
        .param(id)
        .update();
  }

  /** Closes the run. The last one of a host takes the maintenance with it that they brought. */
  @Transactional
  public void close(UUID id) {
    ProcessRun run = get(id);
    hosts.lock(run.hostUuid());
    jdbc.sql(
            """
            update ukemi.process_run set closed_at = clock_timestamp()
            where id = ? and closed_at is null
            """)
        .param(id)
        .update();
    if (open().stream().noneMatch(other -> other.hostUuid().equals(run.hostUuid()))) {
      hosts.liftMaintenance(run.hostUuid(), MaintenanceOwner.PROCESS);
    }
  }

  private static ProcessRun row(ResultSet row, int number) throws SQLException {
    return new ProcessRun(
        Columns.uuid(row, "id"),
        Columns.uuid(row, "notification_uuid"),
        Columns.uuid(row, "host_uuid"),
        row.getString("host_name"),
        row.getString("process_name"),
        row.getString("process_instance_id"),
        Columns.instant(row, "reported_up_at"),
        Columns.instant(row, "back_at"),
        Columns.instant(row, "closed_at"));
  }
}
