package ukemi.hostreturn;

import java.util.Set;
import ukemi.compute.ComputeRefused;

/** Nova has refused a step; the message tells which, and why. */
public class NotAllowed extends Exception {

  private static final long serialVersionUID = 1L;

  /** Too many requests, in Nova's two ways: a matter of time alone. */
  private static final Set<Integer> FOR_NOW = Set.of(413, 429);

  private NotAllowed(String step, ComputeRefused refusal) {
    super("Nova refuses to %s: %s".formatted(step, refusal.getMessage()), refusal);
  }

  /**
   * The refusal of a step.
   *
   * @throws ComputeRefused the same, when Nova only has too much to do
   */
  static NotAllowed by(ComputeRefused refusal, String step) {
    if (FOR_NOW.contains(refusal.status())) {
      throw refusal;
    }
    return new NotAllowed(step, refusal);
  }
}
