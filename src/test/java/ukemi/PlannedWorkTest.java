package ukemi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import ukemi.database.TestDatabase;
import ukemi.simulator.SimulatedCloud;
import ukemi.simulator.Truth.PowerOrder;

/** A host dies while somebody has announced work on it. */
class PlannedWorkTest {

  private static final Duration LIMIT = Duration.ofMinutes(3);

  private static final String OVER = "Planned work on segment rack-a is over: 1 failure noted";

  private final SimulatedCloud cloud = SimulatedCloud.start(0);
  private final String database = TestDatabase.newDatabase();
  private final List<RunningUkemi> nodes = new ArrayList<>();
  private RunningUkemi ukemi;
  private List<UUID> guests;

  @BeforeEach
  void twoHosts() {
    cloud
        .settings()
        .reportInterval(Duration.ofSeconds(1))
        .evacuationTime(Duration.ofMillis(300))
        .rpcTimeout(Duration.ofSeconds(2));
    cloud.addHost("compute-1", "10.34.1.1").addHost("compute-2", "10.34.1.2");
    ukemi = node();
    ukemi
        .client()
        .createHosts(ukemi.client().createSegment("rack-a", "auto"), "compute-1", "compute-2");
    guests =
        IntStream.rangeClosed(1, 3)
            .mapToObj(n -> cloud.addGuest("compute-1", "guest-" + n))
            .toList();
  }

  private RunningUkemi node() {
    RunningUkemi node = RunningUkemi.start(cloud, database, Map.of());
    nodes.add(node);
    return node;
  }

  @AfterEach
  void stop() {
    nodes.forEach(RunningUkemi::close);
    cloud.close();
  }

  private JsonNode announce(RunningUkemi node) {
    return node.client()
        .announceWork(
            Map.of(
                "segment",
                "rack-a",
                "ends_at",
                Instant.now().plus(Duration.ofHours(4)).toString(),
                "reason",
                "CHG-7"));
  }

  private static Task awaitTask(RunningUkemi node, String name) {
    return await()
        .atMost(LIMIT)
        .until(() -> node.task(name), java.util.Optional::isPresent)
        .orElseThrow();
  }

  private List<PowerOrder> powerOrders() {
    return cloud.truth().powerOrders("compute-1");
  }

  private void nothingWasTouched() {
    assertThat(powerOrders()).isEmpty();
    assertThat(guests)
        .allSatisfy(guest -> assertThat(cloud.truth().evacuateCalls(guest)).isEmpty());
    assertThat(cloud.truth().forcedDown("compute-1")).isFalse();
    assertThat(cloud.truth().serviceStatus("compute-1")).isEqualTo("enabled");
  }

  private String dies(RunningUkemi reportedTo) {
    cloud.crash("compute-1");
    String notification = reportedTo.client().hostStopped("compute-1");
    assertThat(reportedTo.client().status(notification)).isEqualTo("ignored");
    assertThat(reportedTo.client().message(notification))
        .startsWith("planned work on segment rack-a until ")
        .endsWith(" by ukemi: CHG-7");
    return notification;
  }

  private void recover(RunningUkemi node) {
    await().atMost(LIMIT).until(() -> isShownDead(node));
    answer(node, "recover");
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(guests)
                    .allSatisfy(
                        guest -> assertThat(cloud.truth().hostOf(guest)).isEqualTo("compute-2")));
    assertThat(guests)
        .allSatisfy(guest -> assertThat(cloud.truth().evacuateCalls(guest)).hasSize(1));
    assertThat(cloud.truth().twiceRunning()).isEmpty();
    assertThat(powerOrders()).extracting(PowerOrder::operation).containsOnlyOnce("power_off");
    await().atMost(LIMIT).until(() -> work(node).get("status").asText(), "closed"::equals);
    assertThat(work(node).get("outcome").asText())
        .startsWith("Recoveries begun by ada: compute-1 (notification ");
  }

  /** A person looks until Nova shows it. */
  private static boolean isShownDead(RunningUkemi node) {
    Task task = awaitTask(node, OVER);
    Object evidence = node.bean(TaskService.class).getVariable(task.getId(), "evidence");
    if (evidence.toString().matches("(?s).*nova-compute (down|silent).*")) {
      return true;
    }
    answer(node, "look");
    return false;
  }

  private static void answer(RunningUkemi node, String decision) {
    node.complete(awaitTask(node, OVER), "ada", Map.of("decision", decision));
  }

  private static JsonNode work(RunningUkemi node) {
    return node.client().get("/planned-work").get("planned_work").get(0);
  }

  @Test
  void aHostThatDiesInItIsLeftAloneUntilItIsOverAndAPersonHasItRecovered() {
    final String uuid = announce(ukemi).get("uuid").asText();
    awaitTask(ukemi, "Planned work on segment rack-a until ");
    dies(ukemi);
    nothingWasTouched();
    assertThat(work(ukemi).get("failures_noted").asInt()).isEqualTo(1);

    assertThat(ukemi.client().tryDelete("/planned-work/" + uuid)).isEqualTo(204);

    Task over = awaitTask(ukemi, OVER);
    assertThat(ukemi.bean(TaskService.class).getVariable(over.getId(), "evidence").toString())
        .startsWith("compute-1: host reported failed at ");
    nothingWasTouched();
    assertThat(ukemi.client().tryDelete("/planned-work/" + uuid)).isEqualTo(409);
    recover(ukemi);
  }

  @Test
  void anEndThatPassesWhileNobodyRunsIsNotForgotten() {
    announce(ukemi);
    awaitTask(ukemi, "Planned work on segment rack-a until ");
    dies(ukemi);
    ukemi.close();
    nodes.clear();
    JdbcClient tables = JdbcClient.create(new DriverManagerDataSource(database));
    tables
        .sql(
            """
            update ukemi.planned_work
               set starts_at = now() - interval '5 h', ends_at = now() - interval '1 h'
            """)
        .update();
    tables
        .sql(
            """
            update act_ru_job set duedate_ = now() - interval '1 h'
             where job_def_id_ in
               (select id_ from act_ru_jobdef where act_id_ = 'WorkTimeIsUp')
            """)
        .update();

    RunningUkemi next = node();

    recover(next);
    assertThat(work(next).get("ended_by").isNull()).isTrue();
  }

  @Test
  void whatOneNodeHasBeenToldAnotherNodeKeepsToo() {
    RunningUkemi other = node();
    announce(other);
    dies(ukemi);
    nothingWasTouched();
    other.client().tryDelete("/planned-work/" + work(ukemi).get("uuid").asText());
    cloud.addGuest("compute-2", "another");
    cloud.crash("compute-2");
    assertThat(ukemi.client().status(ukemi.client().hostStopped("compute-2")))
        .isNotEqualTo("ignored");
  }
}
