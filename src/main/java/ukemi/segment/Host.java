package ukemi.segment;

import java.time.Instant;
import java.util.UUID;

/**
 * A registered compute host.
 *
 * @param name exactly as Nova has it ("host" of its nova-compute service)
 * @param type free text, usually COMPUTE
 * @param controlAttributes free text, usually SSH; never interpreted
 * @param reserved kept empty as a target for reserved_host recovery
 * @param maintenanceOwner who has it on maintenance; null = nobody
 * @param updatedAt null until the first change
 */
public record Host(
    long id,
    UUID uuid,
    UUID segmentUuid,
    String name,
    String type,
    String controlAttributes,
    boolean reserved,
    MaintenanceOwner maintenanceOwner,
    Instant createdAt,
    Instant updatedAt) {

  /** The one boolean that the API shows. */
  public boolean onMaintenance() {
    return maintenanceOwner != null;
  }
}
