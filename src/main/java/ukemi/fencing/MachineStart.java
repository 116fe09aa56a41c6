package ukemi.fencing;

import java.util.Optional;
import org.springframework.stereotype.Service;

/**
 * Switches the machine of a repaired host on. A machine of unknown power is left to a person, and
 * so is one that somebody else has locked (charmed-stack.md, section 5).
 */
@Service
public class MachineStart {

  private final PowerControl power;
  private final MachineIdentity identity;
  private final MachineLatch latch;

  MachineStart(PowerControl power, MachineIdentity identity, MachineLatch latch) {
    this.power = power;
    this.identity = identity;
    this.latch = latch;
  }

  /**
   * Orders the power on after a live reading of off. The reading may take a minute; it is the only
   * one in a job, well below the job's lock.
   *
   * @param lastCheck what must still hold after the reading; throws when it does not
   * @return what was done, for a person
   * @throws NotSwitchedOn when a person has to do it, with the reason
   * @throws E what the last check throws
   * @throws PowerControlUnavailable when MAAS does not answer
   */
  public <E extends Exception> String powerOn(String host, LastCheck<E> lastCheck)
      throws NotSwitchedOn, E {
    try {
      Machine machine = identity.of(host);
      LivePower live = power.query(machine.systemId());
      return switch (live.state()) {
        case ON -> "machine " + machine.systemId() + " was on already";
        case OFF -> {
          lastCheck.run();
          yield order(host, machine);
        }
        case UNKNOWN ->
            throw new NotSwitchedOn(
                "The power of machine %s cannot be read, and what is not known to be off is not switched: %s"
                    .formatted(machine.systemId(), live.detail()));
      };
    } catch (FencingRefused | PowerControlRefused e) {
      throw new NotSwitchedOn(e.getMessage());
    }
  }

  /** What is looked at just before the order. */
  @FunctionalInterface
  public interface LastCheck<E extends Exception> {
    void run() throws E;
  }

  private String order(String host, Machine machine) throws NotSwitchedOn {
    String comment = "Ukemi: return to service, " + host;
    if (machine.locked()) {
      if (!latch.isOurs(machine.systemId())) {
        throw new NotSwitchedOn(
            "Machine %s is locked in MAAS by somebody else: unlock it there"
                .formatted(machine.systemId()));
      }
      latch.unlock(machine.systemId(), comment);
    }
    return "machine %s switched on (MAAS answered %s)"
        .formatted(machine.systemId(), power.powerOn(machine.systemId(), comment));
  }

  /**
   * Lifts our lock, if the machine has one.
   *
   * @return what a person has to unlock, and why; empty when nothing is locked by us any more
   */
  public Optional<String> unlock(String host) {
    try {
      Machine machine = identity.candidate(host);
      if (latch.isOurs(machine.systemId())) {
        latch.unlock(machine.systemId(), "Ukemi: return to service, " + host);
      }
      return Optional.empty();
    } catch (FencingRefused | PowerControlRefused | PowerControlUnavailable e) {
      return latch.isAnyOf(host)
          ? Optional.of("its lock in MAAS may still be set: " + e.getMessage())
          : Optional.empty();
    }
  }

  /** What the machine's power is now, for a person. Never throws. */
  public String describe(String host) {
    try {
      Machine machine = identity.candidate(host);
      LivePower live = power.query(machine.systemId());
      return "machine %s: %s (%s)%s"
          .formatted(
              machine.systemId(),
              live.state().name().toLowerCase(java.util.Locale.ROOT),
              live.detail(),
              machine.locked()
                  ? latch.isOurs(machine.systemId())
                      ? ", locked by Ukemi"
                      : ", locked by somebody else"
                  : "");
    } catch (FencingRefused | PowerControlRefused | PowerControlUnavailable e) {
      return "power unknown: " + e.getMessage();
    }
  }
}
