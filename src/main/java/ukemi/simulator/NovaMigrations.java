package ukemi.simulator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Nova's os-migrations. */
final class NovaMigrations {

  private static final Set<String> FILTERS =
      Set.of("hidden", "host", "instance_uuid", "source_compute", "status", "migration_type");

  private final World world;

  NovaMigrations(World world) {
    this.world = world;
  }

  Answer list(NovaCall call) {
    call.needsAdmin("os_compute_api:os-migrations:index");
    if (call.atLeast(59)) {
      Set<String> known = new HashSet<>(FILTERS);
      known.addAll(Set.of("limit", "marker", "changes-since"));
      if (call.atLeast(66)) {
        known.add("changes-before");
      }
      if (call.atLeast(80)) {
        known.addAll(Set.of("user_id", "project_id"));
      }
      call.onlyParameters(known);
    }
    synchronized (world) {
      List<Migration> found =
          new ArrayList<>(world.migrations.stream().filter(one -> fits(one, call)).toList());
      return call.atLeast(59) ? page(found, call) : Answer.json(200, body(found, call));
    }
  }

  private Answer page(List<Migration> found, NovaCall call) {
    Collections.reverse(found);
    int from = 0;
    Optional<String> marker = call.parameter("marker");
    if (marker.isPresent()) {
      if (world.migrations.stream().noneMatch(one -> one.uuid.toString().equals(marker.get()))) {
        throw new Refused(400, "Marker " + marker.get() + " could not be found.");
      }
      List<String> ids = found.stream().map(one -> one.uuid.toString()).toList();
      from = ids.indexOf(marker.get()) + 1;
    }
    int limit = call.limit(world.settings.number("maxLimit"));
    List<Migration> page = found.subList(from, Math.min(found.size(), from + limit));
    Map<String, Object> body = body(page, call);
    if (limit > 0 && page.size() == limit) {
      String last = page.get(page.size() - 1).uuid.toString();
      body.put(
          "migrations_links",
          List.of(Json.object("rel", "next", "href", call.next("/os-migrations", last))));
    }
    return Answer.json(200, body);
  }

  private static boolean fits(Migration one, NovaCall call) {
    return is(call, "migration_type", one.type)
        && is(call, "source_compute", one.source)
        && is(call, "instance_uuid", one.guest.toString())
        && is(call, "status", one.status)
        && is(call, "project_id", one.projectId)
        && call.parameter("host")
            .map(host -> host.equals(one.source) || host.equals(one.target))
            .orElse(true);
  }

  private static boolean is(NovaCall call, String filter, String value) {
    return call.parameter(filter).map(value::equals).orElse(true);
  }

  private Map<String, Object> body(List<Migration> migrations, NovaCall call) {
    return Json.object(
        "migrations", migrations.stream().map(migration -> shown(migration, call)).toList());
  }

  private Map<String, Object> shown(Migration one, NovaCall call) {
    Map<String, Object> shown =
        Json.object(
            "id",
            one.id,
            "source_compute",
            one.source,
            "source_node",
            one.sourceNode,
            "dest_compute",
            one.target,
            "dest_node",
            one.targetNode,
            "dest_host",
            one.targetAddress,
            "old_instance_type_id",
            null,
            "new_instance_type_id",
            null,
            "instance_uuid",
            one.guest.toString(),
            "status",
            one.status,
            "created_at",
            NovaCall.micros(SimulatedNova.shifted(world, one.created)),
            "updated_at",
            one.updated == null
                ? null
                : NovaCall.micros(SimulatedNova.shifted(world, one.updated)));
    if (call.atLeast(23)) {
      shown.put("migration_type", one.type);
    }
    if (call.atLeast(59)) {
      shown.put("uuid", one.uuid.toString());
    }
    if (call.atLeast(80)) {
      shown.put("user_id", "demo-user");
      shown.put("project_id", one.projectId);
    }
    return shown;
  }
}
