package ukemi.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Nova's os-services. */
final class NovaServices {

  private static final String RULE = "os_compute_api:os-services:";

  private final World world;

  NovaServices(World world) {
    this.world = world;
  }

  Answer list(NovaCall call) {
    call.needsAdmin(RULE + "list");
    if (call.atLeast(75)) {
      call.onlyParameters(Set.of("host", "binary"));
    }
    Optional<String> name = call.parameter("host").filter(host -> !host.isEmpty());
    Optional<String> binary = call.parameter("binary").filter(any -> !any.isEmpty());
    List<Object> services = new ArrayList<>();
    synchronized (world) {
      for (Map<String, Object> control : controlPlane(call)) {
        services.add(control);
      }
      world.hosts().forEach(host -> services.add(shown(host, call)));
    }
    services.removeIf(
        service ->
            name.filter(wanted -> !wanted.equals(((Map<?, ?>) service).get("host"))).isPresent()
                || binary
                    .filter(wanted -> !wanted.equals(((Map<?, ?>) service).get("binary")))
                    .isPresent());
    return Answer.json(200, Map.of("services", services));
  }

  Answer update(NovaCall call, String id) throws InterruptedException {
    call.needsAdmin(RULE + "update");
    return call.atLeast(53) ? updateById(call, id) : updateByAction(call, id);
  }

  private Answer updateById(NovaCall call, String id) throws InterruptedException {
    if (!NovaServers.isUuid(id)) {
      throw new Refused(400, "Invalid uuid " + id);
    }
    JsonNode body = call.request().json();
    checkBody(body, Set.of("status", "disabled_reason", "forced_down"), Set.of());
    boolean blocks;
    Host host;
    synchronized (world) {
      host =
          world.hosts().stream()
              .filter(one -> one.serviceId.toString().equals(id))
              .findFirst()
              .orElseThrow(() -> new Refused(404, "Service " + id + " could not be found."));
      Boolean disabled =
          body.has("status") ? (Boolean) body.path("status").asText().equals("disabled") : null;
      if (Boolean.FALSE.equals(disabled) && body.hasNonNull("disabled_reason")) {
        throw new Refused(400, "Specifying 'disabled_reason' with status 'enabled' is invalid.");
      }
      blocks = change(host, disabled, text(body, "disabled_reason"), forcedDown(body));
    }
    waitForDeadCompute(blocks);
    synchronized (world) {
      return Answer.json(200, Map.of("service", shown(host, call)));
    }
  }

  /** Before 2.53 the action is in the path, and host and binary are in the body. */
  private Answer updateByAction(NovaCall call, String action) throws InterruptedException {
    JsonNode body = call.request().json();
    checkBody(
        body, Set.of("host", "binary", "disabled_reason", "forced_down"), Set.of("host", "binary"));
    String name = body.path("host").asText();
    Map<String, Object> shown = Json.object("host", name, "binary", body.path("binary").asText());
    boolean blocks;
    synchronized (world) {
      if (!body.path("binary").asText().equals("nova-compute") || !world.hasHost(name)) {
        throw new Refused(404, "Could not find binary nova-compute on host " + name + ".");
      }
      Host host = world.host(name);
      blocks =
          switch (action) {
            case "enable" -> change(host, false, null, null);
            case "disable" -> change(host, true, null, null);
            case "disable-log-reason" -> change(host, true, text(body, "disabled_reason"), null);
            case "force-down" -> change(host, null, null, forcedDown(body));
            default -> throw new Refused(404, "Unknown action");
          };
      if (action.equals("force-down")) {
        shown.put("forced_down", host.forcedDown);
      } else {
        shown.put("status", host.disabled ? "disabled" : "enabled");
      }
    }
    waitForDeadCompute(blocks);
    return Answer.json(200, Map.of("service", shown));
  }

  /**
   * @return whether Nova now calls a nova-compute that does not answer
   */
  private boolean change(Host host, Boolean disabled, String reason, Boolean forcedDown) {
    boolean statusChanges = disabled != null && disabled != host.disabled;
    if (Boolean.FALSE.equals(forcedDown) && hasDoneEvacuations(host)) {
      throw new Refused(
          400,
          "Unable to force up host "
              + host.name
              + " as `done` evacuation migration records remain associated with the host. Ensure"
              + " the compute service has been restarted, allowing these records to move to"
              + " `completed` before retrying this request.");
    }
    boolean changes =
        statusChanges
            || (disabled != null && !Objects.equals(reason, host.disabledReason))
            || (forcedDown != null && forcedDown != host.forcedDown);
    if (disabled != null) {
      host.disabled = disabled;
      host.disabledReason = disabled ? reason : null;
    }
    if (forcedDown != null) {
      host.forcedDown = forcedDown;
    }
    if (changes) {
      host.rowChanged(Instant.now());
    }
    if (!statusChanges) {
      return false;
    }
    if (world.isUp(host)) {
      if (host.alive()) {
        host.traitDisabled = host.disabled;
      }
      return !host.alive();
    }
    syncTraitLater(host);
    return false;
  }

  /** A nova-compute that was not told notices at its next look at its resources. */
  private void syncTraitLater(Host host) {
    world.later(
        world.settings.time("traitLag"),
        () -> {
          if (host.alive()) {
            host.traitDisabled = host.disabled;
          }
        });
  }

  private void waitForDeadCompute(boolean blocks) throws InterruptedException {
    if (blocks) {
      Duration timeout = world.settings.time("rpcTimeout");
      Thread.sleep(timeout.toMillis());
    }
  }

  private boolean hasDoneEvacuations(Host host) {
    return world.migrations.stream()
        .anyMatch(
            migration ->
                migration.source.equals(host.name)
                    && migration.type.equals("evacuation")
                    && migration.status.equals("done"));
  }

  private static void checkBody(JsonNode body, Set<String> known, Set<String> required) {
    if (!body.isObject()) {
      throw new Refused(
          400,
          "The server could not comply with the request since it is either malformed or otherwise incorrect.");
    }
    for (Iterator<String> names = body.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        throw new Refused(
            400, "Additional properties are not allowed ('" + name + "' was unexpected)");
      }
    }
    for (String name : required) {
      if (!body.hasNonNull(name)) {
        throw new Refused(400, "'" + name + "' is a required property");
      }
    }
    if (body.has("status")
        && !Set.of("enabled", "disabled").contains(body.path("status").asText())) {
      throw new Refused(
          400,
          "Invalid input for field/attribute status. Value: "
              + body.path("status").asText()
              + ". '"
              + body.path("status").asText()
              + "' is not one of ['enabled', 'disabled']");
    }
    JsonNode reason = body.path("disabled_reason");
    if (body.has("disabled_reason")
        && (!reason.isTextual() || reason.asText().isEmpty() || reason.asText().length() > 255)) {
      throw new Refused(
          400, "Invalid input for field/attribute disabled_reason. Value: " + reason + ".");
    }
  }

  private static Boolean forcedDown(JsonNode body) {
    JsonNode given = body.path("forced_down");
    if (given.isMissingNode()) {
      return null;
    }
    if (!given.isBoolean() && !given.asText().matches("(?i)true|false|on|off|yes|no|0|1")) {
      throw new Refused(
          400, "Invalid input for field/attribute forced_down. Value: " + given + ".");
    }
    return given.isBoolean() ? given.asBoolean() : given.asText().matches("(?i)true|on|yes|1");
  }

  private static String text(JsonNode body, String name) {
    return body.hasNonNull(name) ? body.path(name).asText() : null;
  }

  private Map<String, Object> shown(Host host, NovaCall call) {
    Map<String, Object> shown =
        Json.object(
            "binary",
            "nova-compute",
            "host",
            host.name,
            "id",
            call.atLeast(53) ? host.serviceId.toString() : (Object) (host.number + 3),
            "zone",
            "nova",
            "status",
            host.disabled ? "disabled" : "enabled",
            "state",
            world.isUp(host) ? "up" : "down",
            "updated_at",
            NovaCall.micros(SimulatedNova.shifted(world, world.updatedAt(host))),
            "disabled_reason",
            host.disabledReason);
    if (call.atLeast(11)) {
      shown.put("forced_down", host.forcedDown);
    }
    return shown;
  }

  private List<Map<String, Object>> controlPlane(NovaCall call) {
    List<Map<String, Object>> services = new ArrayList<>();
    int number = 1;
    for (String binary : List.of("nova-scheduler", "nova-conductor")) {
      Map<String, Object> shown =
          Json.object(
              "binary",
              binary,
              "host",
              "controller-1",
              "id",
              call.atLeast(53)
                  ? UUID.nameUUIDFromBytes(binary.getBytes(StandardCharsets.UTF_8)).toString()
                  : (Object) number++,
              "zone",
              "internal",
              "status",
              "enabled",
              "state",
              "up",
              "updated_at",
              NovaCall.micros(world.novaNow()),
              "disabled_reason",
              null);
      if (call.atLeast(11)) {
        shown.put("forced_down", false);
      }
      services.add(shown);
    }
    return services;
  }
}
