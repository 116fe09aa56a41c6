package ukemi.notification;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;
import ukemi.database.Columns;

/** The recoveries of hosts: at most one is open for a host (rule R3). */
@Repository
public class RecoveryRuns {

  private final JdbcClient jdbc;
  private final Notifications notifications;

  RecoveryRuns(JdbcClient jdbc, Notifications notifications) {
    this.jdbc = jdbc;
    this.notifications = notifications;
  }

  /**
   * Claims the notification's host for its recovery and marks the notification as running. May be
   * called again.
   *
   * @return this notification's open run; empty when another notification's run is open
   */
  @Transactional
  public Optional<RecoveryRun> open(Notification notification, String processInstanceId) {
    jdbc.sql(
            """
            insert into ukemi.recovery_run
              (id, notification_uuid, host_uuid, host_name, process_instance_id)
            values (:id, :notification, :host, :hostName, :process)
            on conflict (host_uuid) where closed_at is null do nothing
            """)
        .param("id", UUID.randomUUID())
        .param("notification", notification.uuid())
        .param("host", notification.sourceHostUuid())
        .param("hostName", notification.sourceHostName())
        .param("process", processInstanceId)
        .update();
    Optional<RecoveryRun> ours =
        openRunOf(notification.sourceHostUuid())
            .filter(run -> run.notificationUuid().equals(notification.uuid()));
    ours.ifPresent(run -> notifications.running(notification.uuid()));
    return ours;
  }

  /**
   * The run of that id, open or closed.
   *
   * @throws org.springframework.dao.EmptyResultDataAccessException when there is none
   */
  public RecoveryRun get(UUID id) {
    return jdbc.sql("select * from ukemi.recovery_run where id = :id")
        .param("id", id)
        .query(RecoveryRuns::row)
        .single();
  }

  /** The open run of the host. */
  public Optional<RecoveryRun> openRunOf(UUID hostUuid) {
    return jdbc.sql(
            "select * from ukemi.recovery_run where host_uuid = :host and closed_at is null")
        .param("host", hostUuid)
        .query(RecoveryRuns::row)
        .optional();
  }

  /** The runs of the host since it was last taken off maintenance, oldest first. */
  public List<RecoveryRun> sinceInService(UUID hostUuid) {
    return jdbc.sql(
            """
            select r.* from ukemi.recovery_run r join ukemi.host h on h.uuid = r.host_uuid
             where r.host_uuid = ? and r.opened_at > coalesce(h.returned_at, '-infinity')
             order by r.opened_at, r.id
            """)
        .param(hostUuid)
        .query(RecoveryRuns::row)
        .list();
  }

  /** The newest run of the host of that name, open or closed. */
  Optional<RecoveryRun> lastOf(String hostName) {
    return jdbc.sql(
            "select * from ukemi.recovery_run where host_name = ? order by opened_at desc, id limit 1")
        .param(hostName)
        .query(RecoveryRuns::row)
        .optional();
  }

  /** All open runs, oldest first. */
  public List<RecoveryRun> open() {
    return jdbc.sql(
            "select * from ukemi.recovery_run where closed_at is null order by opened_at, id")
        .query(RecoveryRuns::row)
        .list();
  }

  /**
   * Ends the run and its notification together (rule R12). A closed run stays as it is.
   *
   * @param status FINISHED, IGNORED or FAILED
   * @param reason for a person
   */
  @Transactional
  public void close(UUID runId, Notification.Status status, String reason) {
    jdbc.sql(
            """
            update ukemi.recovery_run set closed_at = clock_timestamp(), reason = :reason
            where id = :id and closed_at is null
            returning notification_uuid
            """)
        .param("id", runId)
        .param("reason", reason)
        .query(UUID.class)
        .optional()
        .ifPresent(notification -> notifications.end(notification, status, reason));
  }

  /**
   * Records that the host says it has started, or was found alive: in its open run, or in the last
   * one while a recovery has the host on maintenance.
   */
  @Transactional
  public void hostStarted(UUID hostUuid) {
    jdbc.sql(
            """
            update ukemi.recovery_run r set host_started_at = clock_timestamp()
             where r.id = (select l.id from ukemi.recovery_run l where l.host_uuid = :host
                            order by l.opened_at desc, l.id limit 1)
               and (r.closed_at is null
                    or exists (select 1 from ukemi.host h
                                where h.uuid = :host and h.maintenance_owner = 'RECOVERY'))
            """)
        .param("host", hostUuid)
        .update();
  }

  /**
   * Takes {@link #hostStarted} back: the host returns when it is reported again, or by a person.
   */
  @Transactional
  public void forgetStarted(UUID hostUuid) {
    jdbc.sql(
            """
            update ukemi.recovery_run set host_started_at = null
            where host_uuid = :host and host_started_at is not null
            """)
        .param("host", hostUuid)
        .update();
  }

  /** The same for all hosts. */
  @Transactional
  public void forgetStarted() {
    jdbc.sql(
            "update ukemi.recovery_run set host_started_at = null where host_started_at is not null")
        .update();
  }

  /**
   * Keeps why Nova cannot be read for the run.
   *
   * @param problem null = it can be read
   */
  @Transactional
  public void novaProblem(UUID runId, String problem) {
    jdbc.sql(
            """
            update ukemi.recovery_run set nova_problem = :problem
            where id = :id and closed_at is null and nova_problem is distinct from :problem
            """)
        .param("id", runId)
        .param("problem", problem)
        .update();
  }

  /**
   * Keeps what a person is asked at this moment.
   *
   * @param question null when nobody is asked
   */
  @Transactional
  public void asksPerson(UUID runId, String question) {
    jdbc.sql(
            """
            update ukemi.recovery_run set asked_person = :question
            where id = :id and closed_at is null and asked_person is distinct from :question
            """)
        .param("id", runId)
        .param("question", question)
        .update();
  }

  /** Why Nova cannot be read, by the notifications of the open runs for which it cannot. */
  public Map<UUID, String> novaProblems() {
    Map<UUID, String> problems = new LinkedHashMap<>();
    jdbc.sql(
            """
            select notification_uuid, nova_problem from ukemi.recovery_run
            where closed_at is null and nova_problem is not null
            """)
        .query(
            (RowCallbackHandler)
                row -> problems.put(Columns.uuid(row, "notification_uuid"), row.getString(2)));
    return problems;
  }

  static RecoveryRun row(ResultSet row, int number) throws SQLException {
    return new RecoveryRun(
        Columns.uuid(row, "id"),
        Columns.uuid(row, "notification_uuid"),
        Columns.uuid(row, "host_uuid"),
        row.getString("host_name"),
        row.getString("process_instance_id"),
        Columns.instant(row, "opened_at"),
        Columns.instant(row, "host_started_at"),
        Columns.instant(row, "closed_at"),
        row.getString("reason"));
  }
}
