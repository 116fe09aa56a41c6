package ukemi.notification;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * A stored notification. {@code generatedTime} is the sender's clock, {@code receivedAt} ours.
 *
 * @param message why it ended as it did, for a person; null while there is nothing to say
 */
public record Notification(
    long id,
    UUID uuid,
    Type type,
    UUID sourceHostUuid,
    String sourceHostName,
    UUID segmentUuid,
    Map<String, String> payload,
    Instant generatedTime,
    Instant receivedAt,
    Status status,
    String message,
    Instant createdAt,
    Instant updatedAt) {

  boolean hostStarted() {
    return "STARTED".equals(payload.get("event"));
  }

  /** Masakari's notification types. */
  public enum Type {
    COMPUTE_HOST,
    VM,
    PROCESS
  }

  /** Masakari's statuses; lower case on the wire and in the database. */
  public enum Status {
    NEW,
    RUNNING,
    ERROR,
    FAILED,
    IGNORED,
    FINISHED;

    /** The word on the wire. */
    public String wire() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
