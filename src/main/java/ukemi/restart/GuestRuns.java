package ukemi.restart;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import ukemi.database.Columns;
import ukemi.notification.Notification;
import ukemi.notification.Notification.Status;
import ukemi.notification.Notifications;

/** The failed guests that are being dealt with: at most one run is open for a guest. */
@Repository
public class GuestRuns {

  private final JdbcClient jdbc;
  private final Notifications notifications;

  GuestRuns(JdbcClient jdbc, Notifications notifications) {
    this.jdbc = jdbc;
    this.notifications = notifications;
  }

  /**
   * Claims the guest for this notification and marks it as running; a notification of a guest that
   * is claimed already ends ignored. May be called again.
   *
   * @return this notification's open run
   */
  @Transactional
  public Optional<GuestRun> claim(UUID notificationUuid, String processInstanceId) {
    Notification notification = notifications.find(notificationUuid).orElseThrow();
    UUID instance = uuid(notification.payload().get("instance_uuid"));
    Optional<UUID> since = restartedSince(notificationUuid, instance);
    if (since.isPresent()) {
      notifications.end(
          notificationUuid,
          Status.IGNORED,
          "the guest was restarted after this report, see notification " + since.get());
      return Optional.empty();
    }
    jdbc.sql(
            """
            insert into ukemi.guest_run
              (id, notification_uuid, instance_uuid, host_name, process_instance_id)
            values (?, ?, ?, ?, ?)
            on conflict (instance_uuid) where closed_at is null do nothing
            """)
        .params(
            UUID.randomUUID(),
            notificationUuid,
            instance,
            notification.sourceHostName(),
            processInstanceId)
        .update();
    GuestRun open =
        jdbc.sql("select * from ukemi.guest_run where instance_uuid = ? and closed_at is null")
            .param(instance)
            .query(GuestRuns::row)
            .single();
    if (open.notificationUuid().equals(notificationUuid)) {
      notifications.running(notificationUuid);
      return Optional.of(open);
    }
    notifications.end(
        notificationUuid,
        Status.IGNORED,
        "the guest is being restarted already, see notification " + open.notificationUuid());
    return Optional.empty();
  }

  /** As Masakari takes it: hyphens and braces are free. */
  private static UUID uuid(String text) {
    String digits = text.replaceAll("[^0-9a-fA-F]", "");
    return UUID.fromString(
        digits.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5"));
  }

  /** Different reports of one trouble do not come at the same moment. */
  private Optional<UUID> restartedSince(UUID notification, UUID instance) {
    return jdbc.sql(
            """
            select g.notification_uuid from ukemi.guest_run g
             where g.instance_uuid = :instance and g.notification_uuid <> :notification
               and g.restarted_at is not null
               and g.closed_at > (select received_at from ukemi.notification
                                   where uuid = :notification)
             limit 1
            """)
        .param("instance", instance)
        .param("notification", notification)
        .query(UUID.class)
        .optional();
  }

  /** The run of that id, open or closed. */
  public GuestRun get(UUID id) {
    return jdbc.sql("select * from ukemi.guest_run where id = ?")
        .param(id)
        .query(GuestRuns::row)
        .single();
  }

  /** Whether any run is open, or a lock of one is left. */
  public boolean hasWork() {
    return jdbc.sql(
            "select exists (select 1 from ukemi.guest_run where closed_at is null or locked)")
        .query(Boolean.class)
        .single();
  }

  /** Keeps at once that Nova is about to be asked: a crash must not hide a restart. */
  @Transactional(propagation = Propagation.REQUIRES_NEW)
  public void aboutToRestart(UUID run) {
    jdbc.sql(
            """
            update ukemi.guest_run set restarted_at = clock_timestamp() where id = ?
            """)
        .param(run)
        .update();
  }

  /**
   * The last try of the run to move its guest; empty when Nova has refused it, or it has failed.
   */
  Optional<Move> move(UUID run) {
    return jdbc.sql("select * from ukemi.guest_run where id = ? and move_from is not null")
        .param(run)
        .query(
            (row, number) ->
                new Move(
                    row.getInt("move_number"),
                    row.getString("move_from"),
                    row.getLong("move_after"),
                    Columns.instant(row, "move_asked_at"),
                    Columns.instant(row, "move_confirmed_at")))
        .optional();
  }

  /** Keeps at once that Nova is about to be asked for a move: it must not be asked twice. */
  @Transactional(propagation = Propagation.REQUIRES_NEW)
  void aboutToMove(UUID run, int number, String from, long after) {
    jdbc.sql(
            """
            update ukemi.guest_run
               set move_number = ?, move_from = ?, move_after = ?, moving = true,
                   move_asked_at = clock_timestamp(), move_confirmed_at = null,
                   restarted_at = clock_timestamp()
             where id = ?
            """)
        .params(number, from, after, run)
        .update();
  }

  /** Nova has not taken the order: what it shows of a move later on is somebody else's. */
  @Transactional(propagation = Propagation.REQUIRES_NEW)
  void moveRefused(UUID run) {
    jdbc.sql("update ukemi.guest_run set move_from = null where id = ?").param(run).update();
  }

  /** Keeps at once that Nova is about to be asked to confirm the move. */
  @Transactional(propagation = Propagation.REQUIRES_NEW)
  void aboutToConfirm(UUID run) {
    jdbc.sql("update ukemi.guest_run set move_confirmed_at = clock_timestamp() where id = ?")
        .param(run)
        .update();
  }

  /**
   * The guest is not on its way any more, and is its owner's again.
   *
   * @param movedTo where our move has brought it; null = it has not
   * @param failed whether nothing is to come of the move any more
   */
  @Transactional
  void notMoving(UUID run, String movedTo, boolean failed) {
    jdbc.sql(
            """
            update ukemi.guest_run
               set moving = false, moved_to = coalesce(:movedTo, moved_to),
                   move_from = case when :failed then null else move_from end
             where id = :run and (moving or move_from is not null)
            """)
        .param("movedTo", movedTo)
        .param("failed", failed)
        .param("run", run)
        .update();
  }

  /** Whether Nova was asked to move the guest of the run. */
  boolean wasToBeMoved(UUID run) {
    return jdbc.sql("select move_number is not null from ukemi.guest_run where id = ?")
        .param(run)
        .query(Boolean.class)
        .single();
  }

  /** Keeps at once that the guest is about to be locked by us. */
  @Transactional(propagation = Propagation.REQUIRES_NEW)
  void locked(UUID run) {
    jdbc.sql("update ukemi.guest_run set locked = true, moving = true where id = ?")
        .param(run)
        .update();
  }

  /** Our lock is lifted. */
  @Transactional
  void unlocked(UUID run) {
    jdbc.sql("update ukemi.guest_run set locked = false where id = ?").param(run).update();
  }

  /** Those whose guests are locked by us without need. */
  List<GuestRun> toUnlock() {
    return jdbc.sql(
            """
            select * from ukemi.guest_run where locked and (closed_at is not null or not moving)
            """)
        .query(GuestRuns::row)
        .list();
  }

  /** Nova shows the guest as not active. */
  @Transactional
  public void seenDown(UUID run) {
    jdbc.sql(
            """
            update ukemi.guest_run set seen_down_at = clock_timestamp()
            where id = ? and seen_down_at is null
            """)
        .param(run)
        .update();
  }

  /** Whether the failure was reported so long ago that much may have happened since. */
  boolean isOld(GuestRun run) {
    return jdbc.sql(
            """
            select received_at < clock_timestamp() - interval '10 minutes'
              from ukemi.notification where uuid = ?
            """)
        .param(run.notificationUuid())
        .query(Boolean.class)
        .single();
  }

  /** How many earlier runs have restarted the guest within the last hour. */
  int restartsInLastHour(GuestRun run) {
    return jdbc.sql(
            """
            select count(*) from ukemi.guest_run
             where instance_uuid = ? and id <> ?
               and restarted_at > clock_timestamp() - interval '1 hour'
            """)
        .params(run.instance(), run.id())
        .query(Integer.class)
        .single();
  }

  /** Ends the run and its notification; does nothing when it is closed. */
  @Transactional
  public void close(UUID id, Status status, String message) {
    int closed =
        jdbc.sql(
                """
                update ukemi.guest_run set closed_at = clock_timestamp()
                where id = ? and closed_at is null
                """)
            .param(id)
            .update();
    if (closed == 1) {
      notifications.end(get(id).notificationUuid(), status, message);
    }
  }

  /** Closes what is open for a notification whose process is gone. */
  @Transactional
  public void abandon(UUID notification) {
    jdbc.sql(
            """
            update ukemi.guest_run set closed_at = clock_timestamp()
            where notification_uuid = ? and closed_at is null
            """)
        .param(notification)
        .update();
  }

  private static GuestRun row(ResultSet row, int number) throws SQLException {
    return new GuestRun(
        Columns.uuid(row, "id"),
        Columns.uuid(row, "notification_uuid"),
        Columns.uuid(row, "instance_uuid"),
        row.getString("host_name"),
        row.getString("moved_to"),
        Columns.instant(row, "seen_down_at"),
        Columns.instant(row, "closed_at"));
  }
}
