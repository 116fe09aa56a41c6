package ukemi.evacuation;

import ukemi.compute.Instance;

/**
 * The vm_state a guest must end in, by the one its host died with (masakari-engine.md 2.2): it runs
 * again if it ran. What was paused, suspended or rescued has lost its memory and ends stopped.
 */
final class StateWanted {

  private static final int SHUT_DOWN = 4;

  private StateWanted() {}

  static String of(Instance instance) {
    return switch (instance.vmState()) {
      case "active", "error" -> instance.vmState();
      case "resized" -> instance.powerState() == SHUT_DOWN ? "stopped" : "active";
      default -> "stopped";
    };
  }
}
