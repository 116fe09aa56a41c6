package ukemi.fencing;

import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import ukemi.database.DatabaseClock;

/** The orders of each run, each kept before it leaves. */
@Repository
class PowerOrders {

  private final JdbcClient jdbc;
  private final DatabaseClock clock;
  private final OwnTransaction ownTransaction;

  PowerOrders(JdbcClient jdbc, DatabaseClock clock, OwnTransaction ownTransaction) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.ownTransaction = ownTransaction;
  }

  /** All orders of the run, oldest first. */
  List<PowerOrder> of(UUID runId) {
    return jdbc.sql(
            "select id, system_id, begun_at, ended_at, answer from ukemi.power_order"
                + " where run_id = ? order by id")
        .param(runId)
        .query(
            (row, number) ->
                new PowerOrder(
                    row.getLong("id"),
                    row.getString("system_id"),
                    Sql.time(row, "begun_at"),
                    Sql.time(row, "ended_at"),
                    row.getString("answer")))
        .list();
  }

  /** Ends orders whose sender died before it could write down the answer. */
  void endLost(UUID runId) {
    ownTransaction.run(
        () ->
            jdbc.sql(
                    "update ukemi.power_order set ended_at = clock_timestamp(),"
                        + " answer = 'answer lost: Ukemi stopped while it waited'"
                        + " where run_id = ? and ended_at is null")
                .param(runId)
                .update());
  }

  /**
   * Keeps that an order is about to leave.
   *
   * @return its id
   */
  long begin(UUID runId, String systemId) {
    return ownTransaction.call(
        () ->
            jdbc.sql(
                    "insert into ukemi.power_order (run_id, system_id, begun_at)"
                        + " values (?, ?, ?) returning id")
                .params(runId, systemId, Sql.time(clock.now()))
                .query(Long.class)
                .single());
  }

  /** Keeps how it ended. */
  void end(long id, String answer) {
    ownTransaction.run(
        () ->
            jdbc.sql("update ukemi.power_order set ended_at = ?, answer = ? where id = ?")
                .params(Sql.time(clock.now()), answer, id)
                .update());
  }
}
