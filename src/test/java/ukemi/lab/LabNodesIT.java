package ukemi.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two nodes on one PostgreSQL, in front of a real Nova. MAAS is simulated. */
@Tag("lab")
@Tag("long")
class LabNodesIT {

  private static final int GUESTS = 50;

  /** camunda.bpm.job-execution.lock-time-in-millis, for who finds a job that its node has begun. */
  private static final Duration JOB_LOCK = Duration.ofMinutes(5);

  private static final Duration NOVA = Duration.ofMinutes(1);

  @RegisterExtension private final LabWorld world = new LabWorld();

  @Test
  void theOtherNodeCompletesWhatAKilledOneHasBegunOneEvacuationEach() {
    world.startSecond();
    world.createSegment("auto", "compute-1", "compute-2", "compute-3", "compute-4");
    world.bootGuests("compute-1", GUESTS);
    world.killHost("compute-1");
    String notification = world.notifyHost("compute-1");
    await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> done() >= GUESTS * 2 / 5);
    world.killUkemi();
    Instant killed = Instant.now();
    long before = done();
    assertThat(before).isLessThan(GUESTS);
    world.endpointOfSecond();

    await()
        .atMost(JOB_LOCK.plus(NOVA))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> done() == GUESTS);
    System.out.printf(
        "One of two nodes killed when %d of %d guests were back; the others were %d s later%n",
        before, GUESTS, Duration.between(killed, Instant.now()).toSeconds());

    world.awaitFinished(notification);
    List<JsonNode> evacuations = world.evacuationsFrom("compute-1");
    assertThat(evacuations).hasSize(GUESTS);
    assertThat(evacuations.stream().map(row -> row.get("Server UUID").asText()).distinct())
        .hasSize(GUESTS);
    assertThat(world.guests())
        .hasSize(GUESTS)
        .allSatisfy(
            guest -> {
              assertThat(guest.get("Status").asText()).isEqualTo("ACTIVE");
              assertThat(guest.get("Host").asText()).isNotEqualTo("compute-1");
            });
  }

  private long done() {
    return world.evacuationsFrom("compute-1").stream()
        .filter(row -> row.get("Status").asText().matches("done|completed"))
        .count();
  }
}
