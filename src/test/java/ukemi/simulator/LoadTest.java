package ukemi.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Light enough for a demo: ten hosts with fifty guests each. */
class LoadTest extends CloudTest {

  @Test
  void aHostWithFiftyGuestsAmongFiveHundredIsEvacuatedInTime() {
    SimulatedCloud big = SimulatedCloud.start(0).populate(10, 50);
    try (big) {
      big.settings().evacuationTime(Duration.ofSeconds(2)); // 100 s one by one
      Client watcher = new Client(big);
      big.losePower("compute-1");
      watcher.putService("compute-1", "{\"forced_down\": true}");
      List<UUID> guests = big.truth().guestsOn("compute-1");
      Instant begin = Instant.now();

      guests.forEach(guest -> assertThat(watcher.evacuate(guest).statusCode()).isEqualTo(200));
      waitUntil(
          "all gone",
          () -> {
            for (int host = 1; host <= 10; host++) {
              watcher.get("/servers/detail?all_tenants=1&host=compute-" + host);
            }
            return big.truth().guestsOn("compute-1").isEmpty();
          });

      assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(40));
      assertThat(big.truth().twiceRunning()).isEmpty();
    }
  }
}
