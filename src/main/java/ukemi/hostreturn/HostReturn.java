package ukemi.hostreturn;

import java.time.Instant;
import java.util.UUID;
import ukemi.segment.MaintenanceOwner;

/**
 * A host on its way back into service.
 *
 * @param ownerBefore who had it on maintenance before
 * @param runId the recovery after which it returns; null when an operator took it out of service
 * @param processInstanceId of the engine
 * @param closedAt null while it is under way
 */
public record HostReturn(
    UUID id,
    UUID hostUuid,
    String hostName,
    MaintenanceOwner ownerBefore,
    UUID runId,
    String processInstanceId,
    Instant openedAt,
    Instant closedAt) {}
