package ukemi.demo;

/** A call that can't be done, with what would be right. */
final class Refusal extends RuntimeException {

  private final int status;

  /**
   * @param status the HTTP status of the answer
   * @param message for a person
   */
  Refusal(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  int status() {
    return status;
  }
}
