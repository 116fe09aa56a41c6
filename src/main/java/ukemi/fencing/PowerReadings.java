package ukemi.fencing;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The live readings of each run. */
@Repository
class PowerReadings {

  private static final String COLUMNS =
      "select system_id, begun_at, ended_at, state, detail from ukemi.power_reading";

  private static final RowMapper<PowerReading> MAPPER =
      (row, number) ->
          new PowerReading(
              row.getString("system_id"),
              Sql.time(row, "begun_at"),
              Sql.time(row, "ended_at"),
              PowerState.valueOf(row.getString("state")),
              row.getString("detail"));

  private final JdbcClient jdbc;

  PowerReadings(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  void add(UUID runId, PowerReading reading) {
    jdbc.sql(
            "insert into ukemi.power_reading (run_id, system_id, begun_at, ended_at, state, detail)"
                + " values (?, ?, ?, ?, ?, ?)")
        .params(
            runId,
            reading.systemId(),
            Sql.time(reading.begunAt()),
            Sql.time(reading.endedAt()),
            reading.state().name(),
            reading.detail())
        .update();
  }

  /** All of the run, oldest first. */
  List<PowerReading> of(UUID runId) {
    return jdbc.sql(COLUMNS + " where run_id = ? order by begun_at")
        .param(runId)
        .query(MAPPER)
        .list();
  }

  /** The newest of the run, newest first: as many as the rule can need. */
  List<PowerReading> newest(UUID runId) {
    return jdbc.sql(COLUMNS + " where run_id = ? order by begun_at desc limit 50")
        .param(runId)
        .query(MAPPER)
        .list();
  }

  Optional<PowerReading> newest(UUID runId, PowerState state) {
    return jdbc.sql(COLUMNS + " where run_id = ? and state = ? order by begun_at desc limit 1")
        .params(runId, state.name())
        .query(MAPPER)
        .optional();
  }

  /** The first of that state begun after the time. */
  Optional<PowerReading> firstSince(UUID runId, PowerState state, Instant since) {
    return jdbc.sql(
            COLUMNS + " where run_id = ? and state = ? and begun_at > ? order by begun_at limit 1")
        .params(runId, state.name(), Sql.time(since))
        .query(MAPPER)
        .optional();
  }

  Optional<PowerReading> newestEndedBefore(UUID runId, Instant time) {
    return jdbc.sql(COLUMNS + " where run_id = ? and ended_at < ? order by begun_at desc limit 1")
        .params(runId, Sql.time(time))
        .query(MAPPER)
        .optional();
  }

  /** The first of that state that ended after the time. */
  Optional<PowerReading> firstEndedSince(UUID runId, PowerState state, Instant since) {
    return jdbc.sql(
            COLUMNS + " where run_id = ? and state = ? and ended_at > ? order by begun_at limit 1")
        .params(runId, state.name(), Sql.time(since))
        .query(MAPPER)
        .optional();
  }

  boolean anySince(UUID runId, Instant since) {
    return jdbc.sql(
            "select exists (select from ukemi.power_reading where run_id = ? and begun_at > ?)")
        .params(runId, Sql.time(since))
        .query(Boolean.class)
        .single();
  }
}
