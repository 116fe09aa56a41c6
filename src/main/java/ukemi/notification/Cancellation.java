package ukemi.notification;

/**
 * A person's word that a recovery ends.
 *
 * @param putBack whether what it changed on its host is put back
 */
public record Cancellation(String person, String reason, PutBack putBack) {

  /** What becomes of what was changed. */
  public enum PutBack {
    /** A person is shown what it is and decides. */
    ASK,
    YES,
    NO
  }
}
