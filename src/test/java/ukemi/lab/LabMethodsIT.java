package ukemi.lab;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static ukemi.lab.Lab.openstack;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every recovery method, state of a guest and second death that a real Nova can show. */
@Tag("lab")
class LabMethodsIT {

  @RegisterExtension private final LabWorld world = new LabWorld();

  @Test
  void theWalkThroughOfReservedHostEndsAsItsTableSays() {
    String segment = world.createSegment("reserved_host", "compute-1", "compute-2");
    world.createReserve(segment, "compute-4");
    world.bootGuests("compute-1", 5);
    world.killHost("compute-1");

    world.awaitFinished(world.notifyHost("compute-1"));

    assertAllActive(Map.of("compute-4", 5L));
    assertRow(segment, "compute-2", "enabled", "up", false, false);
    assertRow(segment, "compute-1", "disabled", "down", false, true);
    assertRow(segment, "compute-4", "enabled", "up", false, false);
  }

  @Tag("long")
  @Test
  void autoPriorityGivesTheReserveWhatDisabledHostsDoNotTake() {
    String segment = world.createSegment("auto_priority", "compute-1", "compute-2");
    world.createReserve(segment, "compute-4");
    openstack("compute", "service", "set", "--disable", "compute-2", "nova-compute");
    world.bootGuests("compute-1", 4);
    world.killHost("compute-1");

    world.awaitFinished(world.notifyHost("compute-1"));

    assertAllActive(Map.of("compute-4", 4L));
    assertRow(segment, "compute-2", "disabled", "up", false, false);
    assertRow(segment, "compute-4", "enabled", "up", false, false);
    assertThat(world.evacuationsFrom("compute-1")).hasSize(4);
  }

  @Tag("long")
  @Test
  void rhPriorityUsesTheNewestReserveOnlyAndTheOthersWhenThereIsNone() {
    String segment = world.createSegment("rh_priority", "compute-1", "compute-2");
    world.createReserve(segment, "compute-3");
    world.createReserve(segment, "compute-4");
    world.bootGuests("compute-1", 4);
    world.killHost("compute-1");

    world.awaitFinished(world.notifyHost("compute-1"));

    assertAllActive(Map.of("compute-4", 4L));
    assertRow(segment, "compute-3", "disabled", "up", true, false);
    assertRow(segment, "compute-4", "enabled", "up", false, false);

    openstack("segment", "host", "delete", segment, "compute-3");
    world.killHost("compute-4");

    world.awaitFinished(world.notifyHost("compute-4"));

    assertAllActive(Map.of("compute-2", 4L));
    assertRow(segment, "compute-4", "disabled", "down", false, true);
  }

  @Tag("long")
  @Test
  void everyGuestEndsInTheStateThatNovaCanGiveItBack() {
    world.createSegment("auto", "compute-1", "compute-2");
    List<String> names = world.bootGuests("compute-1", 7);
    Map<String, String> wanted = new HashMap<>();
    wanted.put(names.get(0), "ACTIVE");
    openstack("server", "stop", names.get(1));
    wanted.put(names.get(1), "SHUTOFF");
    openstack("server", "set", "--state", "error", names.get(2));
    wanted.put(names.get(2), "ERROR");
    openstack("server", "pause", names.get(3));
    wanted.put(names.get(3), "SHUTOFF");
    openstack("server", "suspend", names.get(4));
    wanted.put(names.get(4), "SHUTOFF");
    openstack("server", "rescue", names.get(5));
    wanted.put(names.get(5), "SHUTOFF");
    openstack("server", "lock", "--reason", "mine", names.get(6));
    wanted.put(names.get(6), "ACTIVE");
    // not from the target: a host refuses a guest that it still keeps for reverting a resize
    String resized = world.bootGuests("compute-3", 1).get(0);
    openstack("server", "migrate", "--host", "compute-1", "--wait", resized);
    wanted.put(resized, "ACTIVE");
    world.awaitStates(
        Map.of(
            names.get(1),
            "SHUTOFF",
            names.get(3),
            "PAUSED",
            names.get(4),
            "SUSPENDED",
            names.get(5),
            "RESCUE",
            resized,
            "VERIFY_RESIZE"));
    world.killHost("compute-1");

    world.awaitFinished(world.notifyHost("compute-1"));

    assertThat(
            world.guests().stream()
                .collect(
                    toMap(
                        guest -> guest.get("Name").asText(),
                        guest -> guest.get("Status").asText())))
        .isEqualTo(wanted);
    assertThat(world.guests())
        .allSatisfy(guest -> assertThat(guest.get("Host").asText()).isEqualTo("compute-2"));
    names.forEach(
        name -> assertThat(world.isLocked(name)).as(name).isEqualTo(name.equals(names.get(6))));
  }

  @Tag("long")
  @Test
  void aTargetThatDiesMeanwhileLosesNoGuest() {
    world.createSegment("auto", "compute-1", "compute-2", "compute-3", "compute-4");
    world.bootGuests("compute-1", 20);
    world.killHost("compute-1");
    String first = world.notifyHost("compute-1");
    world.awaitAnEvacuationFrom("compute-1");
    world.killHost("compute-2");

    String second = world.notifyHost("compute-2");

    world.awaitFinished(first);
    world.awaitFinished(second);
    assertAllActiveOn(20, "compute-3", "compute-4");
  }

  /** What has come onto it by then needs a reserve of its own. */
  @Tag("long")
  @Test
  void aReserveThatDiesWhileItIsFilledLosesNoGuestAndIsNoReserveAnyMore() {
    String segment = world.createSegment("reserved_host", "compute-1");
    world.createReserve(segment, "compute-2");
    world.createReserve(segment, "compute-3");
    world.createReserve(segment, "compute-4");
    world.bootGuests("compute-1", 20);
    world.killHost("compute-1");
    String first = world.notifyHost("compute-1");
    world.awaitAnEvacuationFrom("compute-1");
    world.killHost("compute-4");

    String second = world.notifyHost("compute-4");

    world.awaitFinished(first);
    world.awaitFinished(second);
    assertAllActiveOn(20, "compute-2", "compute-3");
    assertRow(segment, "compute-4", "disabled", "down", false, true);
  }

  private void assertAllActiveOn(int count, String... hosts) {
    assertThat(world.guests())
        .hasSize(count)
        .allSatisfy(
            guest -> {
              assertThat(guest.get("Status").asText()).isEqualTo("ACTIVE");
              assertThat(guest.get("Host").asText()).isIn((Object[]) hosts);
            });
  }

  private void assertAllActive(Map<String, Long> guestsByHost) {
    List<JsonNode> guests = world.guests();
    assertThat(guests)
        .allSatisfy(guest -> assertThat(guest.get("Status").asText()).isEqualTo("ACTIVE"));
    assertThat(guests.stream().collect(groupingBy(guest -> guest.get("Host").asText(), counting())))
        .isEqualTo(guestsByHost);
  }

  private void assertRow(
      String segment,
      String name,
      String status,
      String state,
      boolean reserved,
      boolean onMaintenance) {
    JsonNode service = world.service(name);
    assertThat(service.get("Status").asText()).as(name).isEqualTo(status);
    assertThat(service.get("State").asText()).as(name).isEqualTo(state);
    JsonNode host = world.host(segment, name);
    assertThat(host.get("reserved").asText()).as(name).isEqualToIgnoringCase("" + reserved);
    assertThat(host.get("on_maintenance").asText())
        .as(name)
        .isEqualToIgnoringCase("" + onMaintenance);
  }
}
