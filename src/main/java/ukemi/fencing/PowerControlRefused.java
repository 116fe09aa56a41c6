package ukemi.fencing;

/** Power control said a definite no: nothing was changed. */
public class PowerControlRefused extends RuntimeException {

  public PowerControlRefused(String message) {
    super(message);
  }
}
