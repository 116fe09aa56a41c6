package ukemi.fencing;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import ukemi.compute.Compute;
import ukemi.compute.ComputeService;
import ukemi.notification.RecoveryRun;

/**
 * Whether a host is alive, by its heartbeats in Nova (rule R2). Compares times of Nova only with
 * times of Nova.
 */
@Component
public class Heartbeats {

  /** Longer than Nova may take to answer a write of ours. */
  private static final String OWN_WRITE_AT_MOST = "interval '2 minutes'";

  private final Compute compute;
  private final DetectionSettings settings;
  private final JdbcClient jdbc;
  private final OwnTransaction ownTransaction;

  Heartbeats(
      Compute compute, DetectionSettings settings, JdbcClient jdbc, OwnTransaction ownTransaction) {
    this.compute = compute;
    this.settings = settings;
    this.jdbc = jdbc;
    this.ownTransaction = ownTransaction;
  }

  /**
   * What is stored of a run's heartbeats.
   *
   * @param readAt Nova's Date of the newest reading
   */
  record Heartbeat(
      Instant baseline, Instant last, Instant readAt, Instant aliveSince, Instant hostStartedAt) {

    /** A sign of life since the baseline. */
    boolean advanced() {
      return last.isAfter(baseline);
    }
  }

  /**
   * Reads the host's service once and keeps it; the first reading of a run is its baseline. Keeps
   * nothing when Nova does not know the host, and nothing while a write of ours is announced. After
   * a write that never came back, the first reading is the new baseline: it may be that write.
   *
   * @throws ukemi.compute.ComputeUnavailable when Nova does not answer
   */
  public void read(RecoveryRun run) {
    compute
        .service(run.hostName())
        .filter(service -> service.heartbeat() != null)
        .ifPresent(service -> keep(run, service));
  }

  private void keep(RecoveryRun run, ComputeService service) {
    boolean silent = isSilent(service.heartbeat(), service.readAt());
    ownTransaction.run(
        () ->
            jdbc.sql(
                    """
                    insert into ukemi.heartbeat as h
                      (run_id, host_name, baseline, last_heartbeat, read_at)
                    values (:run, :host, :heartbeat, :heartbeat, :read)
                    on conflict (run_id) do update set
                      last_heartbeat = greatest(h.last_heartbeat, :heartbeat),
                      baseline = case
                        when h.own_write_at is null then h.baseline
                        else greatest(h.baseline, h.last_heartbeat, :heartbeat) end,
                      read_at = :read,
                      alive_since = case
                        when :silent or h.own_write_at is not null then null
                        when :heartbeat > h.last_heartbeat then coalesce(h.alive_since, :read)
                        else h.alive_since end,
                      own_write_at = null
                    where h.read_at <= :read
                      and (h.own_write_at is null
                        or h.own_write_at < clock_timestamp() - %s)
                    """
                        .formatted(OWN_WRITE_AT_MOST))
                .param("run", run.id())
                .param("host", run.hostName())
                .param("heartbeat", Sql.time(service.heartbeat()))
                .param("read", Sql.time(service.readAt()))
                .param("silent", silent)
                .update());
  }

  /** What the readings of the run say. */
  public HeartbeatVerdict verdict(UUID runId) {
    return of(runId).map(this::verdict).orElse(HeartbeatVerdict.UNKNOWN_YET);
  }

  private HeartbeatVerdict verdict(Heartbeat heartbeat) {
    if (isSilent(heartbeat.last(), heartbeat.readAt())) {
      return HeartbeatVerdict.SILENT;
    }
    if (!heartbeat.advanced()) {
      return HeartbeatVerdict.UNKNOWN_YET;
    }
    boolean aliveForLong =
        heartbeat.aliveSince() != null
            && !heartbeat
                .readAt()
                .isBefore(heartbeat.aliveSince().plus(settings.falseAlarmAfter()));
    return aliveForLong || heartbeat.hostStartedAt() != null
        ? HeartbeatVerdict.FALSE_ALARM
        : HeartbeatVerdict.ALIVE;
  }

  /**
   * To be called before each write of ours to the service (force down, disable): it moves the
   * heartbeat, and must not be taken for a sign of life. Ends with {@link #rebase}. If that never
   * comes (we crashed), the first reading after two minutes is taken as ours, and any later
   * heartbeat as the host's.
   */
  public void announceOwnWrite(UUID runId) {
    ownTransaction.run(
        () ->
            jdbc.sql("update ukemi.heartbeat set own_write_at = clock_timestamp() where run_id = ?")
                .param(runId)
                .update());
  }

  /** Like {@link #rebase}, but only when a write of ours was announced and its end is unknown. */
  public void rebaseIfAnnounced(UUID runId, ComputeService service) {
    boolean announced =
        jdbc.sql(
                "select exists (select from ukemi.heartbeat"
                    + " where run_id = ? and own_write_at is not null)")
            .param(runId)
            .query(Boolean.class)
            .single();
    if (announced) {
      rebase(runId, service);
    }
  }

  /** To be called after each write of ours, with the service as it is then. */
  public void rebase(UUID runId, ComputeService afterOurOwnWrite) {
    if (afterOurOwnWrite.heartbeat() == null) {
      return;
    }
    ownTransaction.run(
        () ->
            jdbc.sql(
                    """
                    update ukemi.heartbeat set
                      baseline = greatest(baseline, :heartbeat),
                      last_heartbeat = greatest(baseline, :heartbeat),
                      read_at = greatest(read_at, :read),
                      alive_since = null,
                      own_write_at = null
                    where run_id = :run
                    """)
                .param("heartbeat", Sql.time(afterOurOwnWrite.heartbeat()))
                .param("read", Sql.time(afterOurOwnWrite.readAt()))
                .param("run", runId)
                .update());
  }

  /** Whether Nova has heard nothing from a host since it was last read here, our writes apart. */
  boolean hasStayedSilent(String hostName) {
    return jdbc.sql(
            "select baseline from ukemi.heartbeat where host_name = ? order by read_at desc limit 1")
        .param(hostName)
        .query((row, number) -> Sql.time(row, "baseline"))
        .optional()
        .filter(
            baseline ->
                compute
                    .service(hostName)
                    .filter(service -> service.heartbeat() != null)
                    .filter(service -> !service.heartbeat().isAfter(baseline))
                    .isPresent())
        .isPresent();
  }

  /** Whether the newest reading shows a sign of life that is not over. */
  public boolean isAlive(UUID runId) {
    return of(runId).filter(this::isAlive).isPresent();
  }

  private boolean isAlive(Heartbeat heartbeat) {
    return switch (verdict(heartbeat)) {
      case ALIVE, FALSE_ALARM -> true;
      case SILENT, UNKNOWN_YET -> false;
    };
  }

  /**
   * Unless the host is alive, forgives what was seen of it: from here on only a later heartbeat is
   * a sign of life.
   *
   * @return false when the host is alive
   */
  boolean forgiveIfSilent(UUID runId) {
    Optional<Heartbeat> heartbeat = of(runId);
    if (heartbeat.filter(this::isAlive).isPresent()) {
      return false;
    }
    heartbeat.ifPresent(seen -> forgive(runId, seen));
    return true;
  }

  /** Forgives what was seen until now, whatever it was: a second person answers for it. */
  void forgive(UUID runId) {
    of(runId).ifPresent(seen -> forgive(runId, seen));
  }

  private void forgive(UUID runId, Heartbeat seen) {
    ownTransaction.run(
        () ->
            jdbc.sql("update ukemi.heartbeat set baseline = greatest(baseline, ?) where run_id = ?")
                .params(Sql.time(seen.last()), runId)
                .update());
  }

  Optional<Heartbeat> of(UUID runId) {
    return jdbc.sql(
            "select h.*, r.host_started_at from ukemi.heartbeat h"
                + " join ukemi.recovery_run r on r.id = h.run_id where h.run_id = ?")
        .param(runId)
        .query(
            (row, number) ->
                new Heartbeat(
                    Sql.time(row, "baseline"),
                    Sql.time(row, "last_heartbeat"),
                    Sql.time(row, "read_at"),
                    Sql.time(row, "alive_since"),
                    Sql.time(row, "host_started_at")))
        .optional();
  }

  private boolean isSilent(Instant heartbeat, Instant novasTime) {
    return novasTime.isAfter(heartbeat.plus(settings.heartbeatSilence()));
  }
}
