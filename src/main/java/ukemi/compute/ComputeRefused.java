package ukemi.compute;

/** Nova said a definite no: nothing was changed. */
public class ComputeRefused extends RuntimeException {

  private final int status;

  public ComputeRefused(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }
}
