package ukemi.hostreturn;

/** The host's nova-compute has to be waited for again; the message tells why. */
public class HostNotUp extends Exception {

  private static final long serialVersionUID = 1L;

  HostNotUp(String message) {
    super(message);
  }
}
