package ukemi.hostreturn;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import ukemi.compute.Compute;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeService;
import ukemi.compute.ComputeUnavailable;
import ukemi.compute.EvacuationMigration;
import ukemi.compute.HeartbeatSteps;
import ukemi.evacuation.HostOutOfService;
import ukemi.evacuation.HostPutBack;
import ukemi.evacuation.Reserves;
import ukemi.fencing.MachineStart;
import ukemi.fencing.NotSwitchedOn;
import ukemi.hostreturn.HostReturns.Step;
import ukemi.notification.RecoveryRuns;
import ukemi.segment.Host;
import ukemi.segment.Hosts;
import ukemi.segment.MaintenanceOwner;

/**
 * The steps of a return. Each reads the world before it changes it, so that it may be taken again,
 * and what a person has done by hand is found done.
 */
@Service
public class ReturnToService {

  private final Compute compute;
  private final HostReturns returns;
  private final RecoveryRuns runs;
  private final Hosts hosts;
  private final MachineStart machines;
  private final Reserves reserves;
  private final GuestsBack guests;
  private final HostPutBack putBack;

  private final HeartbeatSteps beats = new HeartbeatSteps();

  ReturnToService(
      Compute compute,
      HostReturns returns,
      RecoveryRuns runs,
      Hosts hosts,
      MachineStart machines,
      Reserves reserves,
      GuestsBack guests,
      HostPutBack putBack) {
    this.compute = compute;
    this.returns = returns;
    this.runs = runs;
    this.hosts = hosts;
    this.machines = machines;
    this.reserves = reserves;
    this.guests = guests;
    this.putBack = putBack;
  }

  /** The hosts that stood in for it as reserves and are none since. */
  public List<String> reservesUsed(HostReturn hostReturn) {
    return hostReturn.runIds().stream()
        .flatMap(run -> reserves.usedBy(run).stream())
        .distinct()
        .toList();
  }

  /** Whether it was a reserve before it went out of service. */
  public boolean wasReserve(HostReturn hostReturn) {
    return hosts.byUuid(hostReturn.hostUuid()).filter(Host::reserved).isPresent()
        || hostReturn.runIds().stream().anyMatch(putBack::tookReserve);
  }

  /** Why it is disabled in Nova; null when it is not, or Nova does not say. Never throws. */
  public String disabledReason(HostReturn hostReturn) {
    try {
      return compute
          .service(hostReturn.hostName())
          .filter(service -> !service.enabled())
          .map(ComputeService::disabledReason)
          .orElse(null);
    } catch (RuntimeException e) {
      return null;
    }
  }

  /** What is known of the host now, a line each, for a person. Never throws. */
  public String describe(HostReturn hostReturn) {
    String host = hostReturn.hostName();
    List<String> lines = new ArrayList<>();
    lines.add(
        returns
            .recoveryBefore(hostReturn)
            .map(run -> "Recovered by notification " + run.notificationUuid())
            .orElse("An operator has put it on maintenance"));
    try {
      lines.add("MAAS: " + machines.describe(host));
      lines.add(
          "Nova: " + compute.service(host).map(ReturnToService::text).orElse("no nova-compute"));
      lines.add("Guests that Nova shows on it: " + compute.instancesOn(host).size());
      lines.add("Evacuated guests not removed from it yet: " + oldGuests(host).size());
    } catch (RuntimeException e) {
      lines.add("Not known: " + e.getMessage());
    }
    for (String reserve : reservesUsed(hostReturn)) {
      lines.add(reserve + " has taken guests of it and is no reserve any more");
    }
    return String.join("\n", lines);
  }

  private static String text(ComputeService service) {
    return "nova-compute %s%s, %s"
        .formatted(
            service.up() ? "up" : "down",
            service.forcedDown() ? " (forced down)" : "",
            service.enabled() ? "enabled" : "disabled: " + service.disabledReason());
  }

  /**
   * Switches the machine on, unless it is on already.
   *
   * @throws NotSwitchedOn when a person has to, with the reason
   * @throws HostLost when the host is not the return's any more
   * @throws ukemi.fencing.PowerControlUnavailable when MAAS does not answer
   */
  public void powerOn(HostReturn hostReturn) throws NotSwitchedOn, HostLost {
    returns.requireOurs(hostReturn);
    String done = machines.powerOn(hostReturn.hostName(), () -> returns.requireOurs(hostReturn));
    returns.note(hostReturn, Step.POWER, true, done);
  }

  /**
   * The return goes on although Ukemi has not switched the machine on.
   *
   * @param decidedBy who says that it is on, and what they did
   */
  public void takeAsSwitchedOn(HostReturn hostReturn, String decidedBy) {
    returns.note(
        hostReturn, Step.POWER, true, "not switched on by Ukemi: it is on, says " + decidedBy);
  }

  /**
   * Whether its nova-compute reports to Nova. That it is forced down does not keep it from that.
   * When it is asked again after that, it counts anew.
   *
   * @throws ComputeUnavailable when Nova does not answer
   */
  public boolean isUp(HostReturn hostReturn) {
    beats.keep(returns.open().stream().map(HostReturn::id).toList());
    return compute
        .service(hostReturn.hostName())
        .filter(service -> beats.beats(hostReturn.id(), service.heartbeat()))
        .map(
            service -> {
              beats.forget(hostReturn.id());
              return true;
            })
        .orElse(false);
  }

  /**
   * Whether its nova-compute has removed the guests that were evacuated from it. Nova refuses to
   * lift the forced down before (nova-facts.md).
   *
   * @throws ComputeUnavailable when Nova does not answer
   */
  public boolean areOldGuestsGone(HostReturn hostReturn) {
    return oldGuests(hostReturn.hostName()).isEmpty();
  }

  /**
   * The return goes on although Nova shows old guests of the host.
   *
   * @param decidedBy who wants that, and what they found
   */
  public void passOverOldGuests(HostReturn hostReturn, String decidedBy) {
    returns.note(
        hostReturn,
        Step.OLD_GUESTS,
        true,
        "not waited for old guests that Nova showed, decided by " + decidedBy);
  }

  private List<EvacuationMigration> oldGuests(String host) {
    return compute.evacuationsFrom(host, 0).stream()
        .filter(migration -> !migration.failed() && !migration.status().equals("completed"))
        .toList();
  }

  /**
   * Tells Nova that the host is not forced down any more.
   *
   * @throws HostNotUp when its nova-compute is down then: whatever it becomes, it is waited for
   * @throws HostLost when the host is not the return's any more
   * @throws NotAllowed when Nova refuses it, as while old guests are not gone
   * @throws ComputeUnavailable when Nova does not answer
   */
  public void liftForcedDown(HostReturn hostReturn) throws HostNotUp, HostLost, NotAllowed {
    returns.requireOurs(hostReturn);
    try {
      ComputeService service = service(hostReturn);
      if (service.forcedDown()) {
        service = compute.liftForcedDown(service);
        returns.note(hostReturn, Step.FORCED_DOWN, true, "forced down lifted");
      }
      requireUp(service);
    } catch (ComputeRefused e) {
      throw NotAllowed.by(e, "lift forced down");
    }
  }

  /**
   * Lets Nova choose the host again, unless it is disabled for a reason that nobody has accepted.
   *
   * @param acceptedReason of somebody else's, that a person has seen; may be null
   * @throws HostLost when the host is not the return's any more
   * @throws HostNotUp when its nova-compute is down: it would be enabled and refuse guests for up
   *     to a minute
   * @throws NotAllowed when Nova refuses it
   * @throws ComputeUnavailable when Nova does not answer
   */
  public void enable(HostReturn hostReturn, String acceptedReason)
      throws HostNotUp, HostLost, NotAllowed {
    returns.requireOurs(hostReturn);
    try {
      enableOurs(hostReturn, acceptedReason);
    } catch (ComputeRefused e) {
      throw NotAllowed.by(e, "enable it");
    }
  }

  private void enableOurs(HostReturn hostReturn, String acceptedReason) throws HostNotUp {
    ComputeService service = service(hostReturn);
    requireUp(service);
    if (!HostOutOfService.isByUkemi(service)
        && !Objects.equals(service.disabledReason(), acceptedReason)) {
      returns.note(
          hostReturn,
          Step.SERVICE,
          false,
          "still disabled in Nova, for another reason: " + service.disabledReason());
      return;
    }
    if (!service.enabled()) {
      compute.enable(service);
    }
    hosts.setReserved(hostReturn.hostUuid(), false);
    returns.note(hostReturn, Step.SERVICE, true, "enabled in Nova");
  }

  private static void requireUp(ComputeService service) throws HostNotUp {
    if (!service.up() || service.forcedDown()) {
      throw new HostNotUp("nova-compute of " + service.host() + " is down");
    }
  }

  /**
   * Makes the host a reserve, when it is empty: it stays disabled.
   *
   * @throws HostLost when the host is not the return's any more
   * @throws NotAllowed when Nova refuses to disable it
   * @throws ComputeUnavailable when Nova does not answer
   */
  public void makeReserve(HostReturn hostReturn) throws HostLost, NotAllowed {
    returns.requireOurs(hostReturn);
    try {
      Optional<String> why = reserves.make(hostReturn.hostName());
      returns.note(
          hostReturn,
          Step.SERVICE,
          why.isEmpty(),
          why.map("disabled in Nova, and no reserve: "::concat)
              .orElse("a reserve now, disabled in Nova"));
    } catch (ComputeRefused e) {
      throw NotAllowed.by(e, "make it a reserve");
    }
  }

  /**
   * Nova has refused a step, and a person does by hand what it leads to.
   *
   * @param refusal what Nova has refused, in its own words
   * @param decidedBy who wants that, and why
   * @param reserve whether the host was to become a reserve
   * @param guests whether its guests were to go back to it
   */
  public void leaveToPerson(
      HostReturn hostReturn, String refusal, String decidedBy, boolean reserve, boolean guests) {
    returns.note(
        hostReturn,
        Step.REFUSED,
        false,
        "%s\nGone on without it, decided by %s".formatted(refusal, decidedBy));
    returns.note(
        hostReturn,
        Step.SERVICE,
        false,
        reserve
            ? "no reserve yet: see to it in Nova, and register it as reserved"
            : "not enabled: see to it in Nova, and enable it by hand");
    if (guests) {
      returns.note(hostReturn, Step.GUESTS, false, "its guests did not go back to it");
      List<String> used = reservesUsed(hostReturn);
      if (!used.isEmpty()) {
        returns.note(
            hostReturn, Step.RESERVE, false, "no reserve again: " + String.join(", ", used));
      }
    }
  }

  /**
   * From here on failures of the host are recovered again. Our lock in MAAS is lifted, if there is
   * one still.
   *
   * @param leftDisabled whether a person wants to enable it by hand
   * @throws HostLost when the host is not the return's any more
   */
  @Transactional
  public void endMaintenance(HostReturn hostReturn, boolean leftDisabled) throws HostLost {
    returns.requireOurs(hostReturn);
    Optional<String> locked = machines.unlock(hostReturn.hostName());
    hosts.lock(hostReturn.hostUuid()); // a report of its death comes before this, or after it all
    returns.requireOurs(hostReturn);
    locked.ifPresent(why -> returns.note(hostReturn, Step.LOCK, false, why));
    if (leftDisabled) {
      returns.note(hostReturn, Step.SERVICE, false, "disabled in Nova: enable it by hand");
    }
    hosts.liftMaintenance(hostReturn.hostUuid(), MaintenanceOwner.RETURN);
    returns.note(hostReturn, Step.MAINTENANCE, true, "off maintenance");
  }

  /**
   * Moves the guests that were evacuated from the host back to it, a few at a time.
   *
   * @return how many are still to be waited for
   * @throws ComputeUnavailable when Nova does not answer
   */
  public int moveGuestsBack(HostReturn hostReturn) {
    int moving = 0;
    if (runs.openRunOf(hostReturn.hostUuid()).isPresent()) {
      guests.stop(hostReturn, "the host has failed again");
    } else {
      moving = guests.move(hostReturn);
    }
    if (moving == 0) {
      List<String> left = guests.left(hostReturn);
      returns.note(
          hostReturn,
          Step.GUESTS,
          left.isEmpty(),
          left.isEmpty()
              ? guests.back(hostReturn) + " guests are back on it"
              : "guests that did not go back:\n" + String.join("\n", left));
    }
    return moving;
  }

  /**
   * Makes the hosts that stood in for it reserves again, those that hold no guests any more.
   *
   * @throws ComputeUnavailable when Nova does not answer
   */
  public void restoreReserves(HostReturn hostReturn) {
    List<String> left = new ArrayList<>();
    List<String> used = reservesUsed(hostReturn);
    for (String reserve : used) {
      reserves
          .restore(hostReturn.runIds(), reserve)
          .ifPresent(why -> left.add("%s is no reserve again: %s".formatted(reserve, why)));
    }
    if (!left.isEmpty()) {
      returns.note(hostReturn, Step.RESERVE, false, String.join("\n", left));
    } else if (!used.isEmpty()) {
      returns.note(hostReturn, Step.RESERVE, true, "a reserve again: " + String.join(", ", used));
    }
  }

  /** What was done, for a person. */
  public String done(HostReturn hostReturn) {
    return returns.noted(hostReturn, true).stream().collect(Collectors.joining("\n"));
  }

  /** What is left to a person; empty when nothing is. */
  public Optional<String> left(HostReturn hostReturn) {
    List<String> left = returns.noted(hostReturn, false);
    return left.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", left));
  }

  private ComputeService service(HostReturn hostReturn) {
    return compute
        .service(hostReturn.hostName())
        .orElseThrow(
            () -> new ComputeRefused(404, "Nova has no nova-compute on " + hostReturn.hostName()));
  }
}
