package ukemi.evacuation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Table evacuation_attempt. */
@Repository
class Attempts {

  private static final String SELECT =
      """
      select a.*, v.instance_name, v.state_wanted,
             not exists (select 1 from ukemi.evacuation_attempt b
                          where b.instance_uuid = a.instance_uuid and b.id < a.id) as first_of_guest,
             r.held
        from ukemi.evacuation_attempt a
        join ukemi.vmove v on v.uuid = a.vmove_uuid
        join ukemi.recovery_run r on r.id = a.run_id
      """;

  private final JdbcClient jdbc;

  Attempts(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Opens the next attempt of a guest; the unique index refuses a second open one. */
  void open(UUID vmove, String process) {
    jdbc.sql(
            """
            insert into ukemi.evacuation_attempt
                   (run_id, vmove_uuid, instance_uuid, number, pass, source_host, process_instance, granted_at)
            select v.run_id, v.uuid, v.instance_uuid,
                   1 + (select count(*) from ukemi.evacuation_attempt a where a.vmove_uuid = v.uuid),
                   v.pass, v.source_host, ?, clock_timestamp()
              from ukemi.vmove v where v.uuid = ?
            """)
        .params(process, vmove)
        .update();
  }

  boolean isOpen(long id) {
    return jdbc.sql(
            "select exists (select 1 from ukemi.evacuation_attempt where id = ? and closed_at is null)")
        .param(id)
        .query(Boolean.class)
        .single();
  }

  /** Without those of runs that are held: what they are about may have ended long ago. */
  int countOpen() {
    return jdbc.sql(
            """
            select count(*) from ukemi.evacuation_attempt a
              join ukemi.recovery_run r on r.id = a.run_id
             where a.closed_at is null and not r.held
            """)
        .query(Integer.class)
        .single();
  }

  /** The newest attempt of a guest in a run. */
  Optional<Attempt> last(UUID vmove) {
    return jdbc.sql(SELECT + " where a.vmove_uuid = ? order by a.number desc limit 1")
        .param(vmove)
        .query(Attempts::map)
        .optional();
  }

  /** Attempts whose call has left and which Nova has not settled, all runs. */
  List<Attempt> asked() {
    return jdbc.sql(SELECT + " where a.closed_at is null and a.asked_at is not null order by a.id")
        .query(Attempts::map)
        .list();
  }

  /** Tries of a pass that count: asked, and failed. */
  int countFailed(UUID vmove, int pass) {
    return jdbc.sql(
            """
            select count(*) from ukemi.evacuation_attempt
             where vmove_uuid = ? and pass = ? and outcome = 'FAILED'
            """)
        .params(vmove, pass)
        .query(Integer.class)
        .single();
  }

  /** Keeps where the guest is to go, before it is asked for. */
  void aim(long id, String target) {
    jdbc.sql(
            """
            update ukemi.evacuation_attempt set target = ?
             where id = ? and asked_at is null and closed_at is null
            """)
        .params(target, id)
        .update();
  }

  /**
   * Stores the intent to call.
   *
   * @param target null = Nova chooses
   * @return whether it is ours: false when another node has stored it meanwhile
   */
  boolean asking(long id, long baselineMigration, String target) {
    return jdbc.sql(
                """
                update ukemi.evacuation_attempt set asked_at = clock_timestamp(), baseline_migration = ?, target = ?
                 where id = ? and asked_at is null and closed_at is null
                """)
            .params(baselineMigration, target, id)
            .update()
        == 1;
  }

  void answered(long id) {
    jdbc.sql("update ukemi.evacuation_attempt set answered_at = clock_timestamp() where id = ?")
        .param(id)
        .update();
  }

  /** Keeps why there was no definite answer to the call. */
  void unanswered(long id, String reason) {
    jdbc.sql("update ukemi.evacuation_attempt set reason = ? where id = ? and closed_at is null")
        .params(reason, id)
        .update();
  }

  /**
   * Closes an open attempt.
   *
   * @return whether it was open
   */
  boolean close(long id, Attempt.Outcome outcome, String destHost, String reason) {
    return jdbc.sql(
                """
                update ukemi.evacuation_attempt
                   set closed_at = clock_timestamp(), outcome = :outcome, dest_host = :dest, reason = :reason
                 where id = :id and closed_at is null
                """)
            .param("outcome", outcome.name())
            .param("dest", destHost)
            .param("reason", reason)
            .param("id", id)
            .update()
        == 1;
  }

  /**
   * Closes an attempt whose target is proven off.
   *
   * @param migration Nova's record of it, which nobody works on any more
   * @param isNowOn the host Nova shows the guest on, when that is not where it came from
   */
  void closeAsTargetDied(long id, long migration, String isNowOn, String target) {
    jdbc.sql(
            """
            update ukemi.evacuation_attempt
               set closed_at = clock_timestamp(), outcome = 'TARGET_DIED', dead_migration = ?,
                   dest_host = ?, reason = ?
             where id = ? and closed_at is null
            """)
        .params(migration, isNowOn, target + " failed as well", id)
        .update();
  }

  /** Whether that migration is one whose target died: Nova shows it as under way for ever. */
  boolean isDead(UUID instance, long migration) {
    return jdbc.sql(
            """
            select exists (select 1 from ukemi.evacuation_attempt
                            where instance_uuid = ? and dead_migration = ?)
            """)
        .params(instance, migration)
        .query(Boolean.class)
        .single();
  }

  /** Closes attempts of a run whose call has not left, so that it never leaves. */
  void closeUnasked(UUID runId, String reason) {
    jdbc.sql(
            """
            update ukemi.evacuation_attempt
               set closed_at = clock_timestamp(), outcome = 'NOT_ASKED', reason = ?
             where run_id = ? and asked_at is null and closed_at is null
            """)
        .params(reason, runId)
        .update();
  }

  /** Closes all attempts of a run, whatever Nova makes of them. */
  void giveUp(UUID runId, String reason) {
    jdbc.sql(
            """
            update ukemi.evacuation_attempt
               set closed_at = clock_timestamp(), outcome = 'FAILED', reason = ?
             where run_id = ? and closed_at is null
            """)
        .params(reason, runId)
        .update();
  }

  /**
   * Closes the attempt of a process whose call has not left.
   *
   * @return its vmove; empty when there is none
   */
  Optional<UUID> closeUnaskedOf(String process, String reason) {
    return jdbc.sql(
            """
            update ukemi.evacuation_attempt
               set closed_at = clock_timestamp(), outcome = 'NOT_ASKED', reason = ?
             where process_instance = ? and asked_at is null and closed_at is null
            returning vmove_uuid
            """)
        .params(reason, process)
        .query(UUID.class)
        .optional();
  }

  /** Closed attempts whose process has not been told. */
  List<Untold> untold() {
    return jdbc.sql(
            """
            select a.id, a.process_instance from ukemi.evacuation_attempt a
              join ukemi.recovery_run r on r.id = a.run_id
             where a.told_at is null and a.closed_at is not null and not r.held
             order by a.closed_at
            """)
        .query(Untold.class)
        .list();
  }

  void told(long id) {
    jdbc.sql("update ukemi.evacuation_attempt set told_at = clock_timestamp() where id = ?")
        .param(id)
        .update();
  }

  boolean anyOpen() {
    return jdbc.sql(
            "select exists (select 1 from ukemi.evacuation_attempt where closed_at is null)")
        .query(Boolean.class)
        .single();
  }

  private static Attempt map(ResultSet row, int number) throws SQLException {
    String outcome = row.getString("outcome");
    return new Attempt(
        row.getLong("id"),
        row.getObject("run_id", UUID.class),
        row.getObject("vmove_uuid", UUID.class),
        row.getObject("instance_uuid", UUID.class),
        row.getString("instance_name"),
        row.getInt("number"),
        row.getString("source_host"),
        instant(row, "granted_at"),
        row.getInt("pass"),
        row.getString("target"),
        row.getObject("baseline_migration", Long.class),
        instant(row, "asked_at"),
        instant(row, "answered_at"),
        instant(row, "closed_at"),
        outcome == null ? null : Attempt.Outcome.valueOf(outcome),
        row.getString("dest_host"),
        row.getString("reason"),
        row.getString("state_wanted"),
        row.getBoolean("first_of_guest"),
        row.getBoolean("held"));
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  /**
   * A settled attempt of which the waiting process does not know yet.
   *
   * @param processInstance the child process that waits
   */
  record Untold(long id, String processInstance) {}
}
