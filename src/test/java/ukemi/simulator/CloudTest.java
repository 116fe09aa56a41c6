package ukemi.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Three hosts in a fast cloud; Nova believes them up for long, and waits long for a dead one. */
abstract class CloudTest {

  final SimulatedCloud cloud = SimulatedCloud.start(0);
  final Client client = new Client(cloud);
  final Truth truth = cloud.truth();

  @BeforeEach
  void threeHosts() {
    cloud
        .settings()
        .reportInterval(Duration.ofMillis(100))
        .serviceDownTime(Duration.ofHours(1))
        .rpcTimeout(Duration.ofHours(1))
        .evacuationTime(Duration.ofMillis(400))
        .guestActionTime(Duration.ofMillis(100))
        .traitLag(Duration.ofSeconds(2))
        .bootTime(Duration.ofMillis(100))
        .powerDelay(Duration.ofMillis(150))
        .slowPowerDelay(Duration.ofMillis(700))
        .powerCacheDelay(Duration.ofMillis(200))
        .bmcTimeout(Duration.ofMillis(400))
        .noRackDelay(Duration.ofMillis(50));
    cloud.populate(3, 0);
  }

  @AfterEach
  void close() {
    cloud.close();
  }

  /** A dead host without power that Nova knows to be down. */
  void fence(String host) {
    cloud.losePower(host);
    assertThat(client.putService(host, "{\"forced_down\": true}").statusCode()).isEqualTo(200);
  }

  void waitUntil(String what, BooleanSupplier seen) {
    Instant end = Instant.now().plusSeconds(120);
    while (!seen.getAsBoolean()) {
      assertThat(Instant.now()).as("in time: " + what).isBefore(end);
      pause(20);
    }
  }

  void waitUntilSettled(UUID guest) {
    waitUntil(
        "no migration in progress",
        () ->
            client.migrations(guest).findValuesAsText("status").stream()
                .noneMatch(status -> status.equals("accepted") || status.equals("pre-migrating")));
  }

  /**
   * Looks again and again, as a step of the cloud itself: between any two others, however slow the
   * machine is.
   */
  void betweenSteps(Runnable look) {
    cloud
        .world()
        .later(
            Duration.ofMillis(1),
            () -> {
              look.run();
              betweenSteps(look);
            });
  }

  static void pause(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
