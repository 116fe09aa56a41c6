package ukemi.fencing;

import java.util.Optional;
import org.springframework.stereotype.Component;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeUnavailable;

/**
 * Whether a host's machine may be fenced: before it is (rule R11), and at any time for a person.
 */
@Component
public class HostChecks {

  private final PowerControl power;
  private final MachineIdentity identity;
  private final MachineLatch latch;
  private final OwnMachines ownMachines;

  HostChecks(
      PowerControl power, MachineIdentity identity, MachineLatch latch, OwnMachines ownMachines) {
    this.power = power;
    this.identity = identity;
    this.latch = latch;
    this.ownMachines = ownMachines;
  }

  /**
   * The host's machine, every check passed.
   *
   * @throws FencingRefused when a person has to decide, with the reason
   */
  Machine fenceable(String host) {
    Machine machine = identity.of(host);
    refuseUnlessFenceable(host, machine);
    return machine;
  }

  /** Makes the same checks and asks for the power once. Changes and remembers nothing. */
  public HostCheck check(String host) {
    Machine machine;
    try {
      machine = identity.candidate(host);
    } catch (FencingRefused | PowerControlUnavailable e) {
      return new HostCheck(host, Optional.empty(), Optional.empty(), Optional.of(e.getMessage()));
    }
    LivePower live = power.query(machine.systemId());
    return new HostCheck(
        host, Optional.of(machine), Optional.of(live), problem(host, machine, live));
  }

  private Optional<String> problem(String host, Machine machine, LivePower live) {
    try {
      identity.verify(host, machine);
      refuseUnlessFenceable(host, machine);
    } catch (FencingRefused | ComputeRefused | ComputeUnavailable e) {
      return Optional.of(e.getMessage());
    }
    return live.state() == PowerState.UNKNOWN
        ? Optional.of("its power cannot be read: " + live.detail())
        : Optional.empty();
  }

  private void refuseUnlessFenceable(String host, Machine machine) {
    if (machine.powerType().isEmpty() || machine.powerType().equals("manual")) {
      throw new FencingRefused(
          "machine %s has the power type %s in MAAS: it cannot be switched off from here"
              .formatted(
                  machine.systemId(),
                  machine.powerType().isEmpty() ? "(none)" : machine.powerType()));
    }
    if (machine.locked() && !latch.isOurs(machine.systemId())) {
      throw new FencingRefused(
          "machine %s is locked in MAAS: unlock it there, or switch it off by hand"
              .formatted(machine.systemId()));
    }
    ownMachines.refuse(host, machine);
  }
}
