package ukemi.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Nova's os-hypervisors. */
final class NovaHypervisors {

  private final World world;

  NovaHypervisors(World world) {
    this.world = world;
  }

  Answer list(NovaCall call, boolean detail) {
    call.needsAdmin("os_compute_api:os-hypervisors:list" + (detail ? "-detail" : ""));
    Optional<String> pattern =
        call.atLeast(53) ? call.parameter("hypervisor_hostname_pattern") : Optional.empty();
    boolean paged = call.parameter("limit").isPresent() || call.parameter("marker").isPresent();
    if (pattern.isPresent() && paged) {
      throw new Refused(
          400,
          "Paging over hypervisors with the hypervisor_hostname_pattern query parameter is not"
              + " supported.");
    }
    synchronized (world) {
      List<Host> hosts =
          new ArrayList<>(
              world.hosts().stream()
                  .filter(host -> pattern.map(host.hypervisorName::contains).orElse(true))
                  .toList());
      if (pattern.isPresent() && hosts.isEmpty()) {
        throw new Refused(404, "No hypervisor matching '" + pattern.get() + "' could be found.");
      }
      return Answer.json(200, page(call, detail, hosts, pattern.isPresent()));
    }
  }

  Answer show(NovaCall call, String id) {
    call.needsAdmin("os_compute_api:os-hypervisors:show");
    synchronized (world) {
      return world.hosts().stream()
          .filter(host -> id(host, call).toString().equals(id))
          .findFirst()
          .map(host -> Answer.json(200, Map.of("hypervisor", shown(host, call, true))))
          .orElseThrow(
              () -> new Refused(404, "Hypervisor with ID '" + id + "' could not be found."));
    }
  }

  private Map<String, Object> page(NovaCall call, boolean detail, List<Host> hosts, boolean all) {
    int from = 0;
    int limit = Integer.MAX_VALUE;
    if (call.atLeast(33) && !all) {
      limit = call.limit(world.settings.number("maxLimit"));
      if (call.parameter("marker").isPresent()) {
        String marker = call.parameter("marker").get();
        from = hosts.stream().map(host -> id(host, call).toString()).toList().indexOf(marker) + 1;
        if (from == 0) {
          throw new Refused(400, "marker [" + marker + "] not found");
        }
      }
    }
    List<Host> page = hosts.subList(from, (int) Math.min(hosts.size(), (long) from + (long) limit));
    Map<String, Object> body =
        Json.object("hypervisors", page.stream().map(host -> shown(host, call, detail)).toList());
    if (limit > 0 && page.size() == limit) {
      String last = id(page.get(page.size() - 1), call).toString();
      body.put(
          "hypervisors_links",
          List.of(
              Json.object(
                  "rel",
                  "next",
                  "href",
                  call.next("/os-hypervisors" + (detail ? "/detail" : ""), last))));
    }
    return body;
  }

  private static Object id(Host host, NovaCall call) {
    return call.atLeast(53) ? host.hypervisorId.toString() : (Object) host.number;
  }

  private Map<String, Object> shown(Host host, NovaCall call, boolean detail) {
    List<Guest> guests =
        world.guests().stream().filter(guest -> host.name.equals(guest.host)).toList();
    Map<String, Object> shown =
        Json.object(
            "id",
            id(host, call),
            "hypervisor_hostname",
            host.hypervisorName,
            "state",
            world.isUp(host) ? "up" : "down",
            "status",
            host.disabled ? "disabled" : "enabled");
    if (detail) {
      shown.put("hypervisor_type", "QEMU");
      shown.put("hypervisor_version", 7002000);
      shown.put("host_ip", host.address);
      shown.put(
          "service",
          Json.object(
              "id",
              call.atLeast(53) ? host.serviceId.toString() : (Object) (host.number + 3),
              "host",
              host.name,
              "disabled_reason",
              host.disabledReason));
      if (call.atLeast(88)) {
        shown.put("uptime", host.alive() ? " 07:30:52 up 12 days,  3:04,  0 users" : null);
      } else {
        used(shown, guests.size());
        shown.put("cpu_info", call.atLeast(28) ? (Object) Map.of() : "{}");
      }
    }
    if (call.atLeast(53) && call.parameter("with_servers").orElse("").matches("(?i)true|1")) {
      if (!guests.isEmpty() || call.atLeast(75)) {
        shown.put(
            "servers",
            guests.stream()
                .map(guest -> Json.object("name", guest.name, "uuid", guest.id.toString()))
                .toList());
      }
    }
    return shown;
  }

  private static void used(Map<String, Object> shown, int guests) {
    shown.put("vcpus", 64);
    shown.put("memory_mb", 262144);
    shown.put("local_gb", 4000);
    shown.put("vcpus_used", guests);
    shown.put("memory_mb_used", 512 + guests * 512);
    shown.put("local_gb_used", guests);
    shown.put("free_ram_mb", 261632 - guests * 512);
    shown.put("free_disk_gb", 4000 - guests);
    shown.put("current_workload", 0);
    shown.put("running_vms", guests);
    shown.put("disk_available_least", 4000 - guests);
  }
}
