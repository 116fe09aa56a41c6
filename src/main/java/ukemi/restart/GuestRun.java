package ukemi.restart;

import java.time.Instant;
import java.util.UUID;

/**
 * One failed guest that is being dealt with.
 *
 * @param hostName the host that reported it
 * @param restartedAt when Nova was first asked to stop or start it; null = it was not
 * @param closedAt null while the run is open
 */
public record GuestRun(
    UUID id,
    UUID notificationUuid,
    UUID instance,
    String hostName,
    Instant restartedAt,
    Instant closedAt) {}
