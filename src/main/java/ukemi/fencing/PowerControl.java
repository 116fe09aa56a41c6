package ukemi.fencing;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What Ukemi needs from the system that controls the machines' power, in its own words.
 *
 * <p>Every method except {@link #query} and {@link #description} throws {@link PowerControlRefused}
 * when the answer was a definite no, and {@link PowerControlUnavailable} when there was no definite
 * answer: after that a change may or may not have happened.
 */
public interface PowerControl {

  /** All machines of exactly that short name; empty when there is none that we may see. */
  List<Machine> named(String hostname);

  /** The machine; empty when there is none of that key. */
  Optional<Machine> machine(String systemId);

  /** Asks the machine's power now. Never throws: what is not a clear answer is UNKNOWN. */
  LivePower query(String systemId);

  /** No query takes longer. */
  Duration queryLimit();

  /**
   * Orders a hard power off. That it returns says nothing about the machine.
   *
   * @return what was answered, for a person
   */
  String powerOff(String systemId, String comment);

  /**
   * Orders the power on. That it returns says nothing about the machine.
   *
   * @return what was answered, for a person
   * @throws PowerControlRefused also when the machine has no power control
   */
  String powerOn(String systemId, String comment);

  /**
   * Locks the machine against every power action.
   *
   * @return false when it was locked already
   */
  boolean lock(String systemId, String comment);

  /**
   * Unlocks the machine.
   *
   * @return false when it was not locked
   */
  boolean unlock(String systemId, String comment);

  /** Names or addresses of the hosts that power control itself is reached at. */
  Set<String> hosts();

  /** What it is and as whom we use it, for the evidence. Never throws. */
  String description();
}
