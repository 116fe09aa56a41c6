package ukemi.simulator;

import java.time.Instant;
import java.util.UUID;

/** A row of Nova's migrations. Guarded by the world. */
final class Migration {

  final long id;
  final UUID uuid = UUID.randomUUID();
  final UUID guest;
  final String projectId;
  final String source;
  final String sourceNode;
  final Instant created;

  String target;
  String targetNode;
  String targetAddress;
  String status = "accepted";
  String type = "evacuation";
  Instant updated;

  Migration(long id, Guest guest, Host source, String target, Instant now) {
    this.id = id;
    this.guest = guest.id;
    this.projectId = guest.projectId;
    this.source = source.name;
    this.sourceNode = source.hypervisorName;
    this.target = target;
    created = now;
  }

  void status(String status, Instant now) {
    this.status = status;
    updated = now;
  }
}
