package ukemi.fencing;

/** No definite answer from power control: a change may or may not have happened. */
public class PowerControlUnavailable extends RuntimeException {

  public PowerControlUnavailable(String message) {
    super(message);
  }

  public PowerControlUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
