package ukemi.compute;

/** No definite answer from Nova: a change may or may not have happened. */
public class ComputeUnavailable extends RuntimeException {

  public ComputeUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
