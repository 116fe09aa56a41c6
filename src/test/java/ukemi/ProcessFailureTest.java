package ukemi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.JobQuery;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ukemi.segment.Hosts;
import ukemi.segment.MaintenanceOwner;
import ukemi.simulator.SimulatedCloud;

/** A process of a host fails; the host itself goes on. */
class ProcessFailureTest {

  private static final Duration LIMIT = Duration.ofMinutes(3);

  private SimulatedCloud cloud;
  private RunningUkemi ukemi;
  private String segment;

  @BeforeEach
  void aCloudOfTwoHosts() {
    cloud = SimulatedCloud.start(0);
    cloud
        .settings()
        .reportInterval(Duration.ofSeconds(1))
        .evacuationTime(Duration.ofMillis(300))
        .rpcTimeout(Duration.ofSeconds(2));
    cloud.addHost("compute-1", "10.30.1.1").addHost("compute-2", "10.30.1.2");
    ukemi = RunningUkemi.start(cloud, Map.of());
    segment = ukemi.client().createSegment("segment1", "auto");
    ukemi.client().createHosts(segment, "compute-1", "compute-2");
  }

  @AfterEach
  void stop() {
    if (ukemi != null) {
      ukemi.close();
    }
    cloud.close();
  }

  @Test
  void aHostWithoutNovaComputeIsDisabledUntilItBeatsAgain() {
    UUID guest = cloud.addGuest("compute-1", "web-1");
    cloud.killCompute("compute-1");

    String notification = ukemi.client().processReported("compute-1", "nova-compute", "STOPPED");

    assertThat(ended(notification)).isEqualTo("finished");
    assertThat(message(notification)).contains("takes no new guests", "nova-compute");
    assertThat(cloud.truth().serviceStatus("compute-1")).isEqualTo("disabled");
    assertThat(onMaintenance()).isTrue();
    assertThat(ukemi.client().workflow(notification))
        .extracting(task -> task.get("name").asText())
        .containsSubsequence("DisableComputeNodeTask", "ConfirmComputeNodeDisabledTask");

    cloud.startCompute("compute-1");

    await().atMost(LIMIT).until(() -> cloud.truth().serviceStatus("compute-1"), "enabled"::equals);
    await().atMost(LIMIT).until(() -> !onMaintenance());
    assertThat(cloud.truth().hostOf(guest)).isEqualTo("compute-1");
    assertThat(cloud.truth().evacuateCalls()).isEmpty();
    assertThat(cloud.truth().powerOrders()).isEmpty();
  }

  @Tag("long")
  @Test
  void aHostWithoutLibvirtdStaysDisabledWhileItsNovaComputeBeatsAndUntilItIsReported() {
    String notification = ukemi.client().processReported("compute-1", "libvirtd", "STOPPED");
    assertThat(ended(notification)).isEqualTo("finished");
    long requests = servicesRead();

    // two looks of the watcher and more heartbeats than it takes for nova-compute
    await().pollDelay(Duration.ofSeconds(12)).atMost(LIMIT).until(() -> true);
    assertThat(cloud.truth().serviceStatus("compute-1")).isEqualTo("disabled");
    assertThat(servicesRead()).isEqualTo(requests);

    String up = ukemi.client().processReported("compute-1", "libvirtd", "STARTED");

    assertThat(ukemi.client().status(up)).isEqualTo("finished");
    await().atMost(LIMIT).until(() -> cloud.truth().serviceStatus("compute-1"), "enabled"::equals);
    await().atMost(LIMIT).until(() -> !onMaintenance());
  }

  @ParameterizedTest
  @ValueSource(strings = {"neutron-openvswitch-agent", "Nova-Compute"})
  void anyOtherProcessIsNotedAndNothingIsTouched(String process) {
    String notification = ukemi.client().processReported("compute-1", process, "STOPPED");

    assertThat(ended(notification)).isEqualTo("finished");
    assertThat(message(notification)).startsWith("Noted: " + process);
    assertThat(cloud.truth().serviceStatus("compute-1")).isEqualTo("enabled");
    assertThat(onMaintenance()).isFalse();
  }

  @Test
  void aHostThatDiesAfterItsProcessIsRecoveredAllTheSame() {
    UUID guest = cloud.addGuest("compute-1", "web-1");
    cloud.killCompute("compute-1");
    assertThat(ended(ukemi.client().processReported("compute-1", "nova-compute", "STOPPED")))
        .isEqualTo("finished");

    cloud.crash("compute-1");
    String recovery = ukemi.client().hostStopped("compute-1");

    assertThat(ended(recovery)).isEqualTo("finished");
    assertThat(cloud.truth().hostOf(guest)).isEqualTo("compute-2");
    // it is the recovery's now: nobody enables it because its nova-compute is back
    await()
        .atMost(LIMIT)
        .until(
            () ->
                ukemi
                        .bean(RuntimeService.class)
                        .createProcessInstanceQuery()
                        .processDefinitionKey("process-failure")
                        .count()
                    == 0);
    assertThat(cloud.truth().serviceStatus("compute-1")).isEqualTo("disabled");
    assertThat(onMaintenance()).isTrue();
  }

  @Tag("long")
  @Test
  void aSecondProcessKeepsTheHostOutOfServiceUntilBothAreBack() {
    assertThat(ended(ukemi.client().processReported("compute-1", "libvirtd", "STOPPED")))
        .isEqualTo("finished");
    assertThat(ended(ukemi.client().processReported("compute-1", "virtqemud", "STOPPED")))
        .isEqualTo("finished");

    ukemi.client().processReported("compute-1", "virtqemud", "STARTED");
    await().atMost(LIMIT).until(() -> openRuns() == 1);
    assertThat(cloud.truth().serviceStatus("compute-1")).isEqualTo("disabled");
    assertThat(onMaintenance()).isTrue();

    ukemi.client().processReported("compute-1", "libvirtd", "STARTED");
    await().atMost(LIMIT).until(() -> cloud.truth().serviceStatus("compute-1"), "enabled"::equals);
    await().atMost(LIMIT).until(() -> !onMaintenance());
  }

  @Test
  void twoProcessesThatComeBackTogetherGiveTheHostBack() {
    ended(ukemi.client().processReported("compute-1", "libvirtd", "STOPPED"));
    ended(ukemi.client().processReported("compute-1", "virtqemud", "STOPPED"));

    ukemi.client().processReported("compute-1", "virtqemud", "STARTED");
    ukemi.client().processReported("compute-1", "libvirtd", "STARTED");

    await().atMost(LIMIT).until(() -> openRuns() == 0);
    assertThat(cloud.truth().serviceStatus("compute-1")).isEqualTo("enabled");
    assertThat(onMaintenance()).isFalse();
  }

  @Tag("long")
  @Test
  void aProcessThatFailsAgainRightAwayLeavesItsHostOutOfService() {
    ended(ukemi.client().processReported("compute-1", "libvirtd", "STOPPED"));

    ukemi.client().processReported("compute-1", "libvirtd", "STARTED");
    ended(ukemi.client().processReported("compute-1", "libvirtd", "STOPPED"));

    await()
        .during(Duration.ofSeconds(12))
        .atMost(LIMIT)
        .until(
            () -> openRuns() == 1 && cloud.truth().serviceStatus("compute-1").equals("disabled"));
  }

  @Test
  void aProcessThatIsDeletedInCockpitLeavesNoMaintenance() {
    ended(ukemi.client().processReported("compute-1", "libvirtd", "STOPPED"));
    RuntimeService runtime = ukemi.bean(RuntimeService.class);

    runtime.deleteProcessInstance(
        runtime
            .createProcessInstanceQuery()
            .processDefinitionKey("process-failure")
            .singleResult()
            .getId(),
        "not needed",
        true);

    await().atMost(LIMIT).until(() -> !onMaintenance());
    assertThat(ended(ukemi.client().processReported("compute-1", "virtqemud", "STOPPED")))
        .isEqualTo("finished");
    assertThat(onMaintenance()).isTrue();
  }

  @Test
  void maintenanceOfAnOperatorIsNotLiftedByAProcessThatComesBack() {
    ended(ukemi.client().processReported("compute-1", "libvirtd", "STOPPED"));
    ukemi.client().setMaintenance(segment, "compute-1", true);

    assertThat(
            ukemi
                .client()
                .tryPost(
                    "/notifications",
                    Map.of(
                        "notification",
                        Map.of(
                            "type", "PROCESS",
                            "hostname", "compute-1",
                            "generated_time", "2026-11-23T00:00:00",
                            "payload", Map.of("event", "STARTED", "process_name", "libvirtd")))))
        .isEqualTo(409);

    await().atMost(LIMIT).until(() -> openRuns() == 0);
    assertThat(onMaintenance()).isTrue();
    assertThat(cloud.truth().serviceStatus("compute-1")).isEqualTo("disabled");
  }

  @Tag("long")
  @Test
  void aHostThatAPersonLeavesDisabledIsNotEnabledWhenAnotherProcessComesBack() {
    theTableHasAPersonDecideAboutLibvirtd();
    ended(ukemi.client().processReported("compute-1", "libvirtd", "STOPPED"));
    ended(ukemi.client().processReported("compute-1", "nova-compute", "STOPPED"));
    ukemi.client().processReported("compute-1", "libvirtd", "STARTED");
    String question = "Enable compute-1 again?";
    await().atMost(LIMIT).until(() -> ukemi.task(question).isPresent());

    ukemi.complete(ukemi.task(question).orElseThrow(), "ada", Map.of("decision", "leave"));

    // its nova-compute beats all the time
    await().atMost(LIMIT).until(() -> openRuns() == 0);
    assertThat(cloud.truth().serviceStatus("compute-1")).isEqualTo("disabled");
  }

  @Test
  void aProcessThatComesBackWhileAPersonIsAskedNeedsNoAnswer() {
    ended(ukemi.client().processReported("compute-1", "libvirtd", "STOPPED"));
    nothingIsHeardForAnHour();
    String question = "Enable compute-1 again?";
    await().atMost(LIMIT).until(() -> ukemi.task(question).isPresent());

    ukemi.client().processReported("compute-1", "libvirtd", "STARTED");

    await().atMost(LIMIT).until(() -> openRuns() == 0);
    assertThat(cloud.truth().serviceStatus("compute-1")).isEqualTo("enabled");
    assertThat(ukemi.task(question)).isEmpty();
    assertThat(onMaintenance()).isFalse();
  }

  @Tag("long")
  @Test
  void theSameQuestionIsNotPutAgainWhenTheTableHasAPersonDecide() {
    theTableHasAPersonDecideAboutLibvirtd();
    ended(ukemi.client().processReported("compute-1", "libvirtd", "STOPPED"));
    nothingIsHeardForAnHour();
    String question = "Enable compute-1 again?";
    await().atMost(LIMIT).until(() -> ukemi.task(question).isPresent());
    String asked = ukemi.task(question).orElseThrow().getId();

    ukemi.client().processReported("compute-1", "libvirtd", "STARTED");

    // two looks of the watcher
    await()
        .during(Duration.ofSeconds(12))
        .atMost(LIMIT)
        .until(() -> ukemi.task(question).orElseThrow().getId().equals(asked));
  }

  @Test
  void aProcessThatFailsAgainBeforeTheProcessHasEndedHasItsHostDisabledAgain() {
    ended(ukemi.client().processReported("compute-1", "libvirtd", "STOPPED"));
    ManagementService management = ukemi.bean(ManagementService.class);
    String closing =
        management
            .createJobDefinitionQuery()
            .activityIdIn("CloseProcess")
            .processDefinitionKey("process-failure")
            .singleResult()
            .getId();
    management.suspendJobDefinitionById(closing, true);
    ukemi.client().processReported("compute-1", "libvirtd", "STARTED");
    await().atMost(LIMIT).until(() -> cloud.truth().serviceStatus("compute-1"), "enabled"::equals);

    String again = ukemi.client().processReported("compute-1", "libvirtd", "STOPPED");
    assertThat(ended(again)).isEqualTo("finished");
    management.activateJobDefinitionById(closing, true);

    await().atMost(LIMIT).until(() -> openRuns() == 1);
    assertThat(cloud.truth().serviceStatus("compute-1")).isEqualTo("disabled");
    assertThat(onMaintenance()).isTrue();
    ukemi.client().processReported("compute-1", "libvirtd", "STARTED");
    await().atMost(LIMIT).until(() -> openRuns() == 0);
    assertThat(cloud.truth().serviceStatus("compute-1")).isEqualTo("enabled");
  }

  @Test
  void theEndOfARecoveryLeavesTheHostToTheProcessThatIsStillDown() {
    ended(ukemi.client().processReported("compute-1", "libvirtd", "STOPPED"));
    Hosts hosts = ukemi.bean(Hosts.class);
    UUID host = hosts.byName("compute-1").orElseThrow().uuid();
    hosts.putOnMaintenance(host, MaintenanceOwner.RECOVERY);

    hosts.liftMaintenance(host, MaintenanceOwner.RECOVERY);

    assertThat(hosts.byUuid(host).orElseThrow().maintenanceOwner())
        .isEqualTo(MaintenanceOwner.PROCESS);
  }

  @Test
  void whatAnOperatorHasDisabledIsNotEnabledByUs() {
    cloud.disableCompute("compute-1");
    assertThat(ended(ukemi.client().processReported("compute-1", "libvirtd", "STOPPED")))
        .isEqualTo("finished");

    ukemi.client().processReported("compute-1", "libvirtd", "STARTED");

    await().atMost(LIMIT).until(() -> !onMaintenance());
    assertThat(cloud.truth().serviceStatus("compute-1")).isEqualTo("disabled");
  }

  private void theTableHasAPersonDecideAboutLibvirtd() {
    PolicyTable.shipped()
        .with(
            "process-response.dmn",
            "<outputEntry id=\"Rule_2_enable\">\n          <text>\"yes\"</text>",
            "<outputEntry id=\"Rule_2_enable\">\n          <text>\"ask\"</text>")
        .deploy(ukemi.bean(RepositoryService.class));
  }

  private void nothingIsHeardForAnHour() {
    ManagementService management = ukemi.bean(ManagementService.class);
    JobQuery waits = management.createJobQuery().timers().processDefinitionKey("process-failure");
    await().atMost(LIMIT).until(() -> waits.count() == 1);
    management.executeJob(waits.singleResult().getId());
  }

  private long openRuns() {
    return ukemi
        .bean(RuntimeService.class)
        .createProcessInstanceQuery()
        .processDefinitionKey("process-failure")
        .count();
  }

  private long servicesRead() {
    return cloud.truth().requests(request -> request.path().contains("/os-services")).size();
  }

  private boolean onMaintenance() {
    return ukemi.client().host(segment, "compute-1").get("on_maintenance").asBoolean();
  }

  private String ended(String notification) {
    return ukemi.client().awaitEnd(notification);
  }

  private String message(String notification) {
    return ukemi.client().message(notification);
  }
}
