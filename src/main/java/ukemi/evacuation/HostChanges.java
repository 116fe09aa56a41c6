package ukemi.evacuation;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import ukemi.notification.RecoveryRun;

/** What a run has changed on its host, and what of it was put back. */
@Repository
class HostChanges {

  /** What a run changes; in the order of the text for a person. */
  enum Kind {
    FORCED_DOWN("forced down in Nova", "forced-down lifted"),
    DISABLED("disabled in Nova", "nova-compute enabled"),
    MAINTENANCE("on maintenance", "off maintenance"),
    RESERVE("no reserve any more", "a reserve again");

    final String made;
    final String putBack;

    Kind(String made, String putBack) {
      this.made = made;
      this.putBack = putBack;
    }
  }

  /**
   * One change.
   *
   * @param leftBecause why it could not be put back; null when it was, or when nobody tried
   */
  record Change(Kind kind, boolean putBack, String leftBecause) {}

  private final JdbcClient jdbc;

  HostChanges(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Keeps the change at once: it is about to be made, and a crash must not hide it. */
  @Transactional(propagation = Propagation.REQUIRES_NEW)
  public void aboutTo(UUID runId, Kind kind) {
    made(runId, kind);
  }

  /** Keeps the change together with what makes it. */
  @Transactional
  public void made(UUID runId, Kind kind) {
    jdbc.sql(
            """
            insert into ukemi.host_change (run_id, what) values (?, ?)
            on conflict (run_id, what) do update set put_back_at = null, left_because = null
            """)
        .params(runId, kind.name())
        .update();
  }

  /**
   * Takes over what an earlier run has changed on the host and nobody has put back: a recovery that
   * is tried again finds the host as that one left it.
   */
  @Transactional
  public void takeOver(RecoveryRun run) {
    jdbc.sql(
            """
            insert into ukemi.host_change (run_id, what)
            select :run, c.what
              from ukemi.host_change c join ukemi.host h on h.uuid = :host
             where h.maintenance_owner = 'RECOVERY' and c.put_back_at is null
               and c.run_id = (select r.id from ukemi.recovery_run r
                                where r.host_uuid = :host and r.id <> :run
                                order by r.opened_at desc limit 1)
            on conflict (run_id, what) do nothing
            """)
        .param("run", run.id())
        .param("host", run.hostUuid())
        .update();
  }

  @Transactional
  public void putBack(UUID runId, Kind kind) {
    jdbc.sql(
            """
            update ukemi.host_change set put_back_at = clock_timestamp(), left_because = null
            where run_id = ? and what = ?
            """)
        .params(runId, kind.name())
        .update();
  }

  @Transactional
  public void left(UUID runId, Kind kind, String because) {
    jdbc.sql("update ukemi.host_change set left_because = ? where run_id = ? and what = ?")
        .params(because, runId, kind.name())
        .update();
  }

  boolean isOpen(UUID runId, Kind kind) {
    return of(runId).stream().anyMatch(change -> change.kind() == kind && !change.putBack());
  }

  List<Change> of(UUID runId) {
    return jdbc
        .sql("select what, put_back_at, left_because from ukemi.host_change where run_id = ?")
        .param(runId)
        .query(
            (row, number) ->
                new Change(
                    Kind.valueOf(row.getString("what")),
                    Optional.ofNullable(row.getObject("put_back_at")).isPresent(),
                    row.getString("left_because")))
        .list()
        .stream()
        .sorted(java.util.Comparator.comparing(Change::kind))
        .toList();
  }
}
