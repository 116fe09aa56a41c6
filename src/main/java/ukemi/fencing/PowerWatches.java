package ukemi.fencing;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Which machines are being read, by whom, and when next. Only runs that are open. */
@Repository
class PowerWatches {

  private static final RowMapper<PowerWatch> MAPPER =
      (row, number) ->
          new PowerWatch(
              row.getObject("run_id", UUID.class),
              row.getString("host_name"),
              row.getString("system_id"),
              Sql.time(row, "watched_since"),
              row.getBoolean("slow"));

  /** A killed node's readings go on elsewhere after this. */
  private static final String CLAIM = "interval '10 seconds'";

  private static final String OPEN =
      " exists (select from ukemi.recovery_run r where r.id = run_id and r.closed_at is null)";

  private final JdbcClient jdbc;
  private final OwnTransaction ownTransaction;

  PowerWatches(JdbcClient jdbc, OwnTransaction ownTransaction) {
    this.jdbc = jdbc;
    this.ownTransaction = ownTransaction;
  }

  /** In place of the system_id. */
  static final String NOT_FOUND_YET = "";

  /**
   * A machine to be read.
   *
   * @param systemId {@link #NOT_FOUND_YET} when it is to be found first
   * @param slow its last reading took long, as that of a dead BMC does
   */
  record PowerWatch(
      UUID runId, String hostName, String systemId, Instant watchedSince, boolean slow) {}

  /** Which of the watches that are due. */
  enum Due {
    /** Those that did not take long the last time. */
    QUICK("not slow"),
    /** Those that did. */
    SLOW("slow"),
    /** Those of them for which a person waits. */
    SLOW_ASKED("slow and asked_at is not null");

    private final String condition;

    Due(String condition) {
      this.condition = condition;
    }
  }

  /** Starts to watch the machine, or to watch it closely again; a reading is due at once. */
  void begin(UUID runId, String host, String systemId) {
    ownTransaction.run(
        () ->
            jdbc.sql(
                    """
                    insert into ukemi.power_watch
                      (run_id, host_name, system_id, watched_since, next_read_at)
                    values (?, ?, ?, clock_timestamp(), clock_timestamp())
                    on conflict (run_id) do update
                      set system_id = excluded.system_id, watched_since = excluded.watched_since,
                          next_read_at = excluded.next_read_at
                    """)
                .params(runId, host, systemId)
                .update());
  }

  /** Asks for a reading begun after now, for a person who waits: it comes before the others. */
  void ask(UUID runId) {
    ownTransaction.run(
        () ->
            jdbc.sql(
                    "update ukemi.power_watch set asked_at = clock_timestamp(),"
                        + " next_read_at = least(next_read_at, clock_timestamp())"
                        + " where run_id = ?")
                .param(runId)
                .update());
  }

  /** How many watches there are for which a person waits. */
  int asked() {
    return jdbc.sql("select count(*) from ukemi.power_watch where asked_at is not null and" + OPEN)
        .query(Integer.class)
        .single();
  }

  boolean exists(UUID runId) {
    return jdbc.sql("select exists (select from ukemi.power_watch where run_id = ?)")
        .param(runId)
        .query(Boolean.class)
        .single();
  }

  /** Whether a reading is long overdue: the query hangs, or nobody reads. */
  boolean silent(UUID runId) {
    return jdbc.sql(
            """
            select exists (
              select from ukemi.power_watch w where run_id = ?
                and next_read_at < clock_timestamp() - interval '20 seconds'
                and watched_since < clock_timestamp() - interval '20 seconds')
            """)
        .param(runId)
        .query(Boolean.class)
        .single();
  }

  void end(UUID runId) {
    ownTransaction.run(
        () -> jdbc.sql("delete from ukemi.power_watch where run_id = ?").param(runId).update());
  }

  /**
   * Claims watches that are due, first those for which a person waits; a claim that is neither
   * renewed nor released ends by itself.
   */
  List<PowerWatch> claim(UUID node, int most, Due due) {
    return ownTransaction.call(
        () ->
            jdbc.sql(
                    """
                    update ukemi.power_watch
                    set claimed_by = :node, claimed_until = clock_timestamp() + %s
                    where run_id in (
                      select run_id from ukemi.power_watch
                      where next_read_at <= clock_timestamp()
                        and (claimed_until is null or claimed_until <= clock_timestamp())
                        and %s
                        and %s
                      order by asked_at, next_read_at limit :most for update skip locked)
                    returning run_id, host_name, system_id, watched_since, slow
                    """
                        .formatted(CLAIM, OPEN, due.condition))
                .param("node", node)
                .param("most", most)
                .query(MAPPER)
                .list());
  }

  /** Says that the node lives and is still reading. */
  void renew(UUID node, Collection<UUID> runIds) {
    ownTransaction.run(
        () ->
            jdbc.sql(
                    "update ukemi.power_watch set claimed_until = clock_timestamp() + "
                        + CLAIM
                        + " where claimed_by = :node and run_id in (:runs)")
                .param("node", node)
                .param("runs", runIds)
                .update());
  }

  /**
   * Gives a claim back after a reading and says when to read next: at once if somebody has asked,
   * or the machine was ordered off, since the reading began; and whether it was slow. Does nothing
   * when the claim is another node's by now.
   */
  void release(UUID node, UUID runId, Instant begun, Instant next, boolean slow) {
    ownTransaction.run(
        () ->
            jdbc.sql(
                    """
                    update ukemi.power_watch
                    set claimed_by = null, claimed_until = null, slow = :slow,
                        next_read_at = case
                          when greatest(watched_since, asked_at) > :begun then clock_timestamp()
                          else :next end,
                        asked_at = case when asked_at > :begun then asked_at end
                    where run_id = :run and claimed_by = :node
                    """)
                .param("begun", Sql.time(begun))
                .param("next", Sql.time(next))
                .param("slow", slow)
                .param("run", runId)
                .param("node", node)
                .update());
  }

  /** Gives a claim back without a reading: it is due as before. */
  void release(UUID node, UUID runId) {
    ownTransaction.run(
        () ->
            jdbc.sql(
                    "update ukemi.power_watch set claimed_by = null, claimed_until = null"
                        + " where run_id = :run and claimed_by = :node")
                .param("run", runId)
                .param("node", node)
                .update());
  }

  /** Time until the next watch can be claimed, not below zero; empty when nothing is watched. */
  Optional<Duration> untilNext() {
    return jdbc.sql(
            "select (extract(epoch from min(greatest(next_read_at, claimed_until))"
                + " - clock_timestamp()) * 1000)::bigint from ukemi.power_watch where"
                + OPEN)
        .query(Long.class)
        .optional()
        .map(millis -> Duration.ofMillis(Math.max(0, millis)));
  }
}
