package ukemi.hostreturn;

/** A host cannot be returned to service now; the message tells why. */
public class NotReturned extends Exception {

  private static final long serialVersionUID = 1L;

  NotReturned(String message) {
    super(message);
  }
}
