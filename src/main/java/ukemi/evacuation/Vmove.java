package ukemi.evacuation;

import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/**
 * One guest of one host recovery.
 *
 * @param destHost null until it is known
 * @param startTime null until it has been asked for
 * @param endTime null until it has ended
 * @param message why it ended as it did, for a person; may be null
 * @param stateBefore Nova's vm_state when the host died
 * @param priority higher goes first
 * @param waitingProcess the child process that waits for a slot; null = none waits
 */
public record Vmove(
    long id,
    UUID uuid,
    UUID notificationUuid,
    UUID runId,
    UUID instanceUuid,
    String instanceName,
    String sourceHost,
    String destHost,
    Instant startTime,
    Instant endTime,
    Status status,
    String message,
    String stateBefore,
    int priority,
    String waitingProcess,
    Instant createdAt,
    Instant updatedAt) {

  /** Masakari's statuses; lower case on the wire and in the database. */
  public enum Status {
    PENDING,
    ONGOING,
    IGNORED,
    FAILED,
    SUCCEEDED;

    /** The word on the wire. */
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
