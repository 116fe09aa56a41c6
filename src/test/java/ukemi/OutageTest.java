package ukemi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import ukemi.OutageWorld.Case;
import ukemi.OutageWorld.Moment;
import ukemi.OutageWorld.Service;
import ukemi.OutageWorld.Way;
import ukemi.database.TestDatabase;
import ukemi.simulator.Faults;
import ukemi.simulator.Match;
import ukemi.simulator.SimulatedCloud;
import ukemi.simulator.Trouble;

/**
 * In the middle of a recovery something goes away for a while: the recovery waits, says what it
 * waits for, and completes by itself.
 */
class OutageTest {

  private static final Duration OUTAGE = Duration.ofSeconds(12);
  private static final Duration TO_THE_END = Duration.ofMinutes(3);

  private static OutageWorld world;

  @BeforeAll
  static void start() {
    world = new OutageWorld(Map.of());
  }

  @AfterEach
  void heal() {
    world.heal();
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @Test
  void novaHangsInMidEvacuation() {
    waitsAndCompletes(Service.NOVA, Way.HANGS, Moment.IN_MID_EVACUATION);
  }

  @Test
  void maasResetsWhileFencing() {
    waitsAndCompletes(Service.MAAS, Way.RESETS, Moment.WHILE_FENCING);
  }

  @Test
  void keystoneAnswers503BeforeFencingAndCallersAreToldSo() {
    Case dead = world.begin(Service.KEYSTONE, Way.ANSWERS_503, Moment.BEFORE_FENCING);
    assertThat(world.post("never-seen")).isEqualTo(503);
    world.awaitWaiting(dead, "Keystone");
    OutageWorld.sleep(OUTAGE);
    world.heal();
    world.awaitRecovered(dead, TO_THE_END);
    assertThat(world.post("never-seen")).isEqualTo(401);
  }

  @Test
  void theDatabaseGoesAwayInMidEvacuation() {
    databaseGoesAndComes(Way.RESETS, Moment.IN_MID_EVACUATION);
  }

  @Test
  void aStepThatKeepsFailingIsShownToAPersonWhoCanHaveItTriedAgainAtOnce() {
    Faults.Rule refusal =
        world.cloud.faults().set(Match.service("nova").method("PUT"), Trouble.status(503));
    Case dead = world.begin();
    world.awaitWaiting(dead, "Force compute service down", "503");
    await().atMost(Duration.ofMinutes(3)).until(() -> !world.attention(dead).isEmpty());
    Task task = world.attention(dead).get(0);
    assertThat(task.getDescription()).contains("503").contains(dead.notification().toString());
    assertThat(world.attention(dead)).hasSize(1);

    world.postponeRetries();
    refusal.clear();
    world.ukemi.complete(task, "ada", Map.of());
    await().atMost(Duration.ofMinutes(2)).until(() -> world.cloud.truth().forcedDown(dead.host()));
    world.awaitRecovered(dead, TO_THE_END);
  }

  static Stream<Arguments> matrix() {
    return Stream.of(Service.NOVA, Service.KEYSTONE, Service.MAAS)
        .flatMap(
            service ->
                Stream.of(Way.values())
                    .flatMap(
                        way ->
                            Stream.of(Moment.values())
                                .map(moment -> Arguments.of(service, way, moment))));
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("matrix")
  void aMinuteWithout(Service service, Way way, Moment moment) {
    waitsAndCompletes(service, way, moment);
  }

  static Stream<Arguments> databaseMatrix() {
    return Stream.of(Way.RESETS, Way.HANGS)
        .flatMap(way -> Stream.of(Moment.values()).map(moment -> Arguments.of(way, moment)));
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("databaseMatrix")
  void aMinuteWithoutTheDatabase(Way way, Moment moment) {
    databaseGoesAndComes(way, moment);
  }

  @Tag("long")
  @Test
  void ordersThatNovaDoesNotTakeAreNotTheGuestsFailures() {
    Faults.Rule refusal = world.cloud.faults().set(Match.evacuate(), Trouble.status(503));
    Case dead = world.begin();
    await()
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(
            () ->
                assertThat(
                        world
                            .ukemi
                            .jdbc()
                            .sql(
                                "select max(number) from ukemi.evacuation_attempt a join"
                                    + " ukemi.vmove v on v.uuid = a.vmove_uuid where"
                                    + " v.notification_uuid = ?")
                            .param(dead.notification())
                            .query(Integer.class)
                            .optional()
                            .orElse(0))
                    .isGreaterThan(4));
    world.awaitWaiting(dead, "wait for evacuation");
    assertThat(world.attention(dead)).hasSize(1);
    refusal.clear();
    world.awaitRecovered(dead, TO_THE_END);
  }

  @Tag("long")
  @Test
  void itStartsWithoutKeystoneAndRecoversWhenKeystoneIsThere() {
    try (SimulatedCloud cloud = SimulatedCloud.start(0)) {
      cloud.addHost("compute-1", "10.30.0.1");
      Faults.Rule down = cloud.faults().down("keystone");
      Runnable back = down::clear;
      try (RunningUkemi ukemi =
          RunningUkemi.start(cloud, TestDatabase.newDatabase(), Map.of(), back)) {
        ukemi.client().createHosts(ukemi.client().createSegment("s", "auto"), "compute-1");
      }
    }
  }

  private static void waitsAndCompletes(Service service, Way way, Moment moment) {
    Case dead = world.begin(service, way, moment);
    boolean said =
        OutageWorld.during(
            OUTAGE,
            () -> {
              String message = world.notification(dead).message();
              return message != null && message.startsWith("Waiting: ");
            });
    assertThat(said).as("it says what it waits for").isTrue();
    world.heal();
    world.awaitRecovered(dead, TO_THE_END);
  }

  private static void databaseGoesAndComes(Way way, Moment moment) {
    world.ukemi.client().renewToken(); // another test may have made the old one worthless
    String token = world.ukemi.client().token();
    assertThat(world.post(token)).isIn(202, 409); // it is remembered
    Case dead = world.begin(Service.DATABASE, way, moment);
    OutageWorld.sleep(Duration.ofMillis(700));
    for (int i = 0; i < 3; i++) {
      long began = System.nanoTime();
      assertThat(world.post(token)).isEqualTo(503);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
    }
    OutageWorld.sleep(OUTAGE);
    world.heal();
    world.awaitRecovered(dead, TO_THE_END);
  }
}
