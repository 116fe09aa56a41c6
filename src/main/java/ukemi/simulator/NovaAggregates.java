package ukemi.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Nova's os-aggregates: enough to see and to join them. */
final class NovaAggregates {

  private record Aggregate(
      int id, UUID uuid, String name, Map<String, String> metadata, List<String> hosts) {}

  private final World world;
  private final List<Aggregate> aggregates = new ArrayList<>();

  NovaAggregates(World world) {
    this.world = world;
  }

  void add(String name, Map<String, String> metadata, List<String> hosts) {
    synchronized (world) {
      aggregates.add(
          new Aggregate(
              aggregates.size() + 1,
              UUID.randomUUID(),
              name,
              Map.copyOf(metadata),
              new ArrayList<>(hosts)));
    }
  }

  Answer list(NovaCall call) {
    call.needsAdmin("os_compute_api:os-aggregates:index");
    synchronized (world) {
      return Answer.json(
          200, Map.of("aggregates", aggregates.stream().map(one -> shown(one, call)).toList()));
    }
  }

  Answer show(NovaCall call, String id) {
    call.needsAdmin("os_compute_api:os-aggregates:show");
    synchronized (world) {
      return Answer.json(200, Map.of("aggregate", shown(find(id), call)));
    }
  }

  Answer act(NovaCall call, String id) {
    JsonNode body = call.request().json();
    boolean add = body.has("add_host");
    if (!add && !body.has("remove_host")) {
      throw new Refused(400, "There is no such action: " + body);
    }
    call.needsAdmin("os_compute_api:os-aggregates:" + (add ? "add_host" : "remove_host"));
    String host = body.path(add ? "add_host" : "remove_host").path("host").asText();
    synchronized (world) {
      Aggregate aggregate = find(id);
      if (!world.hasHost(host)) {
        throw new Refused(404, "Compute host " + host + " could not be found.");
      }
      if (add && aggregate.hosts.contains(host)) {
        throw new Refused(
            409, "Cannot add_host aggregate " + id + ". Reason: Host " + host + " already exists.");
      }
      if (add) {
        aggregate.hosts.add(host);
      } else {
        aggregate.hosts.remove(host);
      }
      return Answer.json(200, Map.of("aggregate", shown(aggregate, call)));
    }
  }

  private Aggregate find(String id) {
    return aggregates.stream()
        .filter(one -> String.valueOf(one.id).equals(id))
        .findFirst()
        .orElseThrow(() -> new Refused(404, "Aggregate " + id + " could not be found."));
  }

  private Map<String, Object> shown(Aggregate one, NovaCall call) {
    Map<String, Object> shown =
        Json.object(
            "id",
            one.id,
            "name",
            one.name,
            "hosts",
            List.copyOf(one.hosts),
            "availability_zone",
            one.metadata.get("availability_zone"),
            "metadata",
            one.metadata,
            "created_at",
            NovaCall.micros(Instant.EPOCH),
            "updated_at",
            null,
            "deleted_at",
            null,
            "deleted",
            false);
    if (call.atLeast(41)) {
      shown.put("uuid", one.uuid.toString());
    }
    return shown;
  }
}
