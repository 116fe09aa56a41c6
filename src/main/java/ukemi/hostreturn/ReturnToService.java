package ukemi.hostreturn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.stereotype.Service;
import ukemi.compute.Compute;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeService;
import ukemi.compute.ComputeUnavailable;
import ukemi.compute.EvacuationMigration;
import ukemi.compute.HeartbeatSteps;
import ukemi.evacuation.Reserves;
import ukemi.fencing.MachineStart;
import ukemi.fencing.NotSwitchedOn;
import ukemi.hostreturn.HostReturns.Step;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;
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

  private final HeartbeatSteps beats = new HeartbeatSteps();

  ReturnToService(
      Compute compute,
      HostReturns returns,
      RecoveryRuns runs,
      Hosts hosts,
      MachineStart machines,
      Reserves reserves,
      GuestsBack guests) {
    this.compute = compute;
    this.returns = returns;
    this.runs = runs;
    this.hosts = hosts;
    this.machines = machines;
    this.reserves = reserves;
    this.guests = guests;
  }

  /** The hosts that stood in for it as reserves and are none since. */
  public List<String> reservesUsed(HostReturn hostReturn) {
    return returns
        .recoveryBefore(hostReturn)
        .map(run -> reserves.usedBy(run.id()))
        .orElse(List.of());
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
    lines.add("MAAS: " + machines.describe(host));
    try {
      lines.add(
          "Nova: " + compute.service(host).map(ReturnToService::text).orElse("no nova-compute"));
      lines.add("Evacuated guests not removed from it yet: " + oldGuests(host).size());
    } catch (ComputeUnavailable | ComputeRefused e) {
      lines.add("Nova: " + e.getMessage());
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
   * Switches the machine on, unless its nova-compute reports already.
   *
   * @throws NotSwitchedOn when a person has to, with the reason
   * @throws ukemi.fencing.PowerControlUnavailable when MAAS does not answer
   */
  public void powerOn(HostReturn hostReturn) throws NotSwitchedOn {
    requireNoRecovery(hostReturn);
    returns.note(hostReturn, Step.POWER, true, machines.powerOn(hostReturn.hostName()));
  }

  /**
   * Whether its nova-compute reports to Nova. That it is forced down does not keep it from that.
   *
   * @throws ComputeUnavailable when Nova does not answer
   */
  public boolean isUp(HostReturn hostReturn) {
    beats.keep(returns.open().stream().map(HostReturn::id).toList());
    return compute
        .service(hostReturn.hostName())
        .map(service -> beats.beats(hostReturn.id(), service.heartbeat()))
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

  private List<EvacuationMigration> oldGuests(String host) {
    return compute.evacuationsFrom(host, 0).stream()
        .filter(migration -> !migration.failed() && !migration.status().equals("completed"))
        .toList();
  }

  /**
   * Tells Nova that the host is not forced down any more.
   *
   * @throws ComputeRefused while old guests are not gone
   * @throws ComputeUnavailable when Nova does not answer
   */
  public void liftForcedDown(HostReturn hostReturn) {
    requireNoRecovery(hostReturn);
    ComputeService service = service(hostReturn);
    if (service.forcedDown()) {
      compute.liftForcedDown(service);
      returns.note(hostReturn, Step.FORCED_DOWN, true, "forced down lifted");
    }
  }

  /**
   * Lets Nova choose the host again.
   *
   * @throws HostNotUp when its nova-compute is down: it would be enabled and refuse guests for up
   *     to a minute
   * @throws ComputeUnavailable when Nova does not answer
   */
  public void enable(HostReturn hostReturn) throws HostNotUp {
    requireNoRecovery(hostReturn);
    ComputeService service = service(hostReturn);
    if (!service.up() || service.forcedDown()) {
      beats.forget(hostReturn.id());
      throw new HostNotUp("nova-compute of " + hostReturn.hostName() + " is down");
    }
    if (!service.enabled()) {
      compute.enable(service);
    }
    returns.note(hostReturn, Step.SERVICE, true, "enabled in Nova");
  }

  /**
   * Makes the host a reserve: it stays disabled.
   *
   * @throws ComputeUnavailable when Nova does not answer
   */
  public void makeReserve(HostReturn hostReturn) {
    requireNoRecovery(hostReturn);
    reserves.make(hostReturn.hostName());
    returns.note(hostReturn, Step.SERVICE, true, "a reserve now, disabled in Nova");
  }

  /** From here on failures of the host are recovered again. */
  public void endMaintenance(HostReturn hostReturn) {
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
    Optional<RecoveryRun> run = returns.recoveryBefore(hostReturn);
    if (run.isEmpty()) {
      return 0;
    }
    int moving = 0;
    if (runs.openRunOf(hostReturn.hostUuid()).isPresent()) {
      guests.stop(hostReturn, "the host has failed again");
    } else {
      moving = guests.move(hostReturn, run.get());
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
    RecoveryRun run = returns.recoveryBefore(hostReturn).orElse(null);
    if (run == null) {
      return;
    }
    List<String> left = new ArrayList<>();
    List<String> used = reserves.usedBy(run.id());
    for (String reserve : used) {
      reserves
          .restore(run.id(), reserve)
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

  /** A recovery looks at the same service and at the same machine. */
  private void requireNoRecovery(HostReturn hostReturn) {
    runs.openRunOf(hostReturn.hostUuid())
        .ifPresent(
            run -> {
              throw new IllegalStateException(
                  "%s is being recovered (notification %s); its return waits for the end of that"
                      .formatted(hostReturn.hostName(), run.notificationUuid()));
            });
  }

  private ComputeService service(HostReturn hostReturn) {
    return compute
        .service(hostReturn.hostName())
        .orElseThrow(
            () -> new ComputeRefused(404, "Nova has no nova-compute on " + hostReturn.hostName()));
  }
}
