package ukemi.plannedwork;

/** Work is not announced, or not changed, like that; the message says why. */
public class WorkRefused extends RuntimeException {

  WorkRefused(String message) {
    super(message);
  }
}
