package ukemi.simulator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Nova's os-instance-actions: of the orders that fail later, and why they did. */
final class NovaInstanceActions {

  private final World world;
  private final NovaServers servers;
  private final List<InstanceAction> actions = new ArrayList<>();

  NovaInstanceActions(World world, NovaServers servers) {
    this.world = world;
    this.servers = servers;
  }

  InstanceAction begin(Guest guest, String action) {
    InstanceAction begun = new InstanceAction(guest, action);
    actions.add(begun);
    return begun;
  }

  /** The newest first. */
  Answer list(NovaCall call, String id) {
    synchronized (world) {
      Guest guest = servers.find(call, id);
      List<Map<String, Object>> found =
          new ArrayList<>(
              actions.stream()
                  .filter(action -> action.guest.equals(guest.id))
                  .map(action -> shown(action, call))
                  .toList());
      Collections.reverse(found);
      return Answer.json(200, Map.of("instanceActions", found));
    }
  }

  Answer show(NovaCall call, String id, String request) {
    synchronized (world) {
      Guest guest = servers.find(call, id);
      InstanceAction action =
          actions.stream()
              .filter(one -> one.guest.equals(guest.id) && one.requestId.equals(request))
              .findFirst()
              .orElseThrow(
                  () -> new Refused(404, "Action for request_id " + request + " not found"));
      Map<String, Object> shown = shown(action, call);
      if (call.admin() || call.atLeast(51)) {
        shown.put("events", action.failedEvent == null ? List.of() : List.of(failed(action, call)));
      }
      return Answer.json(200, Map.of("instanceAction", shown));
    }
  }

  private Map<String, Object> shown(InstanceAction action, NovaCall call) {
    Map<String, Object> shown =
        Json.object(
            "action",
            action.action,
            "instance_uuid",
            action.guest.toString(),
            "request_id",
            action.requestId,
            "user_id",
            "demo-user",
            "project_id",
            action.projectId,
            "start_time",
            NovaCall.micros(SimulatedNova.shifted(world, action.begun)),
            "message",
            action.failedEvent == null ? null : "Error");
    if (call.atLeast(58)) {
      shown.put("updated_at", NovaCall.micros(SimulatedNova.shifted(world, action.updated)));
    }
    return shown;
  }

  private Map<String, Object> failed(InstanceAction action, NovaCall call) {
    Map<String, Object> shown =
        Json.object(
            "event",
            action.failedEvent,
            "start_time",
            NovaCall.micros(SimulatedNova.shifted(world, action.begun)),
            "finish_time",
            NovaCall.micros(SimulatedNova.shifted(world, action.updated)),
            "result",
            "Error");
    if (call.admin()) {
      shown.put("traceback", "  File \"manager.py\", line 400, in _cold_migrate\n");
    }
    if (call.admin() && call.atLeast(84)) {
      shown.put("details", action.details);
    }
    return shown;
  }
}
