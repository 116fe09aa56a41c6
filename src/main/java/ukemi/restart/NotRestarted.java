package ukemi.restart;

/** A guest was not restarted; the message tells why. */
public class NotRestarted extends Exception {

  private static final long serialVersionUID = 1L;

  NotRestarted(String message) {
    super(message);
  }
}
