package ukemi.hostreturn;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import ukemi.segment.MaintenanceOwner;

/**
 * A host on its way back into service.
 *
 * @param ownerBefore who had it on maintenance before
 * @param runIds the recoveries since it was last in service, oldest first; empty when an operator
 *     took it out of service
 * @param reportedDownAt when a monitor reported it dead during its return; null = none has
 * @param processInstanceId of the engine
 * @param closedAt null while it is under way
 */
public record HostReturn(
    UUID id,
    UUID hostUuid,
    String hostName,
    MaintenanceOwner ownerBefore,
    List<UUID> runIds,
    Instant reportedDownAt,
    String processInstanceId,
    Instant openedAt,
    Instant closedAt) {}
