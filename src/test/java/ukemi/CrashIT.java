package ukemi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import ukemi.database.TestDatabase;
import ukemi.fault.Boundary;
import ukemi.simulator.EvacuationFailure;
import ukemi.simulator.GuestActionFailure;
import ukemi.simulator.SimulatedCloud;
import ukemi.simulator.Truth;

/**
 * {@code kill -9} of the real jar costs time and nothing else. Judged by the truth of the simulated
 * cloud. The output of the programs is kept in {@code target/crash}.
 */
class CrashIT {

  private static final String HOST = "compute-1";
  private static final Set<Boundary> REPEATED_ORDER =
      EnumSet.of(Boundary.POWER_OFF_ANSWERED, Boundary.READING_TAKEN);

  /** Reached only with a reserve, or with a guest that is not simply running. */
  private static final Set<Boundary> OF_RESERVES_AND_STATES =
      EnumSet.of(
          Boundary.RESERVE_BEFORE_ENABLE,
          Boundary.RESERVE_ENABLED,
          Boundary.GUEST_LOCKED,
          Boundary.GUEST_RESET,
          Boundary.GUEST_STOPPED,
          Boundary.GUEST_UNLOCKED);

  private static final Set<String> ENDED = Set.of("finished", "ignored", "failed");

  @TempDir private Path directory;
  private final LocalDateTime seen = LocalDateTime.now(ZoneOffset.UTC);
  private final List<UkemiProcess> programs = new ArrayList<>();
  private SimulatedCloud cloud;
  private Map<String, String> settings;
  private int port;
  private Path log;
  private MasakariClient client;
  private String segment;
  private List<UUID> guests;
  private final Set<UUID> pausedGuests = new HashSet<>();
  private boolean reserve;

  @BeforeEach
  void aCloudOfFourHosts(TestInfo test) throws IOException {
    log =
        Files.createDirectories(Path.of("target", "crash"))
            .resolve(
                (test.getTestMethod().orElseThrow().getName() + "-" + test.getDisplayName())
                        .replaceAll("\\W+", "-")
                    + ".log");
    Files.deleteIfExists(log);
    cloud = SimulatedCloud.start(0);
    cloud
        .settings()
        .reportInterval(Duration.ofSeconds(1))
        .evacuationTime(Duration.ofMillis(600))
        .rpcTimeout(Duration.ofSeconds(20));
    for (int host = 1; host <= 4; host++) {
      cloud.addHost("compute-" + host, "10.30.0.1" + host);
    }
    port = FreePort.find();
    settings = new LinkedHashMap<>(RunningUkemi.settings(cloud));
    // two starts a case: worth more than speed afterwards
    settings.put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
    // waited out before a call of a killed program counts as not taken
    settings.put("UKEMI_OPENSTACK_CONNECT_TIMEOUT", "2s");
    settings.put("UKEMI_OPENSTACK_READ_TIMEOUT", "5s");
    // one try is enough: a kill is no failure of Nova
    settings.put("UKEMI_EVACUATION_ATTEMPTS", "1");
    settings.put("UKEMI_EVACUATION_IN_FLIGHT", "3");
  }

  @AfterEach
  void stop() throws IOException {
    programs.forEach(UkemiProcess::close);
    if (Files.exists(postmasterPid())) {
      killPostmaster();
    }
    cloud.close();
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "POWER_OFF_ANSWERED",
        "EVACUATE_INTENT_STORED",
        "EVACUATE_ANSWERED",
        "READING_TAKEN"
      })
  void aKillAtATellingBoundaryCostsTimeAndNothingElse(Boundary boundary) {
    killAt(boundary);
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.MATCH_NONE,
      names = {"PUT_BACK_ANSWERED", "MOVE_.*"})
  void aKillAtAnyBoundaryCostsTimeAndNothingElse(Boundary boundary) {
    killAt(boundary);
  }

  @ParameterizedTest
  @EnumSource(names = "MOVE_ANSWERED")
  void aGuestIsMovedOnceWhenUkemiIsKilledBetweenTheMoveAndItsConfirmation(Boundary boundary) {
    moveKilledAt(boundary);
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "MOVE_.*")
  void aGuestIsMovedOnceWhereverUkemiIsKilled(Boundary boundary) {
    moveKilledAt(boundary);
  }

  private void moveKilledAt(Boundary boundary) {
    settings.put("SPRING_DATASOURCE_URL", TestDatabase.newDatabase());
    settings.put("UKEMI_RESTARTS_RECOVER", "all");
    settings.put("UKEMI_RESTARTS_START_DEADLINE", "5s");
    UUID guest = cloud.addGuest(HOST, "web");
    cloud.failActions(guest, GuestActionFailure.NO_START_HERE);
    startHalting(boundary);
    client.guestReported(HOST, guest, "LIFECYCLE", "STOPPED_FAILED");
    awaitHalt(boundary);
    start();

    awaitFinished();

    Truth truth = cloud.truth();
    assertThat(truth.actions(guest))
        .containsOnlyOnce("migrate", "confirmResize")
        .doesNotContain("os-resetState");
    assertThat(truth.hostOf(guest)).isNotEqualTo(HOST);
    assertThat(truth.stateOf(guest)).isEqualTo("active/-");
    assertThat(truth.twiceRunning()).isEmpty();
    await().atMost(Duration.ofMinutes(1)).until(() -> truth.lockOf(guest).isEmpty());
  }

  private void killAt(Boundary boundary) {
    settings.put("SPRING_DATASOURCE_URL", TestDatabase.newDatabase());
    guests(6);
    reserve = OF_RESERVES_AND_STATES.contains(boundary);
    if (reserve) {
      UUID paused = guests.get(0);
      cloud.guestState(paused, "paused");
      pausedGuests.add(paused);
    }
    startHalting(boundary);

    OptionalInt answer = reportHost();
    awaitHalt(boundary);
    start();
    if (answer.isEmpty()) {
      int again = reportHost().orElseThrow();
      assertThat(again).isEqualTo(boundary == Boundary.INTAKE_STORED ? 202 : 409);
    } else {
      assertThat(answer).hasValue(202);
    }

    awaitFinished();
    assertRecovered();
    // once more where the step that gave it was lost; the first reading may come before its commit
    assertThat(powerOffs())
        .hasSizeBetween(
            boundary == Boundary.POWER_OFF_ANSWERED ? 2 : 1,
            REPEATED_ORDER.contains(boundary) ? 2 : 1);
  }

  @Tag("long")
  @Test
  void aGuestThatIsTriedAgainIsNotToldTwiceOfItsFirstTry() throws IOException {
    settings.put("SPRING_DATASOURCE_URL", TestDatabase.newDatabase());
    settings.put("UKEMI_EVACUATION_ATTEMPTS", "2");
    guests(3);
    guests.forEach(guest -> cloud.failEvacuations(guest, EvacuationFailure.SPAWN_FAILED, 1));
    startHalting(Boundary.LANDED_CORRELATED);
    reportHost();
    awaitHalt(Boundary.LANDED_CORRELATED);
    start();

    awaitFinished();

    assertRecovered(2);
    assertThat(Files.readString(log).contains("NullPointerException")).as(log.toString()).isFalse();
  }

  @Tag("long")
  @Test
  void ourOwnWriteIsNoSignOfLifeHoweverLongUkemiIsDownAfterIt() throws SQLException {
    String database = TestDatabase.newDatabase();
    settings.put("SPRING_DATASOURCE_URL", database);
    guests(3);
    startHalting(Boundary.FORCE_DOWN_ANSWERED);
    reportHost();
    awaitHalt(Boundary.FORCE_DOWN_ANSWERED);
    try (Connection connection = DriverManager.getConnection(database)) {
      connection
          .createStatement()
          .execute("update ukemi.heartbeat set own_write_at = own_write_at - interval '1 hour'");
    }
    start();

    awaitFinished();

    assertRecovered();
    assertThat(powerOffs()).hasSize(1);
  }

  @Tag("long")
  @RepeatedTest(3)
  void aKillAtARandomMomentCostsTimeAndNothingElse() {
    long seed = Long.getLong("ukemi.seed", System.nanoTime() % 1_000_000);
    System.out.println("seed " + seed + " (-Dukemi.seed=)");
    Random random = new Random(seed);
    settings.put("SPRING_DATASOURCE_URL", TestDatabase.newDatabase());
    slowEvacuations();
    start();
    reportHost();
    for (int kill = 1; kill <= 5; kill++) {
      // a start takes about half of it: some kills hit the start, some the recovery
      pause(Duration.ofMillis(2_000 + random.nextInt(18_000)));
      last().kill();
      programs.add(UkemiProcess.launch(port, settings, log));
    }
    last().awaitHealth();

    awaitFinished();

    assertRecovered();
    Instant locked =
        cloud.truth().powerOrders(HOST).stream()
            .filter(order -> order.operation().equals("lock"))
            .findFirst()
            .orElseThrow()
            .at();
    assertThat(powerOffs())
        .as("no order once it was proven")
        .allSatisfy(order -> assertThat(order.at()).isBefore(locked));
  }

  @Tag("long")
  @ParameterizedTest(name = "postmaster too: {0}")
  @ValueSource(booleans = {false, true})
  void aKillWithTheEmbeddedDatabaseCostsTimeAndNothingElse(boolean postmasterToo)
      throws IOException {
    settings.put("UKEMI_DATA_DIR", dataDirectory().toString());
    slowEvacuations();
    start();
    reportHost();
    awaitTheMiddleOfTheEvacuation();
    last().kill();
    assertThat(ProcessHandle.of(postmaster())).isPresent();
    if (postmasterToo) {
      killPostmaster();
    }
    start();

    awaitFinished();

    assertRecovered();
    assertThat(powerOffs()).hasSize(1);
  }

  @Tag("long")
  @ParameterizedTest(name = "node {0}")
  @ValueSource(ints = {0, 1})
  void whenOneOfTwoNodesIsKilledTheOtherCompletes(int killed) {
    settings.put("SPRING_DATASOURCE_URL", TestDatabase.newDatabase());
    slowEvacuations();
    // both at once on an empty database
    programs.add(UkemiProcess.launch(port, settings, log));
    programs.add(UkemiProcess.launch(FreePort.find(), settings, log));
    programs.forEach(UkemiProcess::awaitHealth);
    useNode(0);
    register();
    reportHost();
    awaitTheMiddleOfTheEvacuation();
    programs.get(killed).kill();
    useNode(1 - killed);

    awaitFinished();

    assertRecovered();
    assertThat(powerOffs()).hasSize(1);
  }

  @Tag("long")
  @Test
  void aKillWhileAHostIsPutBackCostsTimeAndNothingElse() {
    settings.put("SPRING_DATASOURCE_URL", TestDatabase.newDatabase());
    guests(2);
    cloud.settings().evacuationTime(Duration.ofMinutes(30));
    startHalting(Boundary.PUT_BACK_ANSWERED);
    reportHost();
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> cloud.truth().evacuateCalls().size() == guests.size());
    client.cancel(notification(), "wrong host", "yes");
    awaitHalt(Boundary.PUT_BACK_ANSWERED);
    start();

    await()
        .atMost(Duration.ofMinutes(4))
        .pollInterval(Duration.ofMillis(300))
        .until(() -> client.status(notification()), ENDED::contains);

    assertThat(client.notification(notification()).get("message").asText())
        .contains("wrong host", "Put back: forced-down lifted", "is still locked in MAAS");
    assertThat(cloud.truth().forcedDown(HOST)).isFalse();
    assertThat(cloud.truth().serviceStatus(HOST)).isEqualTo("enabled");
    // Nova is still at work on its guests
    assertThat(cloud.locked(HOST)).isTrue();
    assertThat(client.host(segment, HOST).get("on_maintenance").asBoolean()).isFalse();
    assertThat(cloud.truth().evacuateCalls()).hasSize(guests.size());
  }

  private void guests(int number) {
    guests = IntStream.range(0, number).mapToObj(n -> cloud.addGuest(HOST, "guest-" + n)).toList();
  }

  /** Twelve guests, two at a time, a second each. */
  private void slowEvacuations() {
    guests(12);
    cloud.settings().evacuationTime(Duration.ofSeconds(1));
    settings.put("UKEMI_EVACUATION_IN_FLIGHT", "2");
  }

  private void startHalting(Boundary boundary) {
    Map<String, String> halting = new LinkedHashMap<>(settings);
    halting.put("HALT_AT", boundary.name());
    halting.put("HALT_MARKER", marker().toString());
    programs.add(UkemiProcess.start(port, halting, log));
    useNode(0);
    register();
  }

  private void start() {
    programs.add(UkemiProcess.start(port, settings, log));
    if (client == null) {
      useNode(0);
      register();
    }
  }

  private UkemiProcess last() {
    return programs.get(programs.size() - 1);
  }

  private void useNode(int node) {
    client = new MasakariClient(programs.get(node).url(), cloud.keystoneUrl(), "ukemi", "secret");
  }

  private void register() {
    segment = client.createSegment("segment1", reserve ? "reserved_host" : "auto");
    client.createHosts(segment, HOST, "compute-2", "compute-3");
    if (reserve) {
      cloud.disableCompute("compute-4");
      client.createReserve(segment, "compute-4");
    } else {
      client.createHosts(segment, "compute-4");
    }
  }

  /** The host dies and a monitor says so; the same report each time. Empty = no answer. */
  private OptionalInt reportHost() {
    cloud.crash(HOST);
    try {
      return OptionalInt.of(client.tryHostStopped(HOST, seen));
    } catch (UncheckedIOException e) {
      return OptionalInt.empty();
    }
  }

  private void awaitHalt(Boundary boundary) {
    assertThat(last().ended(Duration.ofMinutes(2))).as("%s was reached", boundary).isTrue();
    assertThat(last().exitCode()).isEqualTo(UkemiProcess.KILLED);
    assertThat(marker()).exists();
  }

  private void awaitTheMiddleOfTheEvacuation() {
    await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> cloud.truth().evacuateCalls().size() >= 4);
    assertThat(cloud.truth().guestsOn(HOST)).isNotEmpty();
  }

  private void awaitFinished() {
    await()
        .atMost(Duration.ofMinutes(4))
        .pollInterval(Duration.ofMillis(300))
        .until(() -> client.status(notification()), ENDED::contains);
    JsonNode ended = client.notification(notification());
    assertThat(ended.get("status").asText()).as(ended::toPrettyString).isEqualTo("finished");
  }

  /** There is exactly one, however often the client has tried. */
  private String notification() {
    List<JsonNode> notifications = client.notifications();
    assertThat(notifications).hasSize(1);
    return notifications.get(0).get("notification_uuid").asText();
  }

  private void assertRecovered() {
    assertRecovered(1);
  }

  private void assertRecovered(int callsEach) {
    Truth truth = cloud.truth();
    assertThat(guests)
        .allSatisfy(
            guest -> {
              assertThat(truth.evacuateCalls(guest)).hasSize(callsEach);
              assertThat(truth.hostOf(guest)).isNotEqualTo(HOST);
              assertThat(truth.stateOf(guest))
                  .isEqualTo(pausedGuests.contains(guest) ? "stopped/-" : "active/-");
            });
    if (reserve) {
      assertThat(guests).extracting(truth::hostOf).containsOnly("compute-4");
      assertThat(truth.serviceStatus("compute-4")).isEqualTo("enabled");
      assertThat(client.host(segment, "compute-4").get("reserved").asBoolean()).isFalse();
    }
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> guests.stream().allMatch(guest -> truth.lockOf(guest).isEmpty()));
    assertThat(truth.twiceRunning()).isEmpty();
    assertThat(truth.evacuatedFromHostsWithPower()).isEmpty();
    assertThat(truth.forcedDown(HOST)).isTrue();
    assertThat(truth.serviceStatus(HOST)).isEqualTo("disabled");
    assertThat(cloud.locked(HOST)).isFalse();
    assertThat(client.host(segment, HOST).get("on_maintenance").asBoolean()).isTrue();
    assertThat(client.vmoves(notification()))
        .hasSize(guests.size())
        .allSatisfy(vmove -> assertThat(vmove.get("status").asText()).isEqualTo("succeeded"));
  }

  private List<Truth.PowerOrder> powerOffs() {
    return cloud.truth().powerOrders(HOST).stream()
        .filter(order -> order.operation().equals("power_off"))
        .toList();
  }

  private Path marker() {
    return directory.resolve("halted");
  }

  private Path dataDirectory() {
    return directory.resolve("data");
  }

  private Path postmasterPid() {
    return dataDirectory().resolve("database").resolve("postmaster.pid");
  }

  private long postmaster() throws IOException {
    return Long.parseLong(Files.readAllLines(postmasterPid()).get(0).trim());
  }

  private void killPostmaster() throws IOException {
    ProcessHandle.of(postmaster()).ifPresent(ProcessHandle::destroyForcibly);
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
