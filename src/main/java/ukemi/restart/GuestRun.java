package ukemi.restart;

import java.time.Instant;
import java.util.UUID;

/**
 * One failed guest that is being dealt with.
 *
 * @param hostName the host that reported it
 * @param movedTo where a move of this run has brought it, when that was seen; null = none has
 * @param seenDownAt when Nova first showed it as not active; null = it has not
 * @param closedAt null while the run is open
 */
public record GuestRun(
    UUID id,
    UUID notificationUuid,
    UUID instance,
    String hostName,
    String movedTo,
    Instant seenDownAt,
    Instant closedAt) {

  /** Whether it is, by us, where it was reported or where it was moved. */
  boolean isAtHome(String host) {
    return hostName.equals(host) || movedTo != null && movedTo.equals(host);
  }
}
