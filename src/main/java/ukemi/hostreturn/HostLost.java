package ukemi.hostreturn;

/** The host is not the return's any more; the message tells why. */
public class HostLost extends Exception {

  private static final long serialVersionUID = 1L;

  HostLost(String message) {
    super(message);
  }
}
