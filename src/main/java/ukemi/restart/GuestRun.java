package ukemi.restart;

import java.time.Instant;
import java.util.UUID;

/**
 * One failed guest that is being dealt with.
 *
 * @param hostName the host that reported it
 * @param seenDownAt when Nova first showed it as not active; null = it has not
 * @param closedAt null while the run is open
 */
public record GuestRun(
    UUID id,
    UUID notificationUuid,
    UUID instance,
    String hostName,
    Instant seenDownAt,
    Instant closedAt) {}
