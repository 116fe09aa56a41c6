package ukemi.evacuation;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import ukemi.compute.Aggregate;
import ukemi.compute.Compute;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeService;
import ukemi.compute.ComputeUnavailable;
import ukemi.fault.Boundaries;
import ukemi.fault.Boundary;
import ukemi.notification.PlannedFailures;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;
import ukemi.segment.Host;
import ukemi.segment.Hosts;

/**
 * The reserves of a segment: one recovery holds a reserve, fills it, and gives it back when nothing
 * came onto it (rule R10).
 */
@Service
public class Reserves {

  private static final Logger LOG = LoggerFactory.getLogger(Reserves.class);

  private static final String RESERVED = "Ukemi: reserve";
  private static final String GIVEN_BACK = "Ukemi: reserve, given back unused, claim ";

  private final ReserveClaims claims;
  private final Hosts hosts;
  private final RecoveryRuns runs;
  private final PlannedFailures plannedFailures;
  private final Compute compute;
  private final TargetSettings settings;
  private final JdbcClient jdbc;

  Reserves(
      ReserveClaims claims,
      Hosts hosts,
      RecoveryRuns runs,
      PlannedFailures plannedFailures,
      Compute compute,
      TargetSettings settings,
      JdbcClient jdbc) {
    this.claims = claims;
    this.hosts = hosts;
    this.runs = runs;
    this.plannedFailures = plannedFailures;
    this.compute = compute;
    this.settings = settings;
    this.jdbc = jdbc;
  }

  /** Reserves that the run could still claim, as far as our own tables tell. */
  public int count(RecoveryRun run) {
    return free(run).size();
  }

  /**
   * Claims the reserve registered last that Nova shows up. One that is down is not asked again in
   * this run.
   *
   * @return its name
   * @throws NoReserve when there is none
   */
  @Transactional(noRollbackFor = NoReserve.class)
  public String claim(RecoveryRun run) throws NoReserve {
    Optional<String> claimed = claims.openOf(run.id()).filter(c -> !c.tried()).map(Claim::hostName);
    if (claimed.isPresent()) {
      return claimed.get(); // before a crash
    }
    for (Host reserve : free(run)) {
      Optional<Long> claim = claims.add(run.id(), reserve);
      if (claim.isEmpty()) {
        continue;
      }
      if (compute.service(reserve.name()).filter(Reserves::isUsable).isPresent()) {
        return reserve.name();
      }
      LOG.warn("{} is no reserve for {}: its nova-compute is down", reserve.name(), run.hostName());
      claims.settle(claim.get(), ReserveOutcome.UNUSABLE, "its nova-compute is down");
    }
    throw new NoReserve("no free reserve of the segment is up");
  }

  private List<Host> free(RecoveryRun run) {
    List<UUID> taken = claims.takenOrTriedBy(run.id());
    List<Host> others = hosts.besides(run.hostName());
    Set<UUID> worked = plannedFailures.openAmong(others.stream().map(Host::uuid).toList());
    return others.stream()
        .filter(host -> host.reserved() && !host.onMaintenance() && !taken.contains(host.uuid()))
        .filter(host -> !worked.contains(host.uuid()))
        .filter(host -> runs.openRunOf(host.uuid()).isEmpty())
        .toList();
  }

  private static boolean isUsable(ComputeService service) {
    return service.up() && !service.forcedDown();
  }

  /**
   * Lets Nova place guests on the claimed reserve, and puts it into the aggregates of the dead host
   * where the site wants that.
   *
   * @throws NoReserve when it is down by now
   */
  public void enable(RecoveryRun run, String reserve) throws NoReserve {
    Claim claim = claims.openOf(run.id(), reserve).orElseThrow();
    ComputeService service = compute.service(reserve).filter(Reserves::isUsable).orElse(null);
    if (service == null || isBeingRecovered(claim)) {
      claims.tried(claim.id()); // what was begun before a crash is undone at the end
      throw new NoReserve(reserve + " is down");
    }
    if (settings.reserveJoinsAggregates()) {
      join(claim, run.hostName());
    }
    if (!service.enabled()) {
      claims.enabling(claim.id());
      Boundaries.reached(Boundary.RESERVE_BEFORE_ENABLE);
      compute.enable(service);
      Boundaries.reached(Boundary.RESERVE_ENABLED);
    }
    claims.tried(claim.id());
  }

  private void join(Claim claim, String deadHost) {
    for (Aggregate aggregate : compute.aggregates()) {
      if (aggregate.hosts().contains(deadHost) && !aggregate.hosts().contains(claim.hostName())) {
        claims.joining(claim.id(), aggregate.id());
        try {
          compute.addToAggregate(aggregate.id(), claim.hostName());
        } catch (ComputeRefused e) {
          LOG.warn("{} not in aggregate {}: {}", claim.hostName(), aggregate, e.getMessage());
        }
      }
    }
  }

  /**
   * Ends the run's claims: a reserve that holds guests, or may get one, is a reserve no more; an
   * unused one is as it was before, and stays a reserve. One about which Nova does not answer is
   * settled later, see {@link #settleLeftOver}. May be called again.
   */
  public void settle(RecoveryRun run) {
    claims.letGo(run.id());
    for (Claim claim : claims.allOpenOf(run.id())) {
      try {
        settle(claim);
      } catch (ComputeUnavailable | ComputeRefused e) {
        LOG.warn("reserve {} not settled yet: {}", claim.hostName(), e.getMessage());
      }
    }
  }

  private void settle(Claim claim) {
    if (isBeingRecovered(claim)) {
      return; // our write to its service would look like a sign of life; later
    }
    if (hosts.byUuid(claim.hostUuid()).filter(Host::reserved).isEmpty()) {
      claims.settle(claim.id(), ReserveOutcome.UNUSABLE, "it failed as well");
      return;
    }
    ComputeService service = compute.service(claim.hostName()).orElse(null);
    if (service == null) {
      claims.settle(claim.id(), ReserveOutcome.UNUSABLE, "Nova knows it no more");
      return;
    }
    String givenBack = GIVEN_BACK + claim.id(); // an earlier claim's is no sign of ours
    boolean guests = hasGuests(claim);
    if (!guests && claim.enabledByUs() && service.enabled()) {
      service = compute.disable(service, givenBack);
      guests = hasGuests(claim); // Nova may have placed one there before it was disabled
    }
    if (guests) {
      if (claim.enabledByUs() && givenBack.equals(service.disabledReason())) {
        compute.enable(service); // disabled just now, or before a crash
      }
      claims.used(claim);
      return;
    }
    leaveAll(claim.id(), claim.hostName());
    String why = claim.tried() && !isUsable(service) ? "its nova-compute is down" : null;
    claims.settle(
        claim.id(), why == null ? ReserveOutcome.GIVEN_BACK : ReserveOutcome.UNUSABLE, why);
  }

  /** The hosts that took guests of the run as reserves and are none since. */
  public List<String> usedBy(UUID runId) {
    return jdbc.sql(
            """
            select c.host_name from ukemi.reserve_claim c
              join ukemi.host h on h.uuid = c.host_uuid and h.deleted_at is null and not h.reserved
             where c.run_id = ? and c.outcome = 'USED' order by c.id
            """)
        .param(runId)
        .query(String.class)
        .list();
  }

  /**
   * Makes a host that was used as a reserve a reserve again: disabled, empty, out of the aggregates
   * it joined. May be called again.
   *
   * @param runIds the recoveries that may have used it
   * @return why it is none yet; empty when it is one
   * @throws ComputeUnavailable when Nova does not answer
   */
  public Optional<String> restore(List<UUID> runIds, String reserve) {
    Host host = hosts.byName(reserve).orElse(null);
    if (host == null) {
      return Optional.of("it is registered no more");
    }
    if (host.onMaintenance() || runs.openRunOf(host.uuid()).isPresent()) {
      return Optional.of("it is out of service itself");
    }
    Optional<String> why = becomeReserve(reserve, !host.reserved());
    if (why.isEmpty()) {
      runIds.forEach(run -> claims.usedAs(run, reserve).forEach(claim -> leaveAll(claim, reserve)));
      hosts.setReserved(host.uuid(), true);
    }
    return why;
  }

  /**
   * Makes a host that has come back a reserve: it stays disabled, with that as the reason.
   *
   * @return why it is none; empty when it is one
   * @throws ComputeUnavailable when Nova does not answer
   */
  public Optional<String> make(String name) {
    Optional<String> why = becomeReserve(name, false);
    if (why.isEmpty()) {
      hosts.byName(name).ifPresent(host -> hosts.setReserved(host.uuid(), true));
    }
    return why;
  }

  /**
   * Looks before and after: Nova may place a guest until the host is disabled.
   *
   * @param inService whether it goes on serving when it can be none, as before a crash in between
   */
  private Optional<String> becomeReserve(String name, boolean inService) {
    ComputeService service = compute.service(name).orElse(null);
    if (service == null) {
      return Optional.of("Nova has no nova-compute on it");
    }
    if (!service.enabled() && !HostOutOfService.isByUkemi(service)) {
      return Optional.of("it is disabled for another reason: " + service.disabledReason());
    }
    boolean serves = inService && (service.enabled() || isOurs(service));
    Optional<String> guests = guestsOn(name);
    if (guests.isEmpty() && !isOurs(service)) {
      service = compute.disable(service, RESERVED);
      guests = guestsOn(name);
    }
    if (guests.isPresent() && serves && !service.enabled()) {
      compute.enable(service);
    }
    return guests;
  }

  private Optional<String> guestsOn(String host) {
    int there = compute.instancesOn(host).size();
    return there > 0 || claims.mayBeTargeted(host)
        ? Optional.of("it holds %d guests, or one may be on its way".formatted(there))
        : Optional.empty();
  }

  private static boolean isOurs(ComputeService service) {
    return RESERVED.equals(service.disabledReason());
  }

  private void leaveAll(long claim, String host) {
    claims.joined(claim).forEach(aggregate -> leave(aggregate, host));
  }

  /** Lets go of the run's reserves: they are settled as soon as Nova answers. */
  public void letGo(UUID runId) {
    claims.letGo(runId);
  }

  /** Gives up the run's claims and leaves the reserves as they are, whatever that is. */
  public void giveUp(UUID runId, String why) {
    claims
        .allOpenOf(runId)
        .forEach(claim -> claims.settle(claim.id(), ReserveOutcome.UNUSABLE, why));
  }

  /** Whether a recovery that needs none any more still holds a reserve. */
  public boolean anyLeftOver() {
    return !claims.runsDoneWithTheirs().isEmpty();
  }

  /** Settles what recoveries that need none any more still hold. */
  public void settleLeftOver() {
    claims.runsDoneWithTheirs().forEach(run -> settle(runs.get(run)));
  }

  /** Whether the reserve has been reported dead itself. */
  private boolean isBeingRecovered(Claim claim) {
    return runs.openRunOf(claim.hostUuid()).isPresent();
  }

  private boolean hasGuests(Claim claim) {
    return claims.isTargeted(claim.hostName()) || !compute.instancesOn(claim.hostName()).isEmpty();
  }

  private void leave(long aggregate, String host) {
    try {
      compute.removeFromAggregate(aggregate, host);
    } catch (ComputeRefused e) {
      LOG.warn("{} stays in aggregate {}: {}", host, aggregate, e.getMessage());
    }
  }

  /** What became of the reserves the run held, a line each, for the report. */
  public List<String> summary(UUID runId) {
    return jdbc.sql(
            """
            select host_name || ': ' || case coalesce(outcome, 'OPEN')
                     when 'USED' then 'took guests, is no reserve any more'
                     when 'GIVEN_BACK' then 'not used, a reserve again'
                     when 'OPEN' then 'failed as well, see its own recovery'
                     else 'could not be used, ' || reason end
              from ukemi.reserve_claim where run_id = ? order by id
            """)
        .param(runId)
        .query(String.class)
        .list();
  }

  enum ReserveOutcome {
    USED,
    GIVEN_BACK,
    UNUSABLE
  }

  /**
   * A reserve that a run holds.
   *
   * @param enabledByUs it was disabled, and our order to enable it left
   * @param tried it was enabled for a pass
   */
  record Claim(long id, UUID hostUuid, String hostName, boolean enabledByUs, boolean tried) {}
}
