package ukemi.notification;

/** A person's answer is not taken; the message says why. */
public class DecisionRefused extends RuntimeException {

  DecisionRefused(String message) {
    super(message);
  }
}
