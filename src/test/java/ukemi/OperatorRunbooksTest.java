package ukemi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.repository.ProcessDefinition;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ukemi.simulator.SimulatedCloud;

/**
 * An operator changes the runbooks of a running program, well and badly: its own copy of the
 * drawings in UKEMI_PROCESSES_DIR, reloaded with the command of the README.
 */
class OperatorRunbooksTest {

  private static final String DRAWING = "host-failure.bpmn";
  private static final String CALLED = "evacuate-host.bpmn";

  @TempDir private static Path folder;

  private static SimulatedCloud cloud;
  private static RunningUkemi ukemi;
  private static int hosts;
  private static String segment;

  @BeforeAll
  static void start() throws IOException {
    write(DRAWING, shipped(DRAWING));
    write(CALLED, shipped(CALLED));
    write("policy.dmn", Files.readString(Path.of("src/test/resources/models/policy.dmn")));
    cloud = SimulatedCloud.start(0);
    cloud
        .settings()
        .reportInterval(Duration.ofSeconds(1))
        .evacuationTime(Duration.ofMillis(300))
        .bmcTimeout(Duration.ofSeconds(2));
    cloud.addHost("target", "10.30.1.1");
    ukemi = RunningUkemi.start(cloud, Map.of("ukemi.processes-dir", folder.toString()));
    segment = ukemi.client().createSegment("segment1", "auto");
    ukemi.client().createHosts(segment, "target");
  }

  @AfterAll
  static void stop() {
    if (ukemi != null) {
      ukemi.close();
    }
    cloud.close();
  }

  @BeforeEach
  void asShipped() throws IOException {
    write(DRAWING, shipped(DRAWING));
    assertThat(reload().statusCode()).isEqualTo(200);
  }

  @AfterEach
  void noForeignFiles() throws IOException {
    write("policy.dmn", Files.readString(Path.of("src/test/resources/models/policy.dmn")));
    Files.deleteIfExists(folder.resolve("fence-host.bpmn"));
  }

  private static String shipped(String file) throws IOException {
    return Files.readString(Path.of("processes", file));
  }

  private static void write(String file, String content) throws IOException {
    Files.writeString(folder.resolve(file), content);
  }

  private static HttpResponse<String> reload() {
    return call("POST", "/v1/runbooks/reload", ukemi.client().token());
  }

  private static HttpResponse<String> call(String method, String path, String token) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(ukemi.url() + path))
              .method(method, BodyPublishers.noBody());
      if (token != null) {
        request.header("X-Auth-Token", token);
      }
      return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode runbooks() {
    return ukemi.client().get("/runbooks").get("runbooks");
  }

  private static String health() throws IOException {
    HttpResponse<String> answer = call("GET", "/actuator/health", null);
    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode health = new ObjectMapper().readTree(answer.body());
    assertThat(health.at("/components/runbooks/status")).isEqualTo(health.get("status"));
    return health.get("status").asText();
  }

  /** The shipped drawing with a box moved and a task for a person before the first step. */
  private static String withAnotherTask() throws IOException {
    return replaced(
        shipped(DRAWING),
        Map.of(
            "<dc:Bounds x=\"785\" y=\"220\" width=\"110\" height=\"80\"/>",
            "<dc:Bounds x=\"785\" y=\"230\" width=\"110\" height=\"80\"/>",
            "sourceRef=\"HostFailed\" targetRef=\"ClaimHost\"/>",
            """
            sourceRef="HostFailed" targetRef="CallTheDataCentre"/>
                <bpmn:userTask id="CallTheDataCentre" name="Call the data centre about ${hostName}"
                    camunda:asyncBefore="true" camunda:candidateGroups="operators"/>
                <bpmn:sequenceFlow id="ToClaim" sourceRef="CallTheDataCentre" targetRef="ClaimHost"/>\
            """,
            "<bpmn:incoming>HostFailed_to_ClaimHost</bpmn:incoming>",
            "<bpmn:incoming>ToClaim</bpmn:incoming>",
            "<bpmndi:BPMNShape id=\"ClaimHost_di\"",
            """
            <bpmndi:BPMNShape id="CallTheDataCentre_di" bpmnElement="CallTheDataCentre">
                    <dc:Bounds x="180" y="100" width="110" height="80"/>
                  </bpmndi:BPMNShape>
                  <bpmndi:BPMNEdge id="ToClaim_di" bpmnElement="ToClaim">
                    <di:waypoint x="235" y="180"/>
                    <di:waypoint x="260" y="220"/>
                  </bpmndi:BPMNEdge>
                  <bpmndi:BPMNShape id="ClaimHost_di"\
            """));
  }

  private static String replaced(String text, Map<String, String> changes) {
    for (Map.Entry<String, String> change : changes.entrySet()) {
      assertThat(text).contains(change.getKey());
      text = text.replace(change.getKey(), change.getValue());
    }
    return text;
  }

  private static String newHost() {
    String host = "compute-" + ++hosts;
    cloud.addHost(host, "10.30.0." + hosts);
    cloud.addGuest(host, host + "-guest");
    ukemi.client().createHosts(segment, host);
    return host;
  }

  private static ProcessDefinition drawingOf(String notification) {
    String definition =
        ukemi
            .bean(RuntimeService.class)
            .createProcessInstanceQuery()
            .processInstanceBusinessKey(notification)
            .rootProcessInstances()
            .singleResult()
            .getProcessDefinitionId();
    return ukemi.bean(RepositoryService.class).getProcessDefinition(definition);
  }

  private static void awaitFinished(String notification) {
    await()
        .atMost(Duration.ofMinutes(5))
        .untilAsserted(
            () ->
                assertThat(ukemi.client().status(notification))
                    .as(() -> ukemi.state())
                    .isEqualTo("finished"));
  }

  /** An error that a drawing may or may not catch. */
  public static final class Refused implements JavaDelegate {

    @Override
    public void execute(DelegateExecution execution) {
      throw new BpmnError("REFUSED", "not today");
    }
  }

  @Test
  void anErrorThatADrawingDoesNotCatchIsAFailedStepAndNotASilentEnd() {
    RuntimeService runtime = ukemi.bean(RuntimeService.class);
    String deployment =
        ukemi
            .bean(RepositoryService.class)
            .createDeployment()
            .addModelInstance(
                "uncaught.bpmn",
                Bpmn.createExecutableProcess("uncaught")
                    .camundaHistoryTimeToLive(1)
                    .startEvent()
                    .serviceTask()
                    .camundaAsyncBefore()
                    .camundaClass(Refused.class)
                    .endEvent()
                    .done())
            .deploy()
            .getId();
    String process = runtime.startProcessInstanceByKey("uncaught").getId();

    await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                ukemi
                    .bean(ManagementService.class)
                    .createJobQuery()
                    .processInstanceId(process)
                    .withException()
                    .count(),
            failed -> failed == 1);

    ukemi.bean(RepositoryService.class).deleteDeployment(deployment, true);
  }

  @Test
  void aRunningRecoveryKeepsItsDrawingAndTheNextOneFollowsTheNewOne() throws IOException {
    String before = newHost();
    String after = newHost();
    String running = ukemi.client().hostStopped(before); // it is alive still, so it is watched
    await()
        .atMost(Duration.ofMinutes(5))
        .until(() -> ukemi.client().status(running).equals("running"));
    ProcessDefinition old = drawingOf(running);

    write(DRAWING, withAnotherTask());
    HttpResponse<String> answer = reload();
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);

    cloud.crash(after);
    String next = ukemi.client().hostStopped(after);
    String task = "Call the data centre about " + after;
    await().atMost(Duration.ofMinutes(5)).until(() -> ukemi.task(task).isPresent());
    assertThat(drawingOf(next).getVersion()).isGreaterThan(old.getVersion());
    assertThat(drawingOf(running).getId()).isEqualTo(old.getId());
    assertThat(cloud.truth().powerOrders(after)).as("nothing before the person").isEmpty();

    cloud.crash(before);
    awaitFinished(running);
    ukemi.complete(ukemi.task(task).orElseThrow(), "ada", Map.of());
    awaitFinished(next);
    assertThat(cloud.truth().twiceRunning()).isEmpty();
    assertThat(cloud.truth().evacuatedFromHostsWithPower()).isEmpty();
  }

  @ParameterizedTest(name = "{3}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          host-failure.bpmn | <?xml version | This is no XML <?xml version | host-failure.bpmn: can't be read: Fatal Error: URI=null Line=1
          host-failure.bpmn | ${claimHost} | ${claimHosts} | host-failure.bpmn, ClaimHost: its delegate expression must be ${claimHost}
          host-failure.bpmn | id="ClaimHost" | id="ClaimHosts" | host-failure.bpmn: can't be
          host-failure.bpmn | errorCode="NO_PROOF" | errorCode="NO_PROF" | host-failure.bpmn, ForceDownComputeService: throws NO_PROOF, which nothing catches
          host-failure.bpmn | name="Claim host" camunda:asyncBefore="true" | name="Claim host" | host-failure.bpmn, ClaimHost: must be asynchronous before
          evacuate-host.bpmn | formRef="choose-recovery" | formRef="choose-recovry" | evacuate-host.bpmn, ChooseRecovery: its form choose-recovry is not in the set
          host-failure.bpmn | calledElement="fence-host" | calledElement="fence-hots" | host-failure.bpmn, FenceHost: calls fence-hots, which is not in the set
          host-failure.bpmn | ${closeUnfinishedRun} | ${closeRun} | host-failure.bpmn, host-failure: there is no bean for its listener ${closeRun}
          evacuate-host.bpmn | ${settings.evacuationSlowAfter()} | ${settings.slow()} | evacuate-host.bpmn, EvacuationSlow: settings has no slow()
          policy.dmn        | </decision> | | policy.dmn: can't be read
          policy.dmn        | "operators" | operators" | policy.dmn, OperatorsAreAsked: operators" is no FEEL
          """)
  void aBrokenFileIsRefusedWithItsNameAndPlaceAndTheOldOnesStay(
      String file, String good, String bad, String problem) throws IOException {
    JsonNode before = runbooks();
    String text = Files.readString(folder.resolve(file));
    write(file, replaced(text, Map.of(good, bad == null ? "" : bad)));

    HttpResponse<String> answer = reload();

    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(
            new ObjectMapper().readTree(answer.body()).at("/conflictingRequest/message").asText())
        .contains("what is deployed stays in force")
        .contains(problem);
    JsonNode now = runbooks();
    assertThat(now.get("deployment_id")).isEqualTo(before.get("deployment_id"));
    assertThat(now.at("/nodes/0/problems").toString()).contains(problem.replace("\"", "\\\""));
    assertThat(now.at("/nodes/0/refused_at").isTextual()).isTrue();
    assertThat(health()).isEqualTo("DEGRADED");

    write(file, text);
    assertThat(reload().statusCode()).isEqualTo(200);
    assertThat(runbooks().get("deployment_id")).isEqualTo(before.get("deployment_id"));
    assertThat(health()).isEqualTo("UP");
  }

  @Test
  void aRecoveryGoesOnWithTheOldDrawingsWhileTheNewOnesAreRefused() throws IOException {
    write(DRAWING, "rubbish");
    assertThat(reload().statusCode()).isEqualTo(409);
    String host = newHost();
    cloud.crash(host);
    awaitFinished(ukemi.client().hostStopped(host));
  }

  @Test
  void theAnswerTellsWhatIsInForceAndWhereItIsFrom() throws IOException {
    write("fence-host.bpmn", shipped("fence-host.bpmn") + "\n");
    assertThat(reload().statusCode()).isEqualTo(200);
    JsonNode runbooks = runbooks();
    assertThat(runbooks.at("/files/host-failure.bpmn").asText()).isEqualTo(folder.toString());
    assertThat(runbooks.at("/files/fence-host.bpmn").asText()).isEqualTo(folder.toString());
    assertThat(runbooks.at("/files/evacuate-instance.bpmn").asText()).isEqualTo("shipped");
    assertThat(runbooks.get("ordered_by").asText()).isEqualTo("ukemi");
    assertThat(runbooks.get("from_node")).isEqualTo(runbooks.get("answered_by"));
    assertThat(runbooks.at("/nodes/0/in_force").asBoolean()).isTrue();
    assertThat(runbooks.get("hash").asText()).hasSize(64);
  }

  @Test
  void whoHasNoTokenLearnsAndChangesNothing() {
    Stream.of(null, "no-token")
        .forEach(
            token -> {
              assertThat(call("GET", "/v1/runbooks", token).statusCode()).isEqualTo(401);
              assertThat(call("POST", "/v1/runbooks/reload", token).statusCode()).isEqualTo(401);
            });
  }

  @Test
  void twoProgramsWithDifferentFoldersOnOneDatabaseDoNotTakeTurns(@TempDir Path others)
      throws IOException {
    String first = runbooks().get("hash").asText();
    Files.writeString(others.resolve(DRAWING), withAnotherTask());
    String database = database();
    String port = freePort();
    String second;
    try (RunningUkemi two = other(database, others, port)) {
      assertThat(two.url()).isNotEqualTo(ukemi.url());
      second = runbooks().get("hash").asText();
      assertThat(second).as("the newcomer's are news").isNotEqualTo(first);
      assertThat(runbooks().get("nodes")).hasSize(2);
    }
    HttpResponse<String> answer = reload();
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.body()).contains("have not changed since it last looked", "force=true");
    assertThat(runbooks().get("hash").asText()).isEqualTo(second);

    assertThat(call("POST", "/v1/runbooks/reload?force=true", ukemi.client().token()).statusCode())
        .isEqualTo(200);
    try (RunningUkemi two = other(database, others, port)) {
      assertThat(two.url()).isNotEqualTo(ukemi.url());
      assertThat(runbooks().get("hash").asText()).as("a restart is no news").isEqualTo(first);
    }
  }

  @Test
  void aProgramThatStartsWithABrokenFileServesWithWhatIsDeployedAndSaysSo(@TempDir Path broken)
      throws IOException {
    JsonNode before = runbooks();
    Files.writeString(broken.resolve(DRAWING), "rubbish");
    try (RunningUkemi two = other(database(), broken, freePort())) {
      JsonNode now = two.client().get("/runbooks").get("runbooks");
      assertThat(now.get("deployment_id")).isEqualTo(before.get("deployment_id"));
      assertThat(now.get("nodes").toString())
          .contains("host-failure.bpmn: can't be read", now.get("answered_by").asText());
      assertThat(two.client().get("/segments").get("segments")).isNotEmpty();
    }
  }

  private static String freePort() {
    return String.valueOf(FreePort.find());
  }

  private static String database() {
    return ukemi
        .bean(org.springframework.core.env.Environment.class)
        .getProperty("spring.datasource.url");
  }

  private static RunningUkemi other(String database, Path folder, String port) {
    return RunningUkemi.start(
        cloud, database, Map.of("ukemi.processes-dir", folder.toString(), "server.port", port));
  }
}
