package ukemi.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import ukemi.simulator.Truth;

/** The main job on a real Nova, typed with the real CLI, with the real jar. MAAS is simulated. */
@Tag("lab")
class LabRecoveryIT {

  @RegisterExtension private final LabWorld world = new LabWorld();

  @Test
  void twentyGuestsOfAKilledHostComeBackOneEvacuationEach() {
    String segment =
        world.createSegment("auto", "compute-1", "compute-2", "compute-3", "compute-4");
    world.bootGuests("compute-1", 20);
    world.killHost("compute-1");

    String notification = world.notifyHost("compute-1");
    world.awaitFinished(notification);

    assertRecovered(segment, 20);
    Lab.walkClients(notification); // its vmoves
  }

  @Test
  void aKillInTheMiddleOfTheEvacuationCostsTimeAndNothingElse() {
    String segment =
        world.createSegment("auto", "compute-1", "compute-2", "compute-3", "compute-4");
    world.bootGuests("compute-1", 20);
    world.killHost("compute-1");
    String notification = world.notifyHost("compute-1");
    world.awaitAnEvacuationFrom("compute-1");
    world.killUkemi();
    world.start();

    world.awaitFinished(notification);

    assertRecovered(segment, 20);
  }

  private void assertRecovered(String segment, int guests) {
    assertThat(world.guests())
        .hasSize(guests)
        .allSatisfy(
            guest -> {
              assertThat(guest.get("Status").asText()).isEqualTo("ACTIVE");
              assertThat(guest.get("Host").asText()).isNotEqualTo("compute-1");
            });
    List<JsonNode> evacuations = world.evacuationsFrom("compute-1");
    assertThat(evacuations).hasSize(guests);
    assertThat(evacuations.stream().map(row -> row.get("Server UUID").asText()).distinct())
        .hasSize(guests);
    assertProvenOffBefore(evacuations);
    JsonNode service = world.service("compute-1");
    assertThat(service.get("Status").asText()).isEqualTo("disabled");
    assertThat(service.get("State").asText()).isEqualTo("down");
    assertThat(service.get("Forced Down").asBoolean()).isTrue();
    assertThat(world.host(segment, "compute-1").get("on_maintenance").asText())
        .isEqualToIgnoringCase("true");
  }

  /** The order to power off and two live readings came before Nova heard of an evacuation. */
  private void assertProvenOffBefore(List<JsonNode> evacuations) {
    Instant first =
        evacuations.stream()
            .map(
                row ->
                    LocalDateTime.parse(row.get("Created At").asText()).toInstant(ZoneOffset.UTC))
            .min(Instant::compareTo)
            .orElseThrow();
    List<Truth.PowerOrder> off =
        world.maas().powerOrders("compute-1").stream()
            .filter(order -> order.operation().equals("power_off"))
            .toList();
    assertThat(off).hasSize(1);
    assertThat(off.get(0).at()).isBefore(first);
    long readings =
        world
            .maas()
            .requests(
                request ->
                    request.query() != null
                        && request.query().contains("query_power_state")
                        && request.at().isAfter(off.get(0).at())
                        && request.at().isBefore(first.plusSeconds(1)))
            .size();
    assertThat(readings).isGreaterThanOrEqualTo(2);
  }
}
