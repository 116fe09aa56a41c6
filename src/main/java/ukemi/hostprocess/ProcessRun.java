package ukemi.hostprocess;

import java.time.Instant;
import java.util.UUID;

/**
 * A host that takes no new guests because one of its processes failed.
 *
 * @param processName as reported
 * @param processInstanceId of the engine
 * @param reportedUpAt null = what was reported last is that it is down
 * @param backAt when it was found to be back; null = it is down
 * @param closedAt null while the run is open
 */
public record ProcessRun(
    UUID id,
    UUID notificationUuid,
    UUID hostUuid,
    String hostName,
    String processName,
    String processInstanceId,
    Instant reportedUpAt,
    Instant backAt,
    Instant closedAt) {}
