package ukemi.fencing;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import ukemi.database.DatabaseClock;

/** Confirmations that were not taken. */
@Repository
class RefusedConfirmations {

  private final JdbcClient jdbc;
  private final DatabaseClock clock;

  RefusedConfirmations(JdbcClient jdbc, DatabaseClock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  record RefusedConfirmation(String person, Instant refusedAt, String reason) {}

  void add(UUID runId, String person, boolean contradicted, String reason) {
    jdbc.sql(
            "insert into ukemi.refused_confirmation"
                + " (run_id, person, refused_at, contradicted, reason) values (?, ?, ?, ?, ?)")
        .params(runId, person, Sql.time(clock.now()), contradicted, reason)
        .update();
  }

  /**
   * Whether somebody else was refused because the world said otherwise, since the run last lost a
   * proof.
   */
  boolean anotherWasContradicted(UUID runId, String person) {
    return jdbc.sql(
            """
            select exists (
              select from ukemi.refused_confirmation c
              where c.run_id = :run and c.contradicted
                and lower(trim(c.person)) <> lower(trim(:person))
                and c.refused_at > coalesce(
                  (select max(voided_at) from ukemi.proof_of_off p where p.run_id = :run),
                  '-infinity'))
            """)
        .param("run", runId)
        .param("person", person)
        .query(Boolean.class)
        .single();
  }

  List<RefusedConfirmation> of(UUID runId) {
    return jdbc.sql(
            "select person, refused_at, reason from ukemi.refused_confirmation"
                + " where run_id = ? order by id")
        .param(runId)
        .query(
            (row, number) ->
                new RefusedConfirmation(
                    row.getString("person"), Sql.time(row, "refused_at"), row.getString("reason")))
        .list();
  }
}
