package ukemi.restart;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
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

  /** Whether any run is open, or something of one is left to be put back. */
  public boolean hasWork() {
    return jdbc.sql(
            """
            select exists (select 1 from ukemi.guest_run
                            where closed_at is null or locked or move_granted_at is not null)
            """)
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
                    row.getObject("move_migration", Long.class),
                    Columns.instant(row, "move_asked_at"),
                    Columns.instant(row, "move_confirmed_at")))
        .optional();
  }

  /** When Nova was last asked to move the guest of the run, also when it refused. */
  Optional<Instant> moveAskedAt(UUID run) {
    return Optional.ofNullable(
        jdbc.sql("select move_asked_at from ukemi.guest_run where id = ?")
            .param(run)
            .query((row, number) -> new At(Columns.instant(row, "move_asked_at")))
            .single()
            .instant());
  }

  private record At(Instant instant) {}

  /**
   * Keeps at once that Nova is about to be asked for a move: it must not be asked twice. Only while
   * the run is open and its host is not being recovered.
   *
   * @param lastAskedAt as it was read before it was decided to ask; null = never. When another call
   *     has come between, nothing is kept
   * @return when it was kept; empty when it was not
   */
  @Transactional(propagation = Propagation.REQUIRES_NEW)
  Optional<Instant> aboutToMove(
      UUID run, int number, String from, long after, Instant lastAskedAt) {
    return jdbc.sql(
            """
            update ukemi.guest_run
               set move_number = :number, move_from = :from, move_after = :after,
                   move_migration = null, move_missing_at = null, moving = true,
                   move_asked_at = clock_timestamp(), move_confirmed_at = null,
                   restarted_at = clock_timestamp()
             where id = :run and closed_at is null
               and move_asked_at is not distinct from cast(:last as timestamptz)
               and not exists (select 1 from ukemi.recovery_run
                                where host_name = :from and closed_at is null)
            returning move_asked_at
            """)
        .param("number", number)
        .param("from", from)
        .param("after", after)
        .param("run", run)
        .param("last", lastAskedAt == null ? null : Columns.parameter(lastAskedAt))
        .query((row, rowNumber) -> Columns.instant(row, "move_asked_at"))
        .optional();
  }

  /** Nova shows the move that was asked for then under that id. */
  @Transactional(propagation = Propagation.REQUIRES_NEW)
  void moveSeen(UUID run, Instant askedAt, long migration) {
    jdbc.sql("update ukemi.guest_run set move_migration = ? where id = ? and move_asked_at = ?")
        .params(migration, run, Columns.parameter(askedAt))
        .update();
  }

  /**
   * Nova shows nothing of the move that was asked for then.
   *
   * @return since when
   */
  @Transactional(propagation = Propagation.REQUIRES_NEW)
  Optional<Instant> moveMissing(UUID run, Instant askedAt) {
    return jdbc.sql(
            """
            update ukemi.guest_run
               set move_missing_at = coalesce(move_missing_at, clock_timestamp())
             where id = ? and move_asked_at = ?
            returning move_missing_at
            """)
        .params(run, Columns.parameter(askedAt))
        .query((row, number) -> Columns.instant(row, "move_missing_at"))
        .optional();
  }

  /**
   * Nothing comes of the move that was asked for then: what Nova shows of a move later on is
   * somebody else's.
   */
  @Transactional(propagation = Propagation.REQUIRES_NEW)
  void moveFailed(UUID run, Instant askedAt) {
    jdbc.sql("update ukemi.guest_run set move_from = null where id = ? and move_asked_at = ?")
        .params(run, Columns.parameter(askedAt))
        .update();
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
   * @param settled whether Nova is at work on it no more: what has not come about by then does not
   */
  @Transactional
  void notMoving(UUID run, String movedTo, boolean settled) {
    jdbc.sql(
            """
            update ukemi.guest_run
               set moving = false, moved_to = coalesce(:movedTo::text, moved_to),
                   move_from = case when :settled and :movedTo::text is null
                                    then null else move_from end,
                   move_granted_at = case when :settled then null else move_granted_at end
             where id = :run
               and (moving or move_from is not null or move_granted_at is not null)
            """)
        .param("movedTo", movedTo)
        .param("settled", settled)
        .param("run", run)
        .update();
  }

  /**
   * Counts the move of the run among those under way, unless there are as many as may be. To be
   * called in the transaction that has the run go on.
   *
   * @return whether it counts
   */
  @Transactional
  public boolean grantMove(UUID run, int atOnce, int ofOneHost) {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended('ukemi moves', 0))")
        .query((row, number) -> 0)
        .single();
    return jdbc.sql(
                """
                update ukemi.guest_run g set move_granted_at = clock_timestamp()
                 where g.id = :run and g.closed_at is null
                   and (select count(*) from ukemi.guest_run o
                         where o.move_granted_at is not null and o.id <> g.id) < :atOnce
                   and (select count(*) from ukemi.guest_run o
                         where o.move_granted_at is not null and o.id <> g.id
                           and coalesce(o.move_from, o.moved_to, o.host_name)
                                 = coalesce(g.moved_to, g.host_name)) < :ofOneHost
                """)
            .param("run", run)
            .param("atOnce", atOnce)
            .param("ofOneHost", ofOneHost)
            .update()
        == 1;
  }

  /** Nova is at work on the move of the run no more. */
  @Transactional
  void moveSettled(UUID run) {
    jdbc.sql(
            """
            update ukemi.guest_run set move_granted_at = null
             where id = ? and move_granted_at is not null
            """)
        .param(run)
        .update();
  }

  /** Those whose moves count among those under way and are not waited for by their process. */
  List<GuestRun> movesNotAwaited() {
    return jdbc.sql(
            """
            select * from ukemi.guest_run
             where move_granted_at is not null
               and (closed_at is not null or not moving and move_asked_at > move_granted_at)
             order by id
            """)
        .query(GuestRuns::row)
        .list();
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
  void aboutToLock(UUID run) {
    jdbc.sql("update ukemi.guest_run set locked = true, moving = true where id = ?")
        .param(run)
        .update();
  }

  /** Our lock is lifted, or Nova will not have it lifted. */
  @Transactional
  void unlocked(UUID run) {
    jdbc.sql("update ukemi.guest_run set locked = false where id = ?").param(run).update();
  }

  /** Says in the notification of the run, which may have ended, that its guest stays locked. */
  @Transactional
  void staysLocked(GuestRun run, String why) {
    unlocked(run.id());
    notifications.add(run.notificationUuid(), why);
  }

  /**
   * Those whose guests are locked by us without need: no other run is moving it, nor is it being
   * evacuated. None while a person is asked about a restored database.
   */
  List<GuestRun> toUnlock() {
    return jdbc.sql(
            """
            select * from ukemi.guest_run g
             where g.locked and (g.closed_at is not null or not g.moving)
               and not exists (select 1 from ukemi.guest_run o
                                where o.instance_uuid = g.instance_uuid and o.id <> g.id
                                  and o.closed_at is null and o.moving)
               and not exists (select 1 from ukemi.evacuation_attempt a
                                where a.instance_uuid = g.instance_uuid and a.closed_at is null)
               and not exists (select 1 from ukemi.hold where decided_at is null)
             order by g.id
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
