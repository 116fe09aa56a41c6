package ukemi.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Nova's os-server-groups: enough to see them, as microversion 2.64 and later shows them. */
final class NovaServerGroups {

  private record Group(UUID id, String name, String policy, Set<UUID> members) {}

  private final World world;
  private final List<Group> groups = new ArrayList<>();

  NovaServerGroups(World world) {
    this.world = world;
  }

  void add(String name, String policy, Set<UUID> members) {
    synchronized (world) {
      groups.add(new Group(UUID.randomUUID(), name, policy, members));
    }
  }

  Answer list(NovaCall call) {
    call.needsAdmin("os_compute_api:os-server-groups:index:all_projects");
    synchronized (world) {
      int from = call.parameter("offset").map(Integer::parseInt).orElse(0);
      int limit = call.limit(world.settings.number("maxLimit"));
      // without "all_projects", those of the caller's own, and ours has none
      List<Group> shown = call.parameter("all_projects").isEmpty() ? List.of() : groups;
      return Answer.json(
          200,
          Map.of(
              "server_groups",
              shown.stream().skip(from).limit(limit).map(NovaServerGroups::shown).toList()));
    }
  }

  private static Map<String, Object> shown(Group group) {
    return Json.object(
        "id",
        group.id,
        "name",
        group.name,
        "policy",
        group.policy,
        "rules",
        Map.of(),
        "members",
        group.members,
        "project_id",
        "demo-project",
        "user_id",
        "demo-user");
  }
}
