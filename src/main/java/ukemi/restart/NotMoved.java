package ukemi.restart;

/** A guest was not moved, or its move not confirmed; the message tells why. */
public class NotMoved extends Exception {

  private static final long serialVersionUID = 1L;

  NotMoved(String message) {
    super(message);
  }
}
