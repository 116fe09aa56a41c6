package ukemi.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** A guest as Nova shows it, and its copies as they really are. Guarded by the world. */
final class Guest {

  record Fault(int code, String message, Instant created) {}

  final long number;
  final UUID id;
  final String name;
  final Map<String, String> metadata;
  final String projectId;
  final Instant created;

  String host;
  String vmState = "active";
  String taskState;
  int powerState = 1;
  Instant updated;
  Instant launched;
  boolean locked;
  String lockedReason;
  Fault fault;
  Duration evacuationTime;

  /** Id of its image; null = it boots from a volume. */
  String image;

  /** Host to whether the copy there runs; copies on a host without power never do. */
  final Map<String, Boolean> copies = new LinkedHashMap<>();

  /** The hosts of the last recorded moment of running twice. */
  Set<String> twice = Set.of();

  Guest(
      long number,
      UUID id,
      String name,
      Map<String, String> metadata,
      String projectId,
      String host,
      Instant now) {
    this.number = number;
    this.id = id;
    this.name = name;
    this.metadata = new LinkedHashMap<>(metadata);
    this.projectId = projectId;
    this.host = host;
    created = now;
    updated = now;
    launched = now;
    copies.put(host, true);
  }

  Set<String> runningOn() {
    Set<String> hosts = new TreeSet<>();
    copies.forEach(
        (host, running) -> {
          if (running) {
            hosts.add(host);
          }
        });
    return hosts;
  }

  /** The status word that Nova makes of both states. */
  String status() {
    if (taskState != null && taskState.startsWith("rebuild")) {
      return "REBUILD";
    }
    return switch (vmState) {
      case "active" -> "ACTIVE";
      case "stopped" -> "SHUTOFF";
      case "error" -> "ERROR";
      case "building" -> "BUILD";
      case "paused" -> "PAUSED";
      case "suspended" -> "SUSPENDED";
      case "rescued" -> "RESCUE";
      case "resized" -> "VERIFY_RESIZE";
      case "shelved" -> "SHELVED";
      case "shelved_offloaded" -> "SHELVED_OFFLOADED";
      case "soft-delete" -> "SOFT_DELETED";
      case "deleted" -> "DELETED";
      default -> "UNKNOWN";
    };
  }
}
