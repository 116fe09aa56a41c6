package ukemi.notification;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;
import ukemi.database.Columns;
import ukemi.database.LastBeat.Loss;

/**
 * What is held because the database was restored from an older back-up: what it calls open may have
 * ended long ago. At most one hold is open.
 */
@Repository
public class Holds {

  /**
   * A hold.
   *
   * @param remembered what a node remembered to have written
   * @param found what it found of that; null = nothing
   */
  public record Hold(long id, Instant heldAt, Instant remembered, Instant found) {}

  /** What is over, and has something of it left to settle. */
  private static final String UNSETTLED =
      """
      r.closed_at is not null
      and (exists (select 1 from ukemi.evacuation_attempt a where a.run_id = r.id and a.closed_at is null)
      or exists (select 1 from ukemi.reserve_claim c where c.run_id = r.id and c.settled_at is null)
      or exists (select 1 from ukemi.vmove v where v.run_id = r.id and v.locked))
      """;

  private final JdbcClient jdbc;

  Holds(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The one that a person has not decided about. */
  public Optional<Hold> open() {
    return jdbc.sql("select * from ukemi.hold where decided_at is null")
        .query(Holds::row)
        .optional();
  }

  /** Whether another node has noticed the same: what this one remembers is older than a hold. */
  public boolean isNoticed(Loss loss) {
    return jdbc.sql("select exists (select 1 from ukemi.hold where held_at > ?)")
        .param(Columns.parameter(loss.remembered()))
        .query(Boolean.class)
        .single();
  }

  /**
   * Holds the runs of the processes that were suspended, and those that are over but not settled. A
   * hold that is open takes them in. To be called by one node at a time.
   */
  @Transactional
  public void hold(Loss loss, Collection<String> processes) {
    long id = open().map(open -> again(open, loss)).orElseGet(() -> add(loss));
    for (String process : processes) {
      jdbc.sql("insert into ukemi.held_process values (?, ?) on conflict do nothing")
          .params(id, process)
          .update();
    }
    jdbc.sql(
            """
            update ukemi.recovery_run r set held = true
             where r.process_instance_id in
                     (select process_instance_id from ukemi.held_process where hold_id = :hold)
                   and r.closed_at is null
                or\s"""
                + UNSETTLED)
        .param("hold", id)
        .update();
  }

  private long again(Hold open, Loss loss) {
    jdbc.sql(
            """
            update ukemi.hold set held_at = clock_timestamp(), remembered_at = ?, found_at = ?
             where id = ?
            """)
        .params(Columns.parameter(loss.remembered()), Columns.parameter(loss.found()), open.id())
        .update();
    return open.id();
  }

  private long add(Loss loss) {
    return jdbc.sql("insert into ukemi.hold (remembered_at, found_at) values (?, ?) returning id")
        .params(Columns.parameter(loss.remembered()), Columns.parameter(loss.found()))
        .query(Long.class)
        .single();
  }

  /** The processes that were suspended; some may be gone. */
  public List<String> processes(long hold) {
    return jdbc.sql("select process_instance_id from ukemi.held_process where hold_id = ?")
        .param(hold)
        .query(String.class)
        .list();
  }

  /**
   * Ends the hold: from now on the runs are as any other.
   *
   * @param decision goOn or close
   */
  @Transactional
  public void decided(long hold, String decision, String person) {
    jdbc.sql(
            """
            update ukemi.hold set decided_at = clock_timestamp(), decision = ?, person = ?
             where id = ?
            """)
        .params(decision, person, hold)
        .update();
    jdbc.sql("update ukemi.recovery_run set held = false where held").update();
  }

  /** Runs that are held, oldest first; also closed ones of which something is left to settle. */
  public List<RecoveryRun> runs() {
    return jdbc.sql("select * from ukemi.recovery_run where held order by opened_at, id")
        .query(RecoveryRuns::row)
        .list();
  }

  /**
   * Whether the run's host was reported failed since it is held, and not started after that: the
   * report was answered with the run, or as a duplicate, and monitors speak once.
   */
  public boolean wasReportedAgain(RecoveryRun run) {
    return jdbc.sql(
            """
            select exists (
              select 1 from
                (select received_at from ukemi.notification
                  where source_host_uuid = :host and type = 'COMPUTE_HOST'
                    and payload ->> 'event' = 'STOPPED' and status = 'ignored'
                 union all
                 select received_at from ukemi.refused_notification
                  where host_name = :name and type = 'COMPUTE_HOST'
                    and payload ->> 'event' = 'STOPPED') report
               where received_at > (select held_at from ukemi.hold where decided_at is null)
                 and received_at > coalesce(:started, '-infinity'::timestamptz))
            """)
        .param("host", run.hostUuid())
        .param("name", run.hostName())
        .param(
            "started",
            Columns.parameter(run.hostStartedAt()),
            java.sql.Types.TIMESTAMP_WITH_TIMEZONE)
        .query(Boolean.class)
        .single();
  }

  private static Hold row(ResultSet row, int number) throws SQLException {
    return new Hold(
        row.getLong("id"),
        Columns.instant(row, "held_at"),
        Columns.instant(row, "remembered_at"),
        Columns.instant(row, "found_at"));
  }
}
