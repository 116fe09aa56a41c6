package ukemi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ukemi.OutageWorld.Case;
import ukemi.OutageWorld.Moment;
import ukemi.OutageWorld.Service;
import ukemi.OutageWorld.Way;

/**
 * An outage of an hour, its minutes made seconds: retries go on, a person is told or asked, and
 * when the service is back the recovery completes without anybody.
 */
@Tag("long")
class HourOutageTest {

  private static final Duration OUTAGE = Duration.ofSeconds(60);
  private static final Duration TO_THE_END = Duration.ofMinutes(3);

  private static OutageWorld world;

  @BeforeAll
  static void start() {
    world =
        new OutageWorld(
            Map.of(
                "ukemi.engine.retry-cycle", String.join(",", Collections.nCopies(200, "PT1S")),
                "ukemi.detection.unclear-after", "20s",
                "ukemi.fencing.deadline", "20s"));
  }

  @AfterEach
  void heal() {
    world.heal();
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @ParameterizedTest
  @CsvSource({
    "NOVA, ANSWERS_503, BEFORE_FORCE_DOWN",
    "NOVA, HANGS, IN_MID_EVACUATION",
    "NOVA, RESETS, WHILE_FENCING",
    "KEYSTONE, ANSWERS_503, IN_MID_EVACUATION",
    "KEYSTONE, HANGS, BEFORE_FORCE_DOWN",
    "MAAS, ANSWERS_503, IN_MID_EVACUATION"
  })
  void aPersonIsToldAndTheRecoveryCompletesByItself(Service service, Way way, Moment moment) {
    Case dead = world.begin(service, way, moment);
    boolean told = OutageWorld.during(OUTAGE, () -> !world.attention(dead).isEmpty());
    world.heal();
    world.awaitRecovered(dead, TO_THE_END);
    assertThat(told).as("there was a task").isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "ANSWERS_503, BEFORE_FENCING",
    "HANGS, BEFORE_FENCING",
    "RESETS, WHILE_FENCING",
    "HANGS, WHILE_FENCING"
  })
  void aPersonIsAskedWhileMaasIsAwayAndNotNeededWhenItIsBack(Way way, Moment moment) {
    Case dead = world.begin(Service.MAAS, way, moment);
    boolean asked =
        OutageWorld.during(
            OUTAGE,
            () -> world.ukemi.task("Confirm that " + dead.host() + " is powered off").isPresent());
    world.heal();
    world.awaitRecovered(dead, TO_THE_END);
    assertThat(asked).as("there was a question").isTrue();
  }

  @Test
  void aPersonIsAskedWhileNovaDoesNotTellTheHeartbeatAndNotNeededWhenItDoes() {
    Case dead = world.begin(Service.NOVA, Way.ANSWERS_503, Moment.BEFORE_FENCING);
    await()
        .atMost(OUTAGE.plusMinutes(2))
        .until(() -> world.ukemi.task("Decide if " + dead.host() + " failed").isPresent());
    OutageWorld.sleep(OUTAGE);
    world.heal();
    world.awaitRecovered(dead, TO_THE_END);
  }

  @ParameterizedTest
  @CsvSource({"RESETS, WHILE_FENCING", "HANGS, IN_MID_EVACUATION"})
  void withoutTheDatabase(Way way, Moment moment) {
    Case dead = world.begin(Service.DATABASE, way, moment);
    OutageWorld.sleep(OUTAGE);
    world.heal();
    world.awaitRecovered(dead, TO_THE_END);
  }
}
