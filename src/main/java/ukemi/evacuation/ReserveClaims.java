package ukemi.evacuation;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import ukemi.evacuation.Reserves.Claim;
import ukemi.evacuation.Reserves.ReserveOutcome;
import ukemi.segment.Host;
import ukemi.segment.Hosts;

/** Tables reserve_claim and reserve_aggregate. What is announced here is committed at once. */
@Repository
class ReserveClaims {

  private static final String SELECT =
      """
      select id, host_uuid, host_name, enabling_at is not null as enabled_by_us,
             tried_at is not null as tried
        from ukemi.reserve_claim where settled_at is null and run_id = ?
      """;

  private final JdbcClient jdbc;
  private final Hosts hosts;

  ReserveClaims(JdbcClient jdbc, Hosts hosts) {
    this.jdbc = jdbc;
    this.hosts = hosts;
  }

  /** Empty when another run holds it. */
  @Transactional(propagation = Propagation.REQUIRES_NEW)
  public Optional<Long> add(UUID runId, Host reserve) {
    return jdbc.sql(
            """
            insert into ukemi.reserve_claim (run_id, host_uuid, host_name) values (?, ?, ?)
                on conflict (host_uuid) where settled_at is null do nothing returning id
            """)
        .params(runId, reserve.uuid(), reserve.name())
        .query(Long.class)
        .optional();
  }

  /** Hosts that any run holds, and those that this run held before. */
  List<UUID> takenOrTriedBy(UUID runId) {
    return jdbc.sql(
            "select host_uuid from ukemi.reserve_claim where settled_at is null or run_id = ?")
        .param(runId)
        .query(UUID.class)
        .list();
  }

  List<Claim> allOpenOf(UUID runId) {
    return jdbc.sql(SELECT + " order by id").param(runId).query(Claim.class).list();
  }

  /** The claim made last. */
  Optional<Claim> openOf(UUID runId) {
    return jdbc.sql(SELECT + " order by id desc limit 1")
        .param(runId)
        .query(Claim.class)
        .optional();
  }

  Optional<Claim> openOf(UUID runId, String host) {
    return allOpenOf(runId).stream().filter(claim -> claim.hostName().equals(host)).findFirst();
  }

  void letGo(UUID runId) {
    jdbc.sql(
            """
            update ukemi.reserve_claim set let_go_at = clock_timestamp()
             where run_id = ? and let_go_at is null
            """)
        .param(runId)
        .update();
  }

  List<UUID> runsDoneWithTheirs() {
    return jdbc.sql(
            """
            select distinct r.id
              from ukemi.reserve_claim c join ukemi.recovery_run r on r.id = c.run_id
             where c.settled_at is null and (c.let_go_at is not null or r.closed_at is not null)
               and not r.held
            """)
        .query(UUID.class)
        .list();
  }

  /** Whether a guest is on its way there, in any run. */
  boolean isTargeted(String host) {
    return jdbc.sql(
            """
            select exists (select 1 from ukemi.evacuation_attempt
                            where target = ? and closed_at is null)
            """)
        .param(host)
        .query(Boolean.class)
        .single();
  }

  /** The same, or on its way to where Nova chooses. */
  boolean mayBeTargeted(String host) {
    return jdbc.sql(
            """
            select exists (select 1 from ukemi.evacuation_attempt
                            where (target = ? or target is null) and closed_at is null)
            """)
        .param(host)
        .query(Boolean.class)
        .single();
  }

  @Transactional(propagation = Propagation.REQUIRES_NEW)
  public void enabling(long claim) {
    jdbc.sql("update ukemi.reserve_claim set enabling_at = clock_timestamp() where id = ?")
        .param(claim)
        .update();
  }

  @Transactional(propagation = Propagation.REQUIRES_NEW)
  public void joining(long claim, long aggregate) {
    jdbc.sql("insert into ukemi.reserve_aggregate values (?, ?) on conflict do nothing")
        .params(claim, aggregate)
        .update();
  }

  List<Long> joined(long claim) {
    return jdbc.sql("select aggregate_id from ukemi.reserve_aggregate where claim_id = ?")
        .param(claim)
        .query(Long.class)
        .list();
  }

  /** Settled claims of that reserve that were used. */
  List<Long> usedAs(UUID runId, String host) {
    return jdbc.sql(
            """
            select id from ukemi.reserve_claim
             where run_id = ? and host_name = ? and outcome = 'USED'
            """)
        .params(runId, host)
        .query(Long.class)
        .list();
  }

  void tried(long claim) {
    jdbc.sql("update ukemi.reserve_claim set tried_at = clock_timestamp() where id = ?")
        .param(claim)
        .update();
  }

  void used(Claim claim) {
    hosts.setReserved(claim.hostUuid(), false);
    settle(claim.id(), ReserveOutcome.USED, null);
  }

  void settle(long claim, ReserveOutcome outcome, String reason) {
    jdbc.sql(
            """
            update ukemi.reserve_claim
               set settled_at = clock_timestamp(), outcome = ?, reason = ?
             where id = ? and settled_at is null
            """)
        .params(outcome.name(), reason, claim)
        .update();
  }
}
