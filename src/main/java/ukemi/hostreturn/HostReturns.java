package ukemi.hostreturn;

import static java.util.stream.Collectors.joining;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;
import ukemi.database.Columns;
import ukemi.evacuation.Guests;
import ukemi.notification.Notification;
import ukemi.notification.Notification.Status;
import ukemi.notification.Notifications;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;
import ukemi.segment.Host;
import ukemi.segment.Hosts;
import ukemi.segment.MaintenanceOwner;

/** The hosts on their way back into service: at most one open return for a host. */
@Repository
public class HostReturns {

  private final JdbcClient jdbc;
  private final Hosts hosts;
  private final RecoveryRuns runs;
  private final Notifications notifications;
  private final Guests guests;

  HostReturns(
      JdbcClient jdbc, Hosts hosts, RecoveryRuns runs, Notifications notifications, Guests guests) {
    this.jdbc = jdbc;
    this.hosts = hosts;
    this.runs = runs;
    this.notifications = notifications;
    this.guests = guests;
  }

  /**
   * Takes over a host that is on maintenance. May be called again.
   *
   * @return this process's open return
   * @throws NotReturned when the host is not to be returned now
   */
  @Transactional
  public HostReturn open(String hostName, String processInstanceId) throws NotReturned {
    Host host =
        hosts
            .byName(hostName)
            .flatMap(found -> hosts.lock(found.uuid()))
            .orElseThrow(() -> new NotReturned("No host named " + hostName + " is registered"));
    Optional<HostReturn> ours =
        openOf(host.uuid()).filter(one -> one.processInstanceId().equals(processInstanceId));
    if (ours.isPresent()) {
      return ours.get();
    }
    Optional<String> objection = objection(host);
    if (objection.isPresent()) {
      throw new NotReturned(objection.get());
    }
    hosts.handOver(host.uuid(), host.maintenanceOwner(), MaintenanceOwner.RETURN);
    jdbc.sql(
            """
            insert into ukemi.host_return
              (id, host_uuid, host_name, owner_before, run_ids, process_instance_id)
            values (?, ?, ?, ?, ?::uuid[], ?)
            """)
        .params(
            UUID.randomUUID(),
            host.uuid(),
            hostName,
            host.maintenanceOwner().name(),
            recoveries(host),
            processInstanceId)
        .update();
    return openOf(host.uuid()).orElseThrow();
  }

  private String recoveries(Host host) {
    List<RecoveryRun> since =
        host.maintenanceOwner() == MaintenanceOwner.RECOVERY
            ? runs.sinceInService(host.uuid())
            : List.of();
    return since.stream().map(run -> run.id().toString()).collect(joining(",", "{", "}"));
  }

  /**
   * Recovered hosts that have started since, or were found alive, and about whose return nobody was
   * asked. A start that came before a proof of off was none: monitors report one, too, when a
   * cluster tries to reach a dead host again.
   */
  public List<Host> startedSinceRecovery() {
    return jdbc
        .sql(
            """
            select h.uuid from ukemi.host h
             where h.maintenance_owner = 'RECOVERY' and h.deleted_at is null
               and (select max(r.host_started_at) from ukemi.recovery_run r
                     where r.host_uuid = h.uuid)
                   > greatest(
                       coalesce(h.returned_at, '-infinity'),
                       (select max(p.given_at) from ukemi.proof_of_off p
                          join ukemi.recovery_run r on r.id = p.run_id
                         where r.host_uuid = h.uuid),
                       (select max(b.opened_at) from ukemi.host_return b
                         where b.host_uuid = h.uuid))
             order by h.name
            """)
        .query(UUID.class)
        .list()
        .stream()
        .flatMap(host -> hosts.byUuid(host).stream())
        .toList();
  }

  /** Why the host can't be returned now; empty when it can. */
  public Optional<String> objection(Host host) {
    if (openOf(host.uuid()).isPresent()) {
      return Optional.of(host.name() + " is being returned already");
    }
    if (!host.onMaintenance()) {
      return Optional.of(host.name() + " is not on maintenance: it is in service");
    }
    if (host.maintenanceOwner() == MaintenanceOwner.PROCESS) {
      return Optional.of(
          "A process of %s has failed; it returns by itself when the process is back"
              .formatted(host.name()));
    }
    if (runs.openRunOf(host.uuid()).isPresent() || notifications.unfinishedOf(host.uuid())) {
      return Optional.of(host.name() + " is being recovered");
    }
    int underWay = guests.underWayFrom(host.name());
    return underWay > 0
        ? Optional.of("Nova is still at work on %d guests of %s".formatted(underWay, host.name()))
        : Optional.empty();
  }

  /**
   * The recovery after which the host returns, not a false alarm that came after it; empty when an
   * operator took it out of service.
   */
  public Optional<RecoveryRun> recoveryBefore(HostReturn hostReturn) {
    List<RecoveryRun> before = hostReturn.runIds().stream().map(runs::get).toList();
    return before.stream()
        .filter(
            run ->
                notifications.find(run.notificationUuid()).map(Notification::status).orElse(null)
                    != Status.IGNORED)
        .reduce((first, last) -> last)
        .or(() -> before.stream().reduce((first, last) -> last));
  }

  /**
   * Makes sure that the host is still the return's: nobody recovers it, has reported it dead, or
   * has taken it off maintenance.
   *
   * @throws HostLost when it is not
   */
  void requireOurs(HostReturn hostReturn) throws HostLost {
    HostReturn now = get(hostReturn.id());
    String host = hostReturn.hostName();
    if (now.reportedDownAt() != null) {
      throw new HostLost(
          "%s was reported dead at %s, during its return; retry its recovery, or look at it and return it again"
              .formatted(host, now.reportedDownAt()));
    }
    if (now.closedAt() != null
        || hosts
            .byUuid(hostReturn.hostUuid())
            .filter(one -> one.maintenanceOwner() == MaintenanceOwner.RETURN)
            .isEmpty()) {
      throw new HostLost(host + " is not on maintenance for its return any more");
    }
    if (guests.underWayFrom(host) > 0) {
      throw new HostLost("Nova is at work on an evacuation from " + host);
    }
  }

  /** The return of that id, open or closed. */
  public HostReturn get(UUID id) {
    return jdbc.sql("select * from ukemi.host_return where id = ?")
        .param(id)
        .query(HostReturns::row)
        .single();
  }

  /** Open returns. */
  public List<HostReturn> open() {
    return jdbc.sql("select * from ukemi.host_return where closed_at is null order by opened_at")
        .query(HostReturns::row)
        .list();
  }

  private Optional<HostReturn> openOf(UUID host) {
    return jdbc.sql("select * from ukemi.host_return where host_uuid = ? and closed_at is null")
        .param(host)
        .query(HostReturns::row)
        .optional();
  }

  /** Gives the host back to who had it on maintenance before. Does nothing when it has ended. */
  @Transactional
  public void giveUp(HostReturn hostReturn) {
    hosts.lock(hostReturn.hostUuid());
    if (close(hostReturn)) {
      hosts.handOver(hostReturn.hostUuid(), MaintenanceOwner.RETURN, hostReturn.ownerBefore());
    }
  }

  /** Ends a return whose host is in service. */
  @Transactional
  public boolean close(HostReturn hostReturn) {
    return jdbc.sql(
                """
                update ukemi.host_return set closed_at = clock_timestamp()
                where id = ? and closed_at is null
                """)
            .param(hostReturn.id())
            .update()
        == 1;
  }

  /** Notes what became of a step; what is noted last counts. */
  @Transactional
  public void note(HostReturn hostReturn, Step step, boolean done, String detail) {
    jdbc.sql(
            """
            insert into ukemi.host_return_step (return_id, step, done, detail) values (?, ?, ?, ?)
            on conflict (return_id, step) do update
              set done = excluded.done, detail = excluded.detail, at = excluded.at
            """)
        .params(hostReturn.id(), step.name(), done, detail)
        .update();
  }

  /** What was done, or what was left undone, one each, in order. */
  public List<String> noted(HostReturn hostReturn, boolean done) {
    return jdbc.sql(
            "select detail from ukemi.host_return_step where return_id = ? and done = ? order by at")
        .params(hostReturn.id(), done)
        .query(String.class)
        .list();
  }

  /** The steps of a return that the report tells about. */
  enum Step {
    POWER,
    LOCK,
    OLD_GUESTS,
    FORCED_DOWN,
    SERVICE,
    REFUSED,
    MAINTENANCE,
    GUESTS,
    RESERVE
  }

  private static HostReturn row(ResultSet row, int number) throws SQLException {
    return new HostReturn(
        Columns.uuid(row, "id"),
        Columns.uuid(row, "host_uuid"),
        row.getString("host_name"),
        MaintenanceOwner.valueOf(row.getString("owner_before")),
        List.of((UUID[]) row.getArray("run_ids").getArray()),
        Columns.instant(row, "reported_down_at"),
        row.getString("process_instance_id"),
        Columns.instant(row, "opened_at"),
        Columns.instant(row, "closed_at"));
  }
}
