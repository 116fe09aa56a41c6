package ukemi.fencing;

/** A machine was not switched on; the message tells why. */
public class NotSwitchedOn extends Exception {

  private static final long serialVersionUID = 1L;

  NotSwitchedOn(String message) {
    super(message);
  }
}
