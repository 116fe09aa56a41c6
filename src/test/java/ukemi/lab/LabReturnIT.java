package ukemi.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The way back, on a real Nova: a returned host, and the reserve that stood in for it. */
@Tag("lab")
@Tag("long")
class LabReturnIT {

  @RegisterExtension private final LabWorld world = new LabWorld();

  @Test
  void theReturnedHostIsTheReserveOfTheNextFailure() throws IOException {
    String segment = recoverOntoTheReserve("reserve");

    awaitRow(segment, "compute-1", "disabled", true, false);
    assertThat(guestsOn("compute-4")).hasSize(2);

    world.bootGuests("compute-2", 2);
    world.killHost("compute-2");
    world.awaitFinished(world.notifyHost("compute-2"));

    assertThat(guestsOn("compute-1")).hasSize(2);
    awaitRow(segment, "compute-1", "enabled", false, false);
  }

  @Test
  void theGuestsGoBackAndTheReserveIsAReserveAgainForTheNextFailure() throws IOException {
    String segment = recoverOntoTheReserve("guests");

    awaitRow(segment, "compute-4", "disabled", true, false);
    awaitRow(segment, "compute-1", "enabled", false, false);
    assertThat(guestsOn("compute-1")).hasSize(2);
    assertThat(guestsOn("compute-4")).isEmpty();

    world.bootGuests("compute-2", 2);
    world.killHost("compute-2");
    world.awaitFinished(world.notifyHost("compute-2"));

    assertThat(guestsOn("compute-4")).hasSize(2);
    assertThat(guestsOn("compute-1")).hasSize(2);
  }

  /** The table asks nobody and says what the host becomes; its monitor reports it up. */
  private String recoverOntoTheReserve(String role) throws IOException {
    String table =
        Files.readString(Path.of("processes", "return-policy.dmn"))
            .replace("<text>\"yes\"</text>", "<text>\"no\"</text>")
            .replace("<text>\"ukemi\"</text>", "<text>\"person\"</text>")
            .replace("<text>\"reserve\"</text>", "<text>\"" + role + "\"</text>");
    world.restartWith(Map.of("return-policy.dmn", table));
    String segment = world.createSegment("reserved_host", "compute-1", "compute-2");
    world.createReserve(segment, "compute-4");
    world.bootGuests("compute-1", 2);
    world.killHost("compute-1");
    world.awaitFinished(world.notifyHost("compute-1"));
    assertThat(guestsOn("compute-4")).hasSize(2);
    world.startHostForcedDown("compute-1");
    world.returnHost(segment, "compute-1");
    return segment;
  }

  private List<JsonNode> guestsOn(String host) {
    return world.guests().stream()
        .filter(guest -> guest.get("Host").asText().equals(host))
        .toList();
  }

  private void awaitRow(
      String segment, String host, String status, boolean reserved, boolean onMaintenance) {
    await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofSeconds(2))
        .untilAsserted(
            () -> {
              JsonNode shown = world.host(segment, host);
              assertThat(world.service(host).get("Status").asText()).as(host).isEqualTo(status);
              assertThat(shown.get("reserved").asBoolean()).as(host).isEqualTo(reserved);
              assertThat(shown.get("on_maintenance").asBoolean()).as(host).isEqualTo(onMaintenance);
            });
  }
}
