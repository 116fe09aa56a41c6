package ukemi.notification;

/** A recovery cannot be cancelled or tried again as things stand; the message says why. */
public class NothingToDo extends RuntimeException {

  NothingToDo(String message) {
    super(message);
  }
}
