package ukemi.hostprocess;

import java.time.Instant;
import java.util.UUID;

/**
 * A host that takes no new guests because one of its processes failed.
 *
 * @param processName as reported
 * @param disabledAt when we asked Nova to disable the host; null = it was disabled already
 * @param closedAt null while the run is open
 */
public record ProcessRun(
    UUID id,
    UUID notificationUuid,
    UUID hostUuid,
    String hostName,
    String processName,
    Instant openedAt,
    Instant disabledAt,
    Instant closedAt) {}
