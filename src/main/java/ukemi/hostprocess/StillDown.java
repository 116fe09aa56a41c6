package ukemi.hostprocess;

/** A host cannot be given back yet; the message tells why. */
public class StillDown extends Exception {

  private static final long serialVersionUID = 1L;

  StillDown(String message) {
    super(message);
  }
}
