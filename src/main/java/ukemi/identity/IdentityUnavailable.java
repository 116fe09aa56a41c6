package ukemi.identity;

/** Keystone did not answer, or not as Keystone does. */
public class IdentityUnavailable extends RuntimeException {

  public IdentityUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
