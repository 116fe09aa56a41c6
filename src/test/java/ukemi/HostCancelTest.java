package ukemi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import ukemi.simulator.SimulatedCloud;

/** A recovery is cancelled over the API and tried again; judged by the simulated cloud's truth. */
class HostCancelTest {

  /** More than any step takes on a slow machine. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @Test
  void aCancelledRecoveryEvacuatesNobodyMoreAndARetryTakesTheGuestsThatAreLeft() throws Exception {
    try (SimulatedCloud cloud = SimulatedCloud.start(0)) {
      cloud
          .settings()
          .reportInterval(Duration.ofSeconds(1))
          .evacuationTime(Duration.ofSeconds(15))
          .bmcTimeout(Duration.ofSeconds(2))
          .rpcTimeout(Duration.ofSeconds(5));
      for (int host = 1; host <= 3; host++) {
        cloud.addHost("compute-" + host, "10.30.0.1" + host);
      }
      java.util.List<UUID> guests =
          IntStream.range(0, 6).mapToObj(n -> cloud.addGuest("compute-1", "guest-" + n)).toList();
      try (RunningUkemi ukemi =
          RunningUkemi.start(cloud, Map.of("ukemi.evacuation.in-flight", "2"))) {
        String segment = ukemi.client().createSegment("segment1", "auto");
        ukemi.client().createHosts(segment, "compute-1", "compute-2", "compute-3");
        cloud.crash("compute-1");
        String first = ukemi.client().hostStopped("compute-1");
        await().atMost(LIMIT).until(() -> cloud.truth().evacuateCalls().size() == 2);

        ukemi.client().cancel(first, "the wrong host", "no");
        awaitStatus(ukemi, first, "failed");
        await().atMost(LIMIT).until(() -> cloud.truth().guestsOn("compute-1").size() == 4);
        Thread.sleep(4_000); // their slots are free
        assertThat(cloud.truth().evacuateCalls()).hasSize(2);
        assertThat(ukemi.client().notification(first).get("message").asText())
            .startsWith("Cancelled by ukemi: the wrong host");
        assertThat(cloud.truth().forcedDown("compute-1")).isTrue();

        cloud.settings().evacuationTime(Duration.ofSeconds(1));
        String second = ukemi.client().retry(first);
        awaitStatus(ukemi, second, "finished");
        assertThat(guests)
            .allSatisfy(guest -> assertThat(cloud.truth().evacuateCalls(guest)).hasSize(1))
            .allSatisfy(guest -> assertThat(cloud.truth().hostOf(guest)).isNotEqualTo("compute-1"));
        assertThat(cloud.truth().twiceRunning()).isEmpty();
        assertThat(cloud.truth().evacuatedFromHostsWithPower()).isEmpty();
      }
    }
  }

  private static void awaitStatus(RunningUkemi ukemi, String notification, String status) {
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(ukemi.client().status(notification))
                    .as(() -> ukemi.state())
                    .isEqualTo(status));
  }
}
