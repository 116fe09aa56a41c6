package ukemi.notification;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Deletes notifications that ended long ago, with all that was recorded about their recovery. What
 * anything that is still open may ask about is kept: that of a host with an unfinished notification
 * or an open run, and a run with an attempt, a reserve, a lock or a task that is not settled.
 */
@Repository
class OldNotifications {

  /** Few enough for a transaction that nobody notices. */
  static final int BATCH = 500;

  /** Hundreds of rows hang on each. */
  static final int BATCH_WITH_RUNS = 20;

  /** An ignored one may have been denied or called off: decisions and orders are kept with it. */
  private static final String HAS_RUN =
      """
      (exists (select 1 from ukemi.recovery_run x where x.notification_uuid = n.uuid)
       or exists (select 1 from ukemi.guest_run x where x.notification_uuid = n.uuid)
       or exists (select 1 from ukemi.process_run x where x.notification_uuid = n.uuid))
      """;

  private static final String ENDED =
      "(n.status in ('finished', 'failed') or n.status = 'ignored' and " + HAS_RUN + ")";
  private static final String IGNORED = "n.status = 'ignored' and not " + HAS_RUN;

  private static final String OLD =
      """
      select n.uuid from ukemi.notification n
       where %s
         and coalesce(n.updated_at, n.received_at) < now() - make_interval(secs => :keep)
         and not exists (select 1 from ukemi.notification o
                          where o.source_host_uuid = n.source_host_uuid
                            and o.status in ('new', 'running', 'error'))
         and not exists (select 1 from ukemi.recovery_run o
                          where o.host_uuid = n.source_host_uuid and o.closed_at is null)
         and not exists (select 1 from ukemi.guest_run g
                          where g.notification_uuid = n.uuid
                            and (g.closed_at is null or g.locked))
         and not exists (select 1 from ukemi.process_run p
                          where p.notification_uuid = n.uuid and p.closed_at is null)
         and not exists (select 1 from ukemi.planned_work_failure f
                          join ukemi.planned_work w on w.uuid = f.work_uuid
                          where f.notification_uuid = n.uuid and w.closed_at is null)
         and not exists (select 1 from ukemi.attention a
                          where a.notification_uuid = n.uuid and a.settled_at is null)
         and not exists (
           select 1 from ukemi.recovery_run r
            where r.notification_uuid = n.uuid
              and (r.closed_at is null
                   or exists (select 1 from ukemi.evacuation_attempt a
                               where a.closed_at is null
                                 and (a.run_id = r.id
                                      -- its proof may be about that one's target
                                      or a.granted_at <= coalesce(n.updated_at, n.received_at)))
                   or exists (select 1 from ukemi.reserve_claim c
                               where c.run_id = r.id and c.settled_at is null)
                   or exists (select 1 from ukemi.machine_latch l
                               where l.run_id = r.id and l.unlocked_at is null)
                   or exists (select 1 from ukemi.vmove v where v.run_id = r.id and v.locked)
                   or exists (select 1 from ukemi.host_return b
                               where b.closed_at is null and r.id = any (b.run_ids))
                   -- the next run takes over what this one has changed
                   or exists (select 1 from ukemi.host h
                               where h.uuid = r.host_uuid and h.deleted_at is null
                                 and h.maintenance_owner in ('RECOVERY', 'RETURN'))))
       order by coalesce(n.updated_at, n.received_at)
       limit :batch
       for update of n skip locked
      """;

  /** What hangs on a run; later ones refer to none of the earlier. */
  private static final List<String> OF_RUN =
      List.of(
          "evacuation_attempt",
          "vmove",
          "reserve_claim",
          "host_change",
          "decision",
          "machine_latch",
          "fencing_note",
          "refused_confirmation",
          "proof_of_off",
          "power_reading",
          "power_order",
          "power_watch",
          "heartbeat");

  private final JdbcClient jdbc;
  private final RetentionSettings settings;

  OldNotifications(JdbcClient jdbc, RetentionSettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
  }

  /**
   * Deletes some of those about which something was done or decided.
   *
   * @return how many; 0 when there are no more
   */
  @Transactional
  int deleteEnded() {
    return delete(ENDED, settings.keep(), BATCH_WITH_RUNS);
  }

  /** As {@link #deleteEnded}, those that were ignored at once. */
  @Transactional
  int deleteIgnored() {
    return delete(IGNORED, settings.keepIgnored(), BATCH);
  }

  /** As {@link #deleteEnded}, the record of those that were refused. */
  @Transactional
  int deleteRefused() {
    return jdbc.sql(
            """
            delete from ukemi.refused_notification where id in (
              select id from ukemi.refused_notification
               where received_at < now() - make_interval(secs => :keep)
               order by received_at limit :batch for update skip locked)
            """)
        .params(Map.of("keep", settings.keepIgnored().toSeconds(), "batch", BATCH))
        .update();
  }

  /** As {@link #deleteEnded}, planned work of which nothing is left. */
  @Transactional
  int deletePlannedWork() {
    return jdbc.sql(
            """
            delete from ukemi.planned_work where id in (
              select w.id from ukemi.planned_work w
               where w.closed_at < now() - make_interval(secs => :keep)
                 and not exists (select 1 from ukemi.planned_work_failure f
                                  where f.work_uuid = w.uuid)
               order by w.id limit :batch for update skip locked)
            """)
        .params(Map.of("keep", settings.keep().toSeconds(), "batch", BATCH))
        .update();
  }

  private int delete(String which, Duration keep, int batch) {
    List<UUID> old =
        jdbc.sql(OLD.formatted(which))
            .params(Map.of("keep", keep.toSeconds(), "batch", batch))
            .query(UUID.class)
            .list();
    if (!old.isEmpty()) {
      List<UUID> runs =
          jdbc.sql("select id from ukemi.recovery_run where notification_uuid in (:old)")
              .param("old", old)
              .query(UUID.class)
              .list();
      if (!runs.isEmpty()) {
        deleteRuns(runs);
      }
      delete("guest_run", "notification_uuid", old);
      delete("process_run", "notification_uuid", old);
      delete("attention", "notification_uuid", old);
      delete("planned_work_failure", "notification_uuid", old);
      delete("notification", "uuid", old);
    }
    return old.size();
  }

  private void deleteRuns(List<UUID> runs) {
    jdbc.sql(
            """
            delete from ukemi.reserve_aggregate where claim_id in
              (select id from ukemi.reserve_claim where run_id in (:runs))
            """)
        .param("runs", runs)
        .update();
    OF_RUN.forEach(table -> delete(table, "run_id", runs));
    delete("recovery_run", "id", runs);
  }

  private void delete(String table, String column, List<UUID> values) {
    jdbc.sql("delete from ukemi.%s where %s in (:values)".formatted(table, column))
        .param("values", values)
        .update();
  }
}
