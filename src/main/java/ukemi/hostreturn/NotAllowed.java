package ukemi.hostreturn;

import ukemi.compute.ComputeRefused;

/** Nova has refused a step; the message tells which, and why. */
public class NotAllowed extends Exception {

  private static final long serialVersionUID = 1L;

  NotAllowed(String step, ComputeRefused refusal) {
    super("Nova refuses to %s: %s".formatted(step, refusal.getMessage()), refusal);
  }
}
