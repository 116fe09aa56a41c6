package ukemi.fencing;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import ukemi.database.DatabaseClock;
import ukemi.fencing.ProofOfOff.Kind;
import ukemi.notification.RecoveryRun;

/** Stored proofs; at most one of a run is valid. */
@Repository
class Proofs {

  private static final String SELECT = "select * from ukemi.proof_of_off where run_id = ?";

  private static final RowMapper<ProofOfOff> MAPPER =
      (row, number) ->
          new ProofOfOff(
              row.getObject("id", UUID.class),
              row.getObject("run_id", UUID.class),
              row.getString("host_name"),
              Kind.valueOf(row.getString("kind")),
              Sql.time(row, "given_at"),
              row.getString("given_by"),
              row.getString("evidence"),
              Sql.time(row, "stands_from"),
              Sql.time(row, "last_used_at"),
              row.getBoolean("overrides_power"),
              Sql.time(row, "voided_at"),
              row.getString("void_reason"));

  private final JdbcClient jdbc;
  private final DatabaseClock clock;

  Proofs(JdbcClient jdbc, DatabaseClock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  Optional<ProofOfOff> valid(UUID runId) {
    return jdbc.sql(SELECT + " and voided_at is null").param(runId).query(MAPPER).optional();
  }

  /** The open run of the host of that name. */
  Optional<UUID> openRunOf(String hostName) {
    return jdbc.sql(
            "select id from ukemi.recovery_run where host_name = ? and closed_at is null limit 1")
        .param(hostName)
        .query(UUID.class)
        .optional();
  }

  /** Those of the hosts of which there is an uncontradicted proof, however old. */
  Set<String> ever(Collection<String> hostNames) {
    return hostNames.isEmpty()
        ? Set.of()
        : jdbc.sql(
                "select distinct host_name from ukemi.proof_of_off"
                    + " where host_name in (:hosts) and voided_at is null")
            .param("hosts", hostNames)
            .query(String.class)
            .set();
  }

  /**
   * Whether the host has been proven off after that time, or read off under a proof that it had
   * before, and nothing has contradicted it.
   */
  boolean anyOf(String hostName, Instant since) {
    return jdbc.sql(
            "select exists (select 1 from ukemi.proof_of_off p"
                + " where host_name = :host and voided_at is null and (given_at > :since"
                + " or exists (select 1 from ukemi.power_reading r where r.run_id = p.run_id"
                + " and r.state = 'OFF' and r.begun_at > :since)))")
        .param("host", hostName)
        .param("since", Sql.time(since))
        .query(Boolean.class)
        .single();
  }

  /** All of the run, oldest first. */
  List<ProofOfOff> of(UUID runId) {
    return jdbc.sql(SELECT + " order by given_at").param(runId).query(MAPPER).list();
  }

  /**
   * Stores a proof, or leaves the valid one that there is.
   *
   * @return the valid one
   */
  ProofOfOff add(
      RecoveryRun run,
      Kind kind,
      String givenBy,
      String evidence,
      Instant standsFrom,
      boolean overridesPower) {
    jdbc.sql(
            "insert into ukemi.proof_of_off (id, run_id, host_name, kind, given_at, given_by,"
                + " evidence, stands_from, overrides_power, last_used_at)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, clock_timestamp())"
                + " on conflict (run_id) where voided_at is null do nothing")
        .params(
            UUID.randomUUID(),
            run.id(),
            run.hostName(),
            kind.name(),
            Sql.time(clock.now()),
            givenBy,
            evidence,
            Sql.time(standsFrom),
            overridesPower)
        .update();
    return valid(run.id()).orElseThrow();
  }

  /**
   * Somebody relies on the run's valid proof.
   *
   * @return whether there still is one
   */
  boolean used(UUID runId) {
    return jdbc.sql(
                "update ukemi.proof_of_off set last_used_at = clock_timestamp()"
                    + " where run_id = ? and voided_at is null")
            .param(runId)
            .update()
        == 1;
  }

  /**
   * Ends a proof.
   *
   * @return whether it was valid until now
   */
  boolean end(ProofOfOff proof, String reason) {
    return jdbc.sql(
                "update ukemi.proof_of_off set voided_at = ?, void_reason = ?"
                    + " where id = ? and voided_at is null")
            .params(Sql.time(clock.now()), reason, proof.id())
            .update()
        == 1;
  }
}
