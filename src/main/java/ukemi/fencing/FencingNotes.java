package ukemi.fencing;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import ukemi.database.DatabaseClock;

/** What a person should know besides orders and readings. Kept also when the step is undone. */
@Repository
class FencingNotes {

  private static final int LONGEST = 1000;

  private final JdbcClient jdbc;
  private final DatabaseClock clock;
  private final OwnTransaction ownTransaction;

  FencingNotes(JdbcClient jdbc, DatabaseClock clock, OwnTransaction ownTransaction) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.ownTransaction = ownTransaction;
  }

  /** A note; the same text of one run is kept once, however often a step is tried. */
  record Note(String text, Instant firstAt, Instant lastAt) {}

  void add(UUID runId, String text) {
    String kept = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    ownTransaction.run(
        () ->
            jdbc.sql(
                    "insert into ukemi.fencing_note (run_id, text, first_at, last_at)"
                        + " values (:run, :text, :now, :now)"
                        + " on conflict (run_id, text) do update set last_at = excluded.last_at")
                .param("run", runId)
                .param("text", kept)
                .param("now", Sql.time(clock.now()))
                .update());
  }

  List<Note> of(UUID runId) {
    return jdbc.sql(
            "select text, first_at, last_at from ukemi.fencing_note where run_id = ?"
                + " order by first_at")
        .param(runId)
        .query(
            (row, number) ->
                new Note(
                    row.getString("text"), Sql.time(row, "first_at"), Sql.time(row, "last_at")))
        .list();
  }
}
