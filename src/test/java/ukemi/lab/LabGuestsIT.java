package ukemi.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static ukemi.lab.Lab.openstack;
import static ukemi.lab.Lab.openstackJson;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Failures of a guest and of a process, on a real Nova. */
@Tag("lab")
@Tag("long")
class LabGuestsIT {

  @RegisterExtension private final LabWorld world = new LabWorld();

  @Test
  void aFailedGuestIsStoppedAndStartedAndAFailedNovaComputeDisablesItsHostUntilItIsBack() {
    String segment = world.createSegment("auto", "compute-1", "compute-2");
    String guest = world.bootGuests("compute-1", 1).get(0);
    openstack("server", "set", "--property", "HA_Enabled=True", guest);
    String uuid = openstackJson("server", "show", guest).get("id").asText();

    world.awaitFinished(
        world.notify(
            "VM",
            "compute-1",
            "{\"event\":\"LIFECYCLE\",\"instance_uuid\":\"%s\",\"vir_domain_event\":\"STOPPED_FAILED\"}"
                .formatted(uuid)));

    assertThat(actions(uuid)).contains("stop", "start");
    assertThat(openstackJson("server", "show", guest).get("status").asText()).isEqualTo("ACTIVE");

    world.killHost("compute-1");
    world.awaitFinished(
        world.notify(
            "PROCESS", "compute-1", "{\"event\":\"STOPPED\",\"process_name\":\"nova-compute\"}"));
    assertThat(world.service("compute-1").get("Status").asText()).isEqualTo("disabled");
    assertThat(world.host(segment, "compute-1").get("on_maintenance").asBoolean()).isTrue();

    world.startHost("compute-1");
    await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofSeconds(2))
        .until(() -> world.service("compute-1").get("Status").asText(), "enabled"::equals);
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofSeconds(2))
        .until(() -> !world.host(segment, "compute-1").get("on_maintenance").asBoolean());
    assertThat(world.evacuationsFrom("compute-1")).isEmpty();
  }

  private static List<String> actions(String server) {
    List<String> actions = new ArrayList<>();
    for (JsonNode event : openstackJson("server", "event", "list", server)) {
      actions.add(event.get("Action").asText());
    }
    return actions;
  }
}
