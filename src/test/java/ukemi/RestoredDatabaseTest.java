package ukemi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ukemi.database.TestDatabase;
import ukemi.simulator.SimulatedCloud;

/**
 * The database is put back to a copy that was made in the middle of a recovery, which has long been
 * over. Two nodes; judged by the truth of the simulated cloud.
 */
class RestoredDatabaseTest {

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final String QUESTION = "Go on after the restore?";

  @TempDir private Path directory;
  private final HttpClient http = HttpClient.newHttpClient();
  private SimulatedCloud cloud;
  private List<UUID> guests;
  private String recovery;
  private RunningUkemi one;
  private RunningUkemi two;

  @BeforeEach
  void aDatabaseFromTheMiddleOfARecoveryThatIsOver() throws SQLException {
    cloud = SimulatedCloud.start(0);
    cloud
        .settings()
        .reportInterval(Duration.ofSeconds(1))
        .evacuationTime(Duration.ofSeconds(3))
        .rpcTimeout(Duration.ofSeconds(20));
    for (int host = 1; host <= 4; host++) {
      cloud.addHost("compute-" + host, "10.30.0.1" + host);
    }
    guests =
        IntStream.range(0, 6).mapToObj(n -> cloud.addGuest("compute-1", "guest-" + n)).toList();
    cloud.addGuest("compute-4", "other-guest");
    UUID stoppedSince = guests.get(5);
    cloud.guestState(stoppedSince, "stopped");
    String database = TestDatabase.newDatabase();
    startBoth(database);
    String segment = one.client().createSegment("segment1", "auto");
    one.client().createHosts(segment, "compute-1", "compute-2", "compute-3", "compute-4");
    cloud.crash("compute-1");
    recovery = one.client().hostStopped("compute-1");
    await()
        .atMost(LIMIT)
        .until(() -> cloud.truth().evacuateCalls().stream().anyMatch(call -> call.accepted()));
    stopBoth();
    String backup = TestDatabase.copyOf(database);
    startBoth(database);
    assertThat(one.client().awaitEnd(recovery)).isEqualTo("finished");
    stopBoth();
    // the copy is as old as a back-up is
    try (Connection connection = DriverManager.getConnection(backup)) {
      connection.createStatement().execute("update ukemi.beat set at = at - interval '10 minutes'");
    }
    // its owner has started the guest since
    cloud.guestState(stoppedSince, "active");
    cloud.truth().forgetRequests();
    startBoth(backup);
  }

  private void startBoth(String database) {
    one = node(database, 1);
    two = node(database, 2);
  }

  private RunningUkemi node(String database, int number) {
    return RunningUkemi.start(
        cloud,
        database,
        Map.of(
            "ukemi.data-dir",
            directory.resolve("node-" + number).toString(),
            "ukemi.evacuation.in-flight",
            "2"));
  }

  private void stopBoth() {
    one.close();
    two.close();
  }

  @AfterEach
  void stop() {
    stopBoth();
    cloud.close();
  }

  private Task question() {
    return await()
        .atMost(LIMIT)
        .until(() -> one.task(QUESTION), java.util.Optional::isPresent)
        .orElseThrow();
  }

  /** Requests that change something. */
  private List<String> changes() {
    return cloud
        .truth()
        .requests(
            request -> !request.service().equals("keystone") && !request.method().equals("GET"))
        .stream()
        .map(request -> request.service() + " " + request.method() + " " + request.path())
        .toList();
  }

  private String health(RunningUkemi node) {
    try {
      return http.send(
              HttpRequest.newBuilder(URI.create(node.url() + "/actuator/health")).build(),
              BodyHandlers.ofString())
          .body();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void nothingIsDone() throws InterruptedException {
    Task question = question();
    assertThat((String) one.bean(TaskService.class).getVariable(question.getId(), "evidence"))
        .startsWith("compute-1: Recover host (at \"")
        .endsWith("notification " + recovery);
    Thread.sleep(6000);
    assertThat(changes()).isEmpty();
    assertThat(one.jdbc().sql("select count(*) from ukemi.hold").query(Integer.class).single())
        .isEqualTo(1);
    assertThat(one.bean(TaskService.class).createTaskQuery().count()).isEqualTo(1);
    assertThat(one.client().status(recovery)).isEqualTo("running");
    assertThat(one.client().message(recovery)).contains("Waiting: it is held");
    assertThat(List.of(health(one), health(two)))
        .allSatisfy(
            health ->
                assertThat(health)
                    .startsWith("{\"status\":\"DEGRADED\"")
                    .contains("\"restoredDatabase\":{\"status\":\"DEGRADED\"}"));
  }

  @Test
  void itIsHeldOnceAndDoesNothingUntilAPersonLetsItGoOn() throws InterruptedException {
    nothingIsDone();
    cloud.crash("compute-4");
    assertThat(two.client().awaitEnd(two.client().hostStopped("compute-4"))).isEqualTo("finished");
    assertThat(cloud.truth().guestsOn("compute-4")).isEmpty();
    assertThat(one.client().status(recovery)).isEqualTo("running");

    one.complete(question(), "ada", Map.of("decision", "goOn"));

    assertThat(one.client().awaitEnd(recovery)).isEqualTo("finished");
    assertThat(cloud.truth().evacuateCalls())
        .isNotEmpty()
        .allSatisfy(call -> assertThat(call.source()).isEqualTo("compute-4"));
    assertThat(cloud.truth().twiceRunning()).isEmpty();
    assertThat(health(one)).startsWith("{\"status\":\"UP\"");
  }

  @Tag("long")
  @Test
  void whatAPersonClosesStaysAsItIs() throws InterruptedException {
    nothingIsDone();

    one.complete(question(), "ada", Map.of("decision", "close", "comment", "compute-1 is in use"));

    assertThat(one.client().awaitEnd(recovery)).isEqualTo("failed");
    assertThat(one.client().message(recovery))
        .startsWith(
            "Closed by ada after the database was restored from an older back-up: compute-1 is in"
                + " use\nWhat it changed stays: ")
        .contains("forced down in Nova", "disabled in Nova", "on maintenance")
        .containsPattern("guest-\\d \\(\\S+\\): Closed by ada");
    Thread.sleep(4000);
    assertThat(changes()).isEmpty();
    assertThat(one.bean(RuntimeService.class).createProcessInstanceQuery().count()).isZero();
    assertThat(
            one.jdbc()
                .sql("select count(*) from ukemi.evacuation_attempt where closed_at is null")
                .query(Integer.class)
                .single())
        .isZero();
    assertThat(health(two)).startsWith("{\"status\":\"UP\"");
  }
}
