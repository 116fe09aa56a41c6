package ukemi.notification;

import java.time.Instant;
import java.util.UUID;

/**
 * One recovery of one host, from the claim to the report.
 *
 * @param hostStartedAt when the host was last reported STARTED, or was found alive, since the run
 *     was opened; or null
 * @param closedAt null while it is open
 */
public record RecoveryRun(
    UUID id,
    UUID notificationUuid,
    UUID hostUuid,
    String hostName,
    String processInstanceId,
    Instant openedAt,
    Instant hostStartedAt,
    Instant closedAt,
    String reason) {}
