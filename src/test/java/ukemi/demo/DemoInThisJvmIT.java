package ukemi.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import ukemi.Ukemi;
import ukemi.simulator.Truth;

/**
 * The whole demo in this JVM, from its start to the last call that README shows. No unit test: it
 * leaves the JVM with the demo's logging.
 */
@ExtendWith(OutputCaptureExtension.class)
@TestMethodOrder(OrderAnnotation.class)
class DemoInThisJvmIT {

  private static final Duration LONG = Duration.ofMinutes(4);

  @TempDir private static Path directory;
  private static ConfigurableApplicationContext context;
  private static Truth truth;
  private static List<UUID> guestsOfTheFirst;

  @BeforeAll
  static void start() {
    context =
        new SpringApplicationBuilder(Ukemi.class)
            .registerShutdownHook(false)
            .profiles("demo")
            .run(
                "--server.port=0",
                "--ukemi.demo.port=0",
                "--ukemi.demo.directory=" + directory,
                "--ukemi.demo.first-failure=3s",
                // a machine that stalls must not make a task of a reading that came late
                "--ukemi.fencing.deadline=40s",
                "--spring.datasource.hikari.connection-timeout=20000");
    truth = context.getBean(DemoCloud.class).truth();
    guestsOfTheFirst = truth.guestsOn("compute-1");
  }

  @AfterAll
  static void stop() {
    context.close();
  }

  @Test
  @Order(1)
  void aHostDiesAndTheTerminalTellsHowItsGuestsComeBack(CapturedOutput output) {
    awaitOutput(output, "break more");

    assertThat(guestsOfTheFirst)
        .hasSize(8)
        .allSatisfy(
            guest -> {
              assertThat(truth.hostOf(guest)).isIn("compute-2", "compute-3");
              assertThat(truth.runningOn(guest)).containsExactly(truth.hostOf(guest));
              assertThat(truth.stateOf(guest)).isEqualTo("active/-");
            });
    assertThat(truth.twiceRunning()).isEmpty();
    assertThat(truth.evacuatedFromHostsWithPower()).isEmpty();
    assertThat(output.getOut())
        .containsPattern("4 hosts with 24 guests")
        .containsPattern("Cockpit +http://127.0.0.1:\\d+/camunda/app/cockpit/ +user admin")
        .containsPattern(
            "Tasklist +http://127.0.0.1:\\d+/camunda/app/tasklist/ +password ukemi-demo")
        .contains("compute-1 dies in 3 s.")
        .contains("0.0 s  compute-1  dies, with 8 guests")
        .contains("a monitor reports it to Ukemi")
        .contains("MAAS is told to switch it off")
        .contains("it is proven off: its guests are evacuated")
        .containsPattern("payments is back on compute-[23] \\(\\d of 8\\)")
        .containsPattern("All 8 guests of compute-1 are back, \\d+\\.\\d s after it died\\.")
        .containsPattern("detect +\\d+\\.\\d s")
        .containsPattern("fence +\\d+\\.\\d s")
        .containsPattern("evacuate +\\d+\\.\\d s")
        .contains("Ukemi says: 8 guests of compute-1 recovered")
        .contains("curl -X POST localhost:" + port() + "/hosts/HOST/kill");
  }

  @Test
  @Order(2)
  void outputThatIsNoTerminalIsPlainLines(CapturedOutput output) {
    assertThat(output.getOut()).contains("All 8 guests").matches("[\\x20-\\x7e\\n]*");
  }

  @ParameterizedTest
  @Order(3)
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          POST | /hosts/compute-9/kill     | 404 | Hosts: compute-1, compute-2, compute-3, compute-4.
          POST | /hosts/compute-1/kill     | 409 | compute-1 is dead already. Alive: compute-2, compute-3, compute-4.
          POST | /hosts/compute-2/explode  | 404 | It can be told to: kill, repair, break-bmc, pull-plug.
          POST | /hosts/compute-2/repair   | 409 | compute-2 is well. Dead or broken: compute-1.
          POST | /hosts/compute-2/pull-plug| 409 | compute-2 is alive: kill it first. Dead: compute-1.
          POST | /method/best              | 404 | Recovery methods: auto, reserved_host, auto_priority, rh_priority.
          GET  | /hosts/compute-2/kill     | 405 | curl -X POST localhost
          POST | /                         | 405 | takes GET
          GET  | /hosts                    | 404 | /hosts/HOST/kill
          """)
  void aWrongCallIsAnsweredWithWhatIsRight(String method, String path, int status, String right)
      throws Exception {
    HttpResponse<String> answer = call(method, path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body()).contains(right);
  }

  @Test
  @Order(4)
  void theStateShowsHostsGuestsMethodAndCalls() throws Exception {
    HttpResponse<String> answer = call("GET", "/");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .containsPattern("compute-1 +dead +0\\n")
        .containsPattern("compute-2 +up +12 .*invoices")
        .containsPattern("compute-4 +reserve +0\\n")
        .contains("Recovery method: auto_priority")
        .contains("/hosts/HOST/break-bmc");
  }

  @Test
  @Order(5)
  void aRepairedHostTakesGuestsAgainAndEachMethodCanBeSet() throws Exception {
    assertThat(post("/hosts/compute-1/repair")).contains("compute-1 is repaired and takes guests");
    assertThat(truth.serviceStatus("compute-1")).isEqualTo("enabled");
    assertThat(truth.forcedDown("compute-1")).isFalse();
    for (String method : List.of("auto", "auto_priority", "rh_priority", "reserved_host")) {
      assertThat(post("/method/" + method)).contains("follows " + method);
    }
  }

  @Test
  @Order(6)
  void fencingThatFailsMakesATaskAndThePersonsWordBringsTheGuestsBackOnTheReserve(
      CapturedOutput output) throws Exception {
    List<UUID> guests = truth.guestsOn("compute-2");
    assertThat(post("/hosts/compute-2/break-bmc")).contains("a person is asked in Tasklist");
    assertThat(post("/hosts/compute-2/kill")).contains("compute-2 dies, and 12 guests with it");
    Task task = awaitTask("Confirm that compute-2 is powered off");
    assertThat(truth.evacuateCalls(guests.get(0)).stream().map(Truth.EvacuateCall::source))
        .doesNotContain("compute-2");
    awaitOutput(output, "a person is asked: Confirm that compute-2 is powered off");
    assertThat(call("POST", "/hosts/compute-2/repair").body()).contains("is being recovered");
    assertThat(call("POST", "/method/auto").statusCode()).isEqualTo(409);

    assertThat(post("/hosts/compute-2/pull-plug")).contains("you may confirm it");
    complete(
        task,
        Map.of("decision", "confirmed", "typedHost", "compute-2", "reason", "pulled the plug"));

    awaitOutput(output, "All 12 guests of compute-2 are back");
    assertThat(guests).allSatisfy(guest -> assertThat(truth.hostOf(guest)).isEqualTo("compute-4"));
    assertThat(truth.twiceRunning()).isEmpty();
    assertThat(truth.evacuatedFromHostsWithPower()).isEmpty();
  }

  @Test
  @Order(7)
  void aHostThatIsRepairedWhenThereIsNoReserveBecomesIt() throws Exception {
    assertThat(post("/hosts/compute-2/repair")).contains("it is the reserve now");
    assertThat(call("GET", "/").body()).containsPattern("compute-2 +reserve +0\\n");
    assertThat(truth.serviceStatus("compute-2")).isEqualTo("disabled");
  }

  private static Task awaitTask(String name) {
    return await()
        .atMost(LONG)
        .until(
            () -> context.getBean(TaskService.class).createTaskQuery().taskName(name).list(),
            tasks -> !tasks.isEmpty())
        .get(0);
  }

  private static void complete(Task task, Map<String, Object> answers) {
    IdentityService identity = context.getBean(IdentityService.class);
    identity.setAuthentication("ada", List.of("operators"));
    try {
      context.getBean(TaskService.class).complete(task.getId(), answers);
    } finally {
      identity.clearAuthentication();
    }
  }

  private static void awaitOutput(CapturedOutput output, String text) {
    await().atMost(LONG).untilAsserted(() -> assertThat(output.getOut()).contains(text));
  }

  private static int port() {
    return context.getBean(DemoPort.class).port();
  }

  private static String post(String path) throws Exception {
    HttpResponse<String> answer = call("POST", path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  /** As curl does. */
  private static HttpResponse<String> call(String method, String path)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(Duration.ofMinutes(1))
                .method(method, BodyPublishers.noBody())
                .build(),
            BodyHandlers.ofString());
  }
}
