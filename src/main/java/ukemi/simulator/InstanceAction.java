package ukemi.simulator;

import java.time.Instant;
import java.util.UUID;

/** One of Nova's os-instance-actions of a guest. Guarded by the world. */
final class InstanceAction {

  final String requestId = "req-" + UUID.randomUUID();
  final UUID guest;
  final String projectId;
  final String action;
  final Instant begun = Instant.now();

  /** What has failed, and why; null = nothing has. */
  String failedEvent;

  String details;
  Instant updated = begun;

  InstanceAction(Guest guest, String action) {
    this.guest = guest.id;
    this.projectId = guest.projectId;
    this.action = action;
  }

  void fail(String event, String why) {
    failedEvent = event;
    details = why;
    updated = Instant.now();
  }
}
