package ukemi.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ukemi.FreePort;
import ukemi.UkemiProcess;

/** The packaged jar as the demo: it can be ended and started again at the same place. */
class DemoIT {

  private static final int ENDED_BY_SIGTERM = 143;

  @TempDir private Path directory;

  @Test
  void itEndsCleanlyAndTheNextStartIsAsNewEvenAfterAKill() throws IOException {
    UkemiProcess first = start("first");
    // as Ctrl-C does, but never ignored by who started the tests
    first.close();
    assertThat(first.exitCode()).isEqualTo(ENDED_BY_SIGTERM);
    assertThat(said("first")).contains("Ukemi stops ...").contains("Ukemi's demo has ended.");
    assertThat(said("first").lines().filter(line -> line.matches(".*(ERROR|WARN|Exception).*")))
        .isEmpty();

    // its database is left running and found by the next one
    start("second").kill();

    try (UkemiProcess third = start("third")) {
      assertThat(third.isAlive()).isTrue();
    }
  }

  /** Waits until its hosts are registered: that fails when an earlier demo has left its own. */
  private UkemiProcess start(String name) {
    UkemiProcess demo =
        UkemiProcess.start(
            FreePort.find(),
            Map.of(
                "SPRING_PROFILES_ACTIVE",
                "demo",
                "UKEMI_DEMO_DIRECTORY",
                directory.toString(),
                "UKEMI_DEMO_PORT",
                Integer.toString(FreePort.find()),
                "UKEMI_DEMO_FIRST_FAILURE",
                "10m",
                // the machine may stand still for a while
                "SPRING_DATASOURCE_HIKARI_CONNECTIONTIMEOUT",
                "20000"),
            directory.resolve(name));
    await()
        .atMost(Duration.ofMinutes(5))
        .untilAsserted(() -> assertThat(said(name)).contains("compute-1 dies in 600 s."));
    return demo;
  }

  private String said(String name) throws IOException {
    return Files.readString(directory.resolve(name));
  }
}
