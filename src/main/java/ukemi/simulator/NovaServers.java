package ukemi.simulator;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Nova's servers: lists and details. */
final class NovaServers {

  private static final Set<String> STATUSES =
      Set.of(
          "ACTIVE",
          "BUILD",
          "DELETED",
          "ERROR",
          "HARD_REBOOT",
          "MIGRATING",
          "PASSWORD",
          "PAUSED",
          "REBOOT",
          "REBUILD",
          "RESCUE",
          "RESIZE",
          "REVERT_RESIZE",
          "SHELVED",
          "SHELVED_OFFLOADED",
          "SHUTOFF",
          "SOFT_DELETED",
          "SUSPENDED",
          "VERIFY_RESIZE");

  private final World world;

  NovaServers(World world) {
    this.world = world;
  }

  private static boolean isStatus(String word) {
    return STATUSES.contains(word.toUpperCase(Locale.ROOT));
  }

  static boolean isUuid(String text) {
    return text.matches("(?i)[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}");
  }

  Answer list(NovaCall call, boolean detail) {
    boolean allTenants = allTenants(call);
    if (call.atLeast(38) && !call.parameter("status").map(NovaServers::isStatus).orElse(true)) {
      throw new Refused(400, "Invalid status value");
    }
    if (allTenants) {
      call.needsAdmin(
          "os_compute_api:servers:" + (detail ? "detail" : "index") + ":get_all_tenants");
    }
    synchronized (world) {
      List<Guest> found =
          world.guests().stream()
              .filter(guest -> allTenants || ownProject(call, guest))
              .filter(guest -> fits(guest, call))
              .sorted(Comparator.comparing((Guest guest) -> guest.number).reversed())
              .toList();
      int from = 0;
      Optional<String> marker = call.parameter("marker");
      if (marker.isPresent()) {
        from = after(marker.get(), found);
      }
      int limit = call.limit(world.settings.number("maxLimit"));
      List<Guest> page = found.subList(from, Math.min(found.size(), from + limit));
      Map<String, Object> body =
          Json.object(
              "servers",
              page.stream()
                  .map(guest -> detail ? shown(guest, call) : basic(guest, call))
                  .toList());
      if (limit > 0 && page.size() == limit) {
        String last = page.get(page.size() - 1).id.toString();
        body.put(
            "servers_links",
            List.of(
                Json.object(
                    "rel",
                    "next",
                    "href",
                    call.next(detail ? "/servers/detail" : "/servers", last))));
      }
      return Answer.json(200, body);
    }
  }

  /** Position behind the marker, which need not be among what was found. */
  private int after(String marker, List<Guest> found) {
    if (!known(marker)) {
      throw new Refused(400, "marker [" + marker + "] not found");
    }
    long number = world.guest(UUID.fromString(marker)).number;
    return (int) found.stream().filter(guest -> guest.number >= number).count();
  }

  Answer show(NovaCall call, String id) {
    synchronized (world) {
      return Answer.json(200, Map.of("server", shown(find(call, id), call)));
    }
  }

  Answer delete(NovaCall call, String id) {
    synchronized (world) {
      world.deleteGuest(find(call, id).id);
    }
    return Answer.empty(204);
  }

  Guest find(NovaCall call, String id) {
    if (known(id)) {
      Guest guest = world.guest(UUID.fromString(id));
      if (call.admin() || ownProject(call, guest)) {
        return guest;
      }
    }
    throw new Refused(404, "Instance " + id + " could not be found.");
  }

  private boolean known(String id) {
    return isUuid(id) && id.contains("-") && world.hasGuest(UUID.fromString(id));
  }

  private static boolean ownProject(NovaCall call, Guest guest) {
    return call.token().project() != null && call.token().project().id().equals(guest.projectId);
  }

  private static boolean allTenants(NovaCall call) {
    Optional<String> given = call.parameter("all_tenants");
    if (given.isEmpty()) {
      return false;
    }
    String value = given.get();
    if (value.isEmpty() || value.matches("(?i)1|t|true|on|y|yes")) {
      return true;
    }
    if (value.matches("(?i)0|f|false|off|n|no")) {
      return false;
    }
    throw new Refused(
        400,
        "Unrecognized value '"
            + value
            + "', acceptable values are: '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'");
  }

  private static boolean fits(Guest guest, NovaCall call) {
    boolean hostFits =
        !call.admin() || call.parameter("host").map(host -> host.equals(guest.host)).orElse(true);
    return hostFits
        && call.parameter("name").map(guest.name::contains).orElse(true)
        && call.parameter("uuid").map(guest.id.toString()::equals).orElse(true)
        && call.parameter("vm_state").map(guest.vmState::equals).orElse(true)
        && call.parameter("status").map(guest.status()::equalsIgnoreCase).orElse(true);
  }

  private static Map<String, Object> basic(Guest guest, NovaCall call) {
    return Json.object(
        "id", guest.id.toString(), "name", guest.name, "links", links("servers", guest, call));
  }

  private static List<Object> links(String collection, Guest guest, NovaCall call) {
    return List.of(
        Json.object("rel", "self", "href", call.base() + "/" + collection + "/" + guest.id),
        Json.object(
            "rel",
            "bookmark",
            "href",
            call.base().replace("/v2.1", "") + "/" + collection + "/" + guest.id));
  }

  private Map<String, Object> shown(Guest guest, NovaCall call) {
    Map<String, Object> shown = basic(guest, call);
    shown.put("status", guest.status());
    shown.put("tenant_id", guest.projectId);
    shown.put("user_id", "demo-user");
    shown.put("metadata", Map.copyOf(guest.metadata));
    shown.put(
        "hostId",
        UUID.nameUUIDFromBytes((guest.projectId + guest.host).getBytes(StandardCharsets.UTF_8))
            .toString()
            .replace("-", ""));
    shown.put("image", guest.image == null ? "" : Map.of("id", guest.image));
    shown.put("flavor", flavor(call));
    shown.put("created", zulu(guest.created));
    shown.put("updated", zulu(guest.updated));
    shown.put("addresses", Map.of());
    shown.put("accessIPv4", "");
    shown.put("accessIPv6", "");
    shown.put("OS-DCF:diskConfig", "AUTO");
    if (guest.fault != null && Set.of("ERROR", "DELETED").contains(guest.status())) {
      shown.put(
          "fault",
          Json.object(
              "code",
              guest.fault.code(),
              "created",
              zulu(guest.fault.created()),
              "message",
              guest.fault.message()));
    }
    if (Set.of("ACTIVE", "BUILD", "REBUILD", "RESIZE", "VERIFY_RESIZE").contains(guest.status())) {
      shown.put("progress", 0);
    }
    shown.put("OS-EXT-AZ:availability_zone", "nova");
    shown.put("config_drive", "");
    shown.put("key_name", null);
    shown.put(
        "OS-SRV-USG:launched_at",
        guest.launched == null
            ? null
            : NovaCall.micros(SimulatedNova.shifted(world, guest.launched)));
    shown.put("OS-SRV-USG:terminated_at", null);
    if (call.admin()) {
      extended(shown, guest, call);
    }
    shown.put("OS-EXT-STS:task_state", guest.taskState);
    shown.put("OS-EXT-STS:vm_state", guest.vmState);
    shown.put("OS-EXT-STS:power_state", guest.powerState);
    shown.put("os-extended-volumes:volumes_attached", new ArrayList<>());
    later(shown, guest, call);
    return shown;
  }

  private void extended(Map<String, Object> shown, Guest guest, NovaCall call) {
    shown.put("OS-EXT-SRV-ATTR:host", guest.host);
    shown.put("OS-EXT-SRV-ATTR:instance_name", String.format("instance-%08x", guest.number));
    shown.put("OS-EXT-SRV-ATTR:hypervisor_hostname", world.host(guest.host).hypervisorName);
    if (call.atLeast(3)) {
      shown.put("OS-EXT-SRV-ATTR:reservation_id", "r-" + guest.number);
      shown.put("OS-EXT-SRV-ATTR:launch_index", 0);
      shown.put("OS-EXT-SRV-ATTR:hostname", guest.name);
      shown.put("OS-EXT-SRV-ATTR:kernel_id", "");
      shown.put("OS-EXT-SRV-ATTR:ramdisk_id", "");
      shown.put("OS-EXT-SRV-ATTR:root_device_name", "/dev/vda");
      shown.put("OS-EXT-SRV-ATTR:user_data", null);
    }
  }

  private void later(Map<String, Object> shown, Guest guest, NovaCall call) {
    if (call.atLeast(9)) {
      shown.put("locked", guest.locked);
    }
    if (call.atLeast(16) && call.admin()) {
      Host host = world.host(guest.host);
      String up = world.isUp(host) ? "UP" : "UNKNOWN";
      shown.put("host_status", host.forcedDown ? "DOWN" : host.disabled ? "MAINTENANCE" : up);
    }
    if (call.atLeast(19)) {
      shown.put("description", guest.name);
    }
    if (call.atLeast(26)) {
      shown.put("tags", List.of());
    }
    if (call.atLeast(63)) {
      shown.put("trusted_image_certificates", null);
    }
    if (call.atLeast(73)) {
      shown.put("locked_reason", guest.lockedReason);
    }
  }

  private static Map<String, Object> flavor(NovaCall call) {
    if (!call.atLeast(47)) {
      return Json.object(
          "id",
          "1",
          "links",
          List.of(
              Json.object(
                  "rel", "bookmark", "href", call.base().replace("/v2.1", "") + "/flavors/1")));
    }
    return Json.object(
        "vcpus",
        1,
        "ram",
        512,
        "disk",
        1,
        "ephemeral",
        0,
        "swap",
        0,
        "original_name",
        "m1.tiny",
        "extra_specs",
        Map.of());
  }

  private String zulu(Instant time) {
    return NovaCall.zulu(SimulatedNova.shifted(world, time));
  }
}
