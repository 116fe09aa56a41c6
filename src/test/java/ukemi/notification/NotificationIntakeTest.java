package ukemi.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;
import ukemi.api.SlimApplicationTest;
import ukemi.notification.Notification.Status;
import ukemi.notification.Notification.Type;
import ukemi.segment.Hosts;
import ukemi.segment.MaintenanceOwner;

/** Promises 3 and 4, rules R3, R4 and R5, at the door. */
class NotificationIntakeTest extends SlimApplicationTest {

  private static final UUID HOST = UUID.fromString(COMPUTE_1);
  private static final Instant T0 = Instant.parse("2026-11-22T07:47:24.647680Z");
  private static final Map<String, String> STOPPED = Map.of("event", "STOPPED");
  private static final Map<String, String> GUEST_FAILED =
      Map.of("event", "LIFECYCLE", "vir_domain_event", "STOPPED_FAILED");
  private static final Map<String, String> STARTED = Map.of("event", "STARTED");
  private static final Map<String, String> NOVA_COMPUTE =
      Map.of("process_name", "nova-compute", "event", "STOPPED");
  private static final Map<String, String> GUEST =
      Map.of("instance_uuid", NOWHERE, "event", "LIFECYCLE", "vir_domain_event", "STOPPED_FAILED");

  @Autowired private NotificationIntake intake;
  @Autowired private Notifications notifications;
  @Autowired private RecoveryRuns runs;
  @Autowired private Hosts hosts;
  @Autowired private TransactionTemplate transaction;

  @Test
  void anAcceptedNotificationIsStoredAndItsProcessStarted() {
    Notification accepted = stopped(0);

    assertThat(accepted.status()).isEqualTo(Status.NEW);
    assertThat(notifications.find(accepted.uuid())).contains(accepted);
    assertThat(processes.started).containsExactly(accepted);
  }

  @Test
  void aCrashBetweenStoreAndStartKeepsNeither() {
    processes.failing = true;

    assertThatThrownBy(() -> stopped(0)).isInstanceOf(IllegalStateException.class);

    assertThat(count("ukemi.notification")).isZero();
    processes.failing = false;
    assertThat(stopped(0).status()).isEqualTo(Status.NEW);
  }

  @Test
  void fiftyEqualReportsAtOnceAreOne() throws Exception {
    String body =
        """
        {"notification": {"type": "COMPUTE_HOST", "hostname": "compute-1",
          "generated_time": "2026-11-22T07:47:24.647680",
          "payload": {"event": "STOPPED", "host_status": "NORMAL"}}}
        """;
    ExecutorService senders = Executors.newFixedThreadPool(50);
    CountDownLatch go = new CountDownLatch(1);
    List<Future<Integer>> answers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      answers.add(
          senders.submit(
              () -> {
                go.await();
                return mvc.perform(
                        post("/v1/notifications").header("X-Auth-Token", "admin").content(body))
                    .andReturn()
                    .getResponse()
                    .getStatus();
              }));
    }
    go.countDown();

    List<Integer> statuses = new ArrayList<>();
    for (Future<Integer> answer : answers) {
      statuses.add(answer.get());
    }
    senders.shutdown();
    assertThat(Collections.frequency(statuses, 202)).isEqualTo(1);
    assertThat(Collections.frequency(statuses, 409)).isEqualTo(49);
    assertThat(processes.started).hasSize(1);
    assertThat(count("ukemi.notification")).isEqualTo(1);
    assertThat(count("ukemi.refused_notification where reason like 'duplicate%'")).isEqualTo(49);
  }

  @Test
  void anUnknownHostIsNotTaken() {
    assertThatThrownBy(
            () -> intake.accept(new NewNotification(Type.COMPUTE_HOST, "x", T0, STOPPED)))
        .isInstanceOf(UnknownSourceHost.class);
  }

  @Test
  void aHostOfADeletedSegmentIsUnknown() {
    sql("update ukemi.host set deleted_at = now()");

    assertThatThrownBy(() -> stopped(0)).isInstanceOf(UnknownSourceHost.class);
  }

  @Test
  void aDisabledSegmentsNotificationIsIgnoredAtOnce() {
    sql("update ukemi.failover_segment set enabled = false");

    Notification ignored = stopped(0);

    assertThat(ignored.status()).isEqualTo(Status.IGNORED);
    assertThat(ignored.message()).contains("rack-a").contains("disabled");
    assertThat(processes.started).isEmpty();
  }

  // R4

  @ParameterizedTest
  @CsvSource({
    "OPERATOR, COMPUTE_HOST, refused",
    "OPERATOR, VM, refused",
    "OPERATOR, PROCESS, refused",
    "RECOVERY, COMPUTE_HOST, refused",
    "RECOVERY, VM, refused",
    "RECOVERY, PROCESS, refused",
    "PROCESS, COMPUTE_HOST, taken",
    "PROCESS, VM, taken",
    "PROCESS, PROCESS, taken"
  })
  void maintenanceRefusesByItsOwner(MaintenanceOwner owner, Type type, String expected) {
    hosts.putOnMaintenance(HOST, owner);
    NewNotification report = report(type, 0, type == Type.VM ? GUEST_FAILED : STOPPED);

    if (expected.equals("taken")) {
      assertThat(intake.accept(report).status()).isEqualTo(Status.NEW);
    } else {
      assertRefused(report, "maintenance");
      assertThat(count("ukemi.notification")).isZero();
    }
  }

  @Test
  void aRefusalIsKeptForTheAudit() {
    hosts.putOnMaintenance(HOST, MaintenanceOwner.OPERATOR);

    assertRefused(report(Type.COMPUTE_HOST, 0, STOPPED), "maintenance");

    assertThat(
            count(
                """
                ukemi.refused_notification
                where host_name = 'compute-1' and type = 'COMPUTE_HOST'
                  and payload = '{"event": "STOPPED"}' and reason like '%maintenance%'
                """))
        .isEqualTo(1);
  }

  // R5

  @ParameterizedTest
  @CsvSource({"0", "-10000", "1", "180"})
  void theSameAgainWithinTheWindowIsADuplicate(long later) {
    Notification first = stopped(0);
    notifications.end(first.uuid(), Status.FAILED, "x");

    assertRefused(report(Type.COMPUTE_HOST, later, STOPPED), first.uuid().toString());
  }

  @Test
  void theSameGeneratedAfterTheWindowIsNoDuplicate() {
    notifications.end(stopped(0).uuid(), Status.FAILED, "x");

    assertThat(stopped(181).status()).isEqualTo(Status.NEW);
  }

  @Test
  void theWindowCountsFromReceiptWhateverTheSendersClockSays() {
    notifications.end(stopped(0).uuid(), Status.FAILED, "x");
    receivedAgo(Duration.ofSeconds(181));

    assertThat(stopped(-10000).status()).isEqualTo(Status.NEW);
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.class,
      names = {"NEW", "RUNNING", "ERROR"})
  void whatIsBeingDealtWithIsNotTakenAgainHoweverLongItTakes(Status status) {
    stopped(0);
    sql("update ukemi.notification set status = '" + status.wire() + "'");
    receivedAgo(Duration.ofHours(5));

    assertRefused(report(Type.COMPUTE_HOST, 1, STOPPED), "duplicate");
  }

  @Test
  void anotherPayloadIsNoDuplicate() {
    stopped(0);

    assertThat(
            accept(Type.COMPUTE_HOST, 1, Map.of("event", "STOPPED", "host_status", "NORMAL"))
                .status())
        .isEqualTo(Status.NEW);
  }

  @Test
  void anotherTypeOrHostIsNoDuplicate() {
    accept(Type.PROCESS, 0, NOVA_COMPUTE);

    assertThat(accept(Type.VM, 0, GUEST).status()).isEqualTo(Status.NEW);
    assertThat(
            intake
                .accept(new NewNotification(Type.PROCESS, "compute-9", T0, NOVA_COMPUTE))
                .status())
        .isEqualTo(Status.NEW);
  }

  @Test
  void aHostThatCameBackMayFailAgainAtOnce() {
    notifications.end(stopped(0).uuid(), Status.FINISHED, "x");
    accept(Type.COMPUTE_HOST, 60, STARTED);

    assertThat(stopped(90).status()).isEqualTo(Status.NEW);
    // and come back again
    assertThat(accept(Type.COMPUTE_HOST, 100, STARTED).status()).isEqualTo(Status.FINISHED);
  }

  @Test
  void aHostThatWasReturnedToServiceMayFailAgainAtOnce() {
    notifications.end(stopped(0).uuid(), Status.FINISHED, "x");
    hosts.putOnMaintenance(HOST, MaintenanceOwner.RECOVERY);
    hosts.liftMaintenance(HOST, MaintenanceOwner.RECOVERY);

    assertThat(stopped(90).status()).isEqualTo(Status.NEW);
  }

  @Test
  void aLateRepeatOfTheSameMessageStaysADuplicate() {
    notifications.end(stopped(0).uuid(), Status.FINISHED, "x");
    accept(Type.COMPUTE_HOST, 60, STARTED);

    assertRefused(report(Type.COMPUTE_HOST, 0, STOPPED), "duplicate");
  }

  @Test
  void aProcessThatCameBackMayFailAgainAtOnce() {
    notifications.end(accept(Type.PROCESS, 0, NOVA_COMPUTE).uuid(), Status.FINISHED, "x");
    assertRefused(report(Type.PROCESS, 5, NOVA_COMPUTE), "duplicate");
    notifications.end(
        accept(Type.PROCESS, 10, Map.of("process_name", "libvirtd", "event", "STARTED")).uuid(),
        Status.FINISHED,
        "x");
    assertRefused(report(Type.PROCESS, 15, NOVA_COMPUTE), "duplicate");
    notifications.end(
        accept(Type.PROCESS, 20, Map.of("process_name", "nova-compute", "event", "STARTED")).uuid(),
        Status.FINISHED,
        "x");

    assertThat(accept(Type.PROCESS, 25, NOVA_COMPUTE).status()).isEqualTo(Status.NEW);
  }

  @Test
  void whatFailedOnAHostMayFailAgainWhenTheHostCameBack() {
    notifications.end(accept(Type.VM, 0, GUEST).uuid(), Status.FINISHED, "x");
    notifications.end(accept(Type.PROCESS, 0, NOVA_COMPUTE).uuid(), Status.FINISHED, "x");
    accept(Type.COMPUTE_HOST, 10, STARTED);

    assertThat(accept(Type.VM, 20, GUEST).status()).isEqualTo(Status.NEW);
    assertThat(accept(Type.PROCESS, 20, NOVA_COMPUTE).status()).isEqualTo(Status.NEW);
  }

  // R3

  @Test
  void aLaterReportAttachesToTheOpenRun() {
    Notification first = stopped(0);
    runs.open(first, "p");

    Notification later = stopped(200);

    assertThat(later.status()).isEqualTo(Status.IGNORED);
    assertThat(later.message()).contains(first.uuid().toString());
    assertThat(accept(Type.PROCESS, 0, NOVA_COMPUTE).status()).isEqualTo(Status.IGNORED);
    assertThat(processes.started).containsExactly(first);
  }

  @Test
  void aGuestsFailureIsLeftToItsProcess() {
    runs.open(stopped(0), "p");

    assertThat(accept(Type.VM, 1, GUEST).status()).isEqualTo(Status.NEW);
  }

  @Test
  void aHostThatStartedStartsNoProcessAndTellsItsRun() {
    RecoveryRun run = runs.open(stopped(0), "p").orElseThrow();
    processes.started.clear();

    Notification started = accept(Type.COMPUTE_HOST, 10, STARTED);

    assertThat(started.status()).isEqualTo(Status.FINISHED);
    assertThat(started.message()).isNotBlank();
    assertThat(processes.started).isEmpty();
    assertThat(runs.get(run.id()).hostStartedAt()).isNotNull();
  }

  @Test
  void aHostThatStartsOnMaintenanceIsRefusedButItsRunKnows() {
    RecoveryRun run = runs.open(stopped(0), "p").orElseThrow();
    hosts.putOnMaintenance(HOST, MaintenanceOwner.RECOVERY);

    assertRefused(report(Type.COMPUTE_HOST, 10, STARTED), "maintenance");

    assertThat(runs.get(run.id()).hostStartedAt()).isNotNull();
  }

  @Test
  void aHostThatStartsAfterItsRecoveryIsKeptForItsReturn() {
    RecoveryRun run = runs.open(stopped(0), "p").orElseThrow();
    hosts.putOnMaintenance(HOST, MaintenanceOwner.RECOVERY);
    runs.close(run.id(), Status.FINISHED, "x");

    assertRefused(report(Type.COMPUTE_HOST, 10, STARTED), "maintenance");

    assertThat(runs.get(run.id()).hostStartedAt()).isNotNull();
  }

  /** Pacemaker reports a start, too, when it tries to reach the host that it has just lost. */
  @Test
  void aStartThatIsADuplicateOfAnEarlierOneIsKeptAllTheSame() {
    RecoveryRun run = runs.open(stopped(0), "p").orElseThrow();
    accept(Type.COMPUTE_HOST, 6, STARTED);
    Instant first = runs.get(run.id()).hostStartedAt();

    assertRefused(report(Type.COMPUTE_HOST, 6, STARTED), "duplicate");
    assertThat(runs.get(run.id()).hostStartedAt()).as("the same message again").isEqualTo(first);

    assertRefused(report(Type.COMPUTE_HOST, 100, STARTED), "duplicate");
    assertThat(runs.get(run.id()).hostStartedAt()).isAfter(first);
  }

  @Test
  void aHostThatStartsAgainShortlyAfterItStoppedIsKeptForItsReturn() {
    RecoveryRun run = runs.open(stopped(0), "p").orElseThrow();
    accept(Type.COMPUTE_HOST, 6, STARTED);
    hosts.putOnMaintenance(HOST, MaintenanceOwner.RECOVERY);
    assertRefused(report(Type.COMPUTE_HOST, 60, STOPPED), "maintenance");
    assertThat(runs.get(run.id()).hostStartedAt()).isNull();

    assertRefused(report(Type.COMPUTE_HOST, 5, STARTED), "maintenance");
    assertThat(runs.get(run.id()).hostStartedAt()).as("an old one that comes late").isNull();

    assertRefused(report(Type.COMPUTE_HOST, 100, STARTED), "maintenance");
    assertThat(runs.get(run.id()).hostStartedAt()).isNotNull();
  }

  @Test
  void aHostThatStopsAgainOnMaintenanceTakesItsStartBack() {
    RecoveryRun run = runs.open(stopped(0), "p").orElseThrow();
    hosts.putOnMaintenance(HOST, MaintenanceOwner.RECOVERY);
    assertRefused(report(Type.COMPUTE_HOST, 10, STARTED), "maintenance");

    assertRefused(report(Type.COMPUTE_HOST, 0, STOPPED), "maintenance");
    assertThat(runs.get(run.id()).hostStartedAt()).as("the same message again").isNotNull();

    // what looks like a repetition is news: the start between them was refused
    assertRefused(report(Type.COMPUTE_HOST, 120, STOPPED), "maintenance");
    assertThat(runs.get(run.id()).hostStartedAt()).isNull();
  }

  @Test
  void aHostThatStopsAgainTakesItsStartBack() {
    RecoveryRun run = runs.open(stopped(0), "p").orElseThrow();
    accept(Type.COMPUTE_HOST, 10, STARTED);

    assertThat(stopped(20).status()).isEqualTo(Status.IGNORED);

    assertThat(runs.get(run.id()).hostStartedAt()).isNull();
  }

  @Test
  void aHostHasOneOpenRun() {
    Notification first = stopped(0);
    Notification second =
        accept(Type.COMPUTE_HOST, 1, Map.of("event", "STOPPED", "host_status", "NORMAL"));

    RecoveryRun run = runs.open(first, "p1").orElseThrow();

    assertThat(runs.open(second, "p2")).isEmpty();
    assertThat(runs.open(first, "p1")).contains(run);
    assertThat(runs.openRunOf(HOST)).contains(run);
    assertThat(runs.open()).containsExactly(run);
    assertThat(status(first)).isEqualTo(Status.RUNNING);
    assertThat(status(second)).isEqualTo(Status.NEW);
  }

  @Test
  void ofTwentyClaimsAtOnceOneWins() throws Exception {
    ExecutorService claimers = Executors.newFixedThreadPool(10);
    List<Notification> reports = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      reports.add(accept(Type.COMPUTE_HOST, i * 200, STOPPED));
    }
    List<Future<Boolean>> claims = new ArrayList<>();
    for (Notification report : reports) {
      claims.add(claimers.submit(() -> runs.open(report, "p").isPresent()));
    }
    int won = 0;
    for (Future<Boolean> claim : claims) {
      won += claim.get() ? 1 : 0;
    }
    claimers.shutdown();

    assertThat(won).isEqualTo(1);
    assertThat(runs.open()).hasSize(1);
  }

  @Test
  void endingARunEndsItsNotificationOnce() {
    Notification notification = stopped(0);
    RecoveryRun run = runs.open(notification, "p").orElseThrow();

    runs.close(run.id(), Status.FINISHED, "all guests are elsewhere");
    runs.close(run.id(), Status.FAILED, "again");

    assertThat(runs.get(run.id()).closedAt()).isNotNull();
    assertThat(runs.get(run.id()).reason()).isEqualTo("all guests are elsewhere");
    Notification ended = notifications.find(notification.uuid()).orElseThrow();
    assertThat(ended.status()).isEqualTo(Status.FINISHED);
    assertThat(ended.message()).isEqualTo("all guests are elsewhere");
    assertThat(runs.openRunOf(HOST)).isEmpty();
    assertThat(stopped(200).status()).isEqualTo(Status.NEW);
  }

  @Test
  void anEndedNotificationStaysAsItEnded() {
    Notification notification = stopped(0);
    notifications.note(notification.uuid(), "waiting for MAAS");
    assertThat(notifications.find(notification.uuid()).orElseThrow().message())
        .isEqualTo("waiting for MAAS");
    notifications.end(notification.uuid(), Status.FAILED, "no proof");

    notifications.running(notification.uuid());
    notifications.end(notification.uuid(), Status.FINISHED, "x");
    notifications.note(notification.uuid(), "x");

    Notification ended = notifications.find(notification.uuid()).orElseThrow();
    assertThat(ended.status()).isEqualTo(Status.FAILED);
    assertThat(ended.message()).isEqualTo("no proof");
  }

  @Test
  void theCallersTransactionDecides() {
    transaction.executeWithoutResult(
        status -> {
          runs.open(stopped(0), "p");
          status.setRollbackOnly();
        });

    assertThat(count("ukemi.notification")).isZero();
    assertThat(count("ukemi.recovery_run")).isZero();
  }

  private Notification stopped(long seconds) {
    return accept(Type.COMPUTE_HOST, seconds, STOPPED);
  }

  private Notification accept(Type type, long seconds, Map<String, String> payload) {
    return intake.accept(report(type, seconds, payload));
  }

  private static NewNotification report(Type type, long seconds, Map<String, String> payload) {
    return new NewNotification(type, "compute-1", T0.plusSeconds(seconds), payload);
  }

  private void assertRefused(NewNotification notification, String reason) {
    assertThatThrownBy(() -> intake.accept(notification))
        .isInstanceOf(NotificationRefused.class)
        .hasMessageContaining(reason);
  }

  private Status status(Notification notification) {
    return notifications.find(notification.uuid()).orElseThrow().status();
  }

  private void receivedAgo(Duration age) {
    sql(
        "update ukemi.notification set received_at = now() - interval '%d seconds'"
            .formatted(age.toSeconds()));
  }
}
