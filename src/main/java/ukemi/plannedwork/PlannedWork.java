package ukemi.plannedwork;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * Announced work. Times are of the database's clock.
 *
 * @param scopeUuid of the host or the segment; null = the whole cloud
 * @param scopeName its name when the work was announced; null = the whole cloud
 * @param endedAt when it was found to be over or was ended before; null = it was not
 * @param endedBy null = its time was up, or it has not ended
 * @param closedAt when what was left had been seen to
 * @param outcome what became of what was left, for a person
 */
public record PlannedWork(
    long id,
    UUID uuid,
    Scope scope,
    UUID scopeUuid,
    String scopeName,
    Instant startsAt,
    Instant endsAt,
    String reason,
    String person,
    Instant endedAt,
    String endedBy,
    Instant closedAt,
    String outcome,
    Instant createdAt,
    Instant updatedAt) {

  /** What it is about. */
  public enum Scope {
    HOST,
    SEGMENT,
    CLOUD
  }

  /** What it is about, in words. */
  public String subject() {
    return switch (scope) {
      case HOST -> "host " + scopeName;
      case SEGMENT -> "segment " + scopeName;
      case CLOUD -> "the whole cloud";
    };
  }

  /** Whether it was called off before it had begun. */
  public boolean isCalledOff() {
    return endedAt != null && endedAt.isBefore(startsAt);
  }

  /** The work in one line. */
  public String title() {
    return "planned work on %s until %s by %s: %s"
        .formatted(subject(), endsAt.truncatedTo(ChronoUnit.SECONDS), person, reason);
  }
}
