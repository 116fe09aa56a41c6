package ukemi.fencing;

/** There is no valid, fresh proof that the host is off. The message says why. */
public class NoProof extends RuntimeException {

  public NoProof(String reason) {
    super(reason);
  }
}
