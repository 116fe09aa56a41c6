package ukemi.evacuation;

/**
 * Whether a guest of a dead host is recovered, and when.
 *
 * @param priority higher goes first
 * @param wave lower goes first; the next one begins when all of this one are back or listed
 * @param note for a person; may be null
 */
public record GuestSelection(Response response, int priority, int wave, String note) {

  /** What is to become of it. */
  public enum Response {
    RECOVER,
    LEAVE,
    /** A person decides, after the others. */
    ASK
  }

  /** All are recovered, those that are marked go first. */
  public static GuestSelection usual(boolean marked, String note) {
    return new GuestSelection(Response.RECOVER, marked ? 1 : 0, 0, note);
  }

  /** Why it is not recovered now; null = it is. */
  String left() {
    return switch (response) {
      case RECOVER -> null;
      case LEAVE -> "left: " + (note == null ? "the table instance-selection says so" : note);
      case ASK -> "a person is asked" + (note == null ? "" : ": " + note);
    };
  }
}
