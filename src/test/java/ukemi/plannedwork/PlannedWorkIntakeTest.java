package ukemi.plannedwork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;
import ukemi.api.SlimApplicationTest;
import ukemi.notification.NewNotification;
import ukemi.notification.Notification;
import ukemi.notification.Notification.Status;
import ukemi.notification.Notification.Type;
import ukemi.notification.NotificationIntake;
import ukemi.notification.NotificationRefused;
import ukemi.segment.Hosts;
import ukemi.segment.MaintenanceOwner;
import ukemi.segment.SegmentRegistry;

/** At the door: what is reported inside planned work is noted, whatever happens at that moment. */
class PlannedWorkIntakeTest extends SlimApplicationTest {

  private static final Instant T0 = Instant.parse("2026-11-22T07:47:24.647680Z");
  private static final Map<String, String> STOPPED = Map.of("event", "STOPPED");
  private static final Map<String, String> GUEST_FAILED =
      Map.of("event", "LIFECYCLE", "vir_domain_event", "STOPPED_FAILED", "instance_uuid", NOWHERE);
  private static final Map<String, String> PROCESS_DOWN =
      Map.of("event", "STOPPED", "process_name", "nova-compute");

  @Autowired private NotificationIntake intake;
  @Autowired private WorkPlan plan;
  @Autowired private PlannedWorks works;
  @Autowired private Hosts hosts;
  @Autowired private SegmentRegistry segments;
  @Autowired private TransactionTemplate transaction;

  private PlannedWork work(String host, String segment, Duration begins, Duration ends) {
    Instant now = Instant.now();
    return plan.announce(
        new NewWork(host, segment, now.plus(begins), now.plus(ends), "CHG-7", "ann"));
  }

  private PlannedWork onHost() {
    return work("compute-1", null, Duration.ZERO, Duration.ofHours(2));
  }

  private Notification report(Type type, String host, Map<String, String> payload, int seconds) {
    return intake.accept(new NewNotification(type, host, T0.plusSeconds(seconds), payload));
  }

  private Notification stopped(String host, int seconds) {
    return report(Type.COMPUTE_HOST, host, STOPPED, seconds);
  }

  @ParameterizedTest
  @EnumSource(Type.class)
  void aFailureInsideItIsStoredIgnoredAndNothingIsStarted(Type type) {
    PlannedWork work = onHost();

    Notification noted =
        report(
            type,
            "compute-1",
            switch (type) {
              case COMPUTE_HOST -> STOPPED;
              case PROCESS -> PROCESS_DOWN;
              case VM -> GUEST_FAILED;
            },
            0);

    assertThat(noted.status()).isEqualTo(Status.IGNORED);
    assertThat(noted.message())
        .startsWith("planned work on host compute-1 until ")
        .endsWith(" by ann: CHG-7");
    assertThat(processes.started).isEmpty();
    assertThat(works.noted(work.uuid())).containsExactly(noted);
  }

  @ParameterizedTest
  @CsvSource({
    "compute-1, ,       compute-1, noted",
    "compute-1, ,       compute-2, taken",
    ",          rack-a, compute-2, noted",
    ",          rack-a, compute-9, taken",
    ",          ,       compute-9, noted"
  })
  void itIsAboutItsHostItsSegmentOrAll(String host, String segment, String reported, String what) {
    work(host, segment, Duration.ZERO, Duration.ofHours(2));

    assertThat(stopped(reported, 0).status())
        .isEqualTo(what.equals("noted") ? Status.IGNORED : Status.NEW);
  }

  @Test
  void beforeItBeginsFailuresAreRecovered() {
    work("compute-1", null, Duration.ofHours(1), Duration.ofHours(2));
    assertThat(stopped("compute-1", 0).status()).isEqualTo(Status.NEW);
  }

  @Test
  void afterItsTimeFailuresAreRecoveredThoughNobodyHasNoticedItsEndYet() {
    onHost();
    sql(
        "update ukemi.planned_work set starts_at = now() - interval '2 h', ends_at = now() - interval '1 s'");
    assertThat(stopped("compute-1", 0).status()).isEqualTo(Status.NEW);
  }

  @Test
  void itsEndingEndsIt() {
    plan.end(onHost(), "bob");
    assertThat(stopped("compute-1", 0).status()).isEqualTo(Status.NEW);
  }

  @Test
  void thatAHostOrAProcessIsUpIsTakenAsEver() {
    PlannedWork work = onHost();
    assertThat(report(Type.COMPUTE_HOST, "compute-1", Map.of("event", "STARTED"), 0).status())
        .isEqualTo(Status.FINISHED);
    assertThat(
            report(
                    Type.PROCESS,
                    "compute-1",
                    Map.of("event", "STARTED", "process_name", "libvirtd"),
                    0)
                .status())
        .isEqualTo(Status.FINISHED);
    assertThat(works.noted(work.uuid())).isEmpty();
  }

  @Test
  void theOtherRefusalsComeFirst() {
    PlannedWork work = onHost();
    stopped("compute-1", 0);
    assertThatThrownBy(() -> stopped("compute-1", 10))
        .isInstanceOf(NotificationRefused.class)
        .hasMessageContaining("duplicate");
    hosts.putOnMaintenance(UUID.fromString(COMPUTE_1), MaintenanceOwner.OPERATOR);
    assertThatThrownBy(() -> stopped("compute-1", 500))
        .isInstanceOf(NotificationRefused.class)
        .hasMessageContaining("maintenance");
    hosts.liftMaintenance(UUID.fromString(COMPUTE_1), MaintenanceOwner.OPERATOR);
    sql("update ukemi.failover_segment set enabled = false");
    assertThat(stopped("compute-1", 1000).message()).contains("disabled");
    assertThat(works.noted(work.uuid())).hasSize(1);
  }

  @Test
  void whatIsBeingRecoveredIsNotNotedAgain() {
    Notification first = stopped("compute-1", 0);
    sql(
        """
        insert into ukemi.recovery_run
          (id, notification_uuid, host_uuid, host_name, process_instance_id)
        values ('%s', '%s', '%s', 'compute-1', 'p')
        """
            .formatted(NOWHERE, first.uuid(), COMPUTE_1));
    PlannedWork work = onHost();
    assertThat(stopped("compute-1", 500).message()).contains("being recovered already");
    assertThat(works.noted(work.uuid())).isEmpty();
  }

  @Test
  void aFailureInSeveralWorksIsNotedInEachAndNamesTheOneThatEndsLast() {
    PlannedWork first = onHost();
    final PlannedWork second = work(null, "rack-a", Duration.ZERO, Duration.ofHours(5));

    Notification noted = stopped("compute-1", 0);

    assertThat(noted.message()).startsWith("planned work on segment rack-a until ");
    assertThat(works.noted(first.uuid())).containsExactly(noted);
    assertThat(works.noted(second.uuid())).containsExactly(noted);
  }

  @Test
  void afterItsEndTheSameReportIsANewFailureAndNoDuplicate() {
    PlannedWork work = onHost();
    stopped("compute-1", 0);
    assertThatThrownBy(() -> stopped("compute-1", 10)).hasMessageContaining("duplicate");
    plan.end(work, "bob");
    assertThatThrownBy(() -> stopped("compute-1", 0))
        .as("the same message sent again")
        .hasMessageContaining("duplicate");
    assertThat(stopped("compute-1", 10).status()).isEqualTo(Status.NEW);
  }

  @Test
  void inOtherWorkThatIsStillOpenItIsADuplicate() {
    PlannedWork work = onHost();
    work(null, "rack-a", Duration.ZERO, Duration.ofHours(5));
    stopped("compute-1", 0);
    plan.end(work, "bob");
    assertThatThrownBy(() -> stopped("compute-1", 10)).hasMessageContaining("duplicate");
  }

  @Test
  void aHostThatIsRegisteredAgainUnderItsNameIsStillInIt() {
    PlannedWork work = onHost();
    sql("update ukemi.host set deleted_at = now() where name = 'compute-1'");
    sql(
        """
        insert into ukemi.host (uuid, segment_uuid, name, type, control_attributes)
        values (gen_random_uuid(), '%s', 'compute-1', 'COMPUTE', 'SSH')
        """
            .formatted(RACK_A));
    Notification noted = stopped("compute-1", 0);
    assertThat(noted.status()).isEqualTo(Status.IGNORED);
    assertThat(works.noted(work.uuid())).containsExactly(noted);
  }

  @Test
  void aHostThatTakesTheNameOfARenamedOneIsNotInItsWork() {
    onHost();
    sql("update ukemi.host set name = 'compute-7' where name = 'compute-1'");
    sql("update ukemi.host set name = 'compute-1' where name = 'compute-9'");
    assertThat(stopped("compute-1", 0).status()).isEqualTo(Status.NEW);
    assertThat(stopped("compute-7", 0).status()).isEqualTo(Status.IGNORED);
  }

  /** An exclusive lock that is waited for holds up every shared one after it. */
  @Test
  void reportsAreTakenWhileAChangeOfThePlanWaitsForOneThatIsStuck() throws Exception {
    final PlannedWork work = onHost();
    CountDownLatch stored = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    final CompletableFuture<Notification> stuck =
        inTransaction(() -> stopped("compute-9", 0), stored, goOn);
    reached(stored);
    CompletableFuture<PlannedWork> end =
        CompletableFuture.supplyAsync(() -> plan.endWhenOver(work.uuid(), "bob"));
    somebodyWaitsForTheLock();

    CompletableFuture<Notification> report =
        CompletableFuture.supplyAsync(() -> stopped("compute-2", 0));
    assertThat(report.get(1, TimeUnit.MINUTES).status()).isEqualTo(Status.NEW);
    assertThatThrownBy(() -> end.get(1, TimeUnit.MINUTES)).hasCauseInstanceOf(PlanIsBusy.class);
    goOn.countDown();

    assertThat(stuck.get(1, TimeUnit.MINUTES).status()).isEqualTo(Status.NEW);
    assertThat(plan.endWhenOver(work.uuid(), "bob").endedBy()).isEqualTo("bob");
  }

  @Test
  void aChangeOfThePlanWaitsForOtherLocksAsLongAsEver() {
    transaction.executeWithoutResult(
        status -> {
          String before = lockTimeout();
          works.change();
          assertThat(lockTimeout()).isEqualTo(before);
        });
  }

  private String lockTimeout() {
    return jdbc.sql("select current_setting('lock_timeout')").query(String.class).single();
  }

  @Test
  void aRenamedSegmentIsTheSameAndADeletedHostIsUnknown() {
    work(null, "rack-a", Duration.ZERO, Duration.ofHours(2));
    sql("update ukemi.failover_segment set name = 'rack-z' where name = 'rack-a'");
    assertThat(stopped("compute-2", 0).message()).startsWith("planned work on segment rack-a");
    segments.delete(UUID.fromString(RACK_A));
    assertThatThrownBy(() -> stopped("compute-2", 500)).hasMessageContaining("compute-2");
  }

  @Test
  void aCrashBetweenStoreAndStartKeepsNeither() {
    processes.failing = true;
    assertThatThrownBy(this::onHost).isInstanceOf(IllegalStateException.class);
    assertThat(count("ukemi.planned_work")).isZero();
    processes.failing = false;
    assertThat(stopped("compute-1", 0).status()).isEqualTo(Status.NEW);
  }

  /** Two nodes differ in nothing here: all of it is decided in the database. */
  @Test
  void aReportThatCameBeforeTheAnnouncementIsInItsAnswer() throws Exception {
    CountDownLatch stored = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CompletableFuture<Notification> report =
        inTransaction(() -> stopped("compute-1", 0), stored, goOn);
    reached(stored);
    CompletableFuture<List<OpenRecovery>> answer =
        CompletableFuture.supplyAsync(() -> works.openRecoveries(onHost()));
    somebodyWaitsForTheLock();
    goOn.countDown();

    assertThat(report.get().status()).isEqualTo(Status.NEW);
    assertThat(answer.get())
        .extracting(OpenRecovery::notificationUuid)
        .containsExactly(report.get().uuid());
  }

  @Test
  void aReportThatComesDuringTheAnnouncementIsNoted() throws Exception {
    CountDownLatch announced = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CompletableFuture<PlannedWork> work = inTransaction(this::onHost, announced, goOn);
    reached(announced);
    CompletableFuture<Notification> report =
        CompletableFuture.supplyAsync(() -> stopped("compute-1", 0));
    somebodyWaitsForTheLock();
    goOn.countDown();

    assertThat(report.get().status()).isEqualTo(Status.IGNORED);
    assertThat(works.noted(work.get().uuid())).containsExactly(report.get());
  }

  @Test
  void aReportThatCameBeforeTheEndIsSeenAtTheEnd() throws Exception {
    PlannedWork work = onHost();
    CountDownLatch stored = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CompletableFuture<Notification> report =
        inTransaction(() -> stopped("compute-1", 0), stored, goOn);
    reached(stored);
    CompletableFuture<List<Notification>> seen =
        CompletableFuture.supplyAsync(
            () -> {
              plan.endWhenOver(work.uuid(), "bob");
              return works.noted(work.uuid());
            });
    somebodyWaitsForTheLock();
    goOn.countDown();

    assertThat(seen.get()).containsExactly(report.get());
  }

  @Test
  void aReportThatComesDuringTheEndIsRecovered() throws Exception {
    PlannedWork work = onHost();
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    inTransaction(() -> plan.endWhenOver(work.uuid(), "bob"), ended, goOn);
    reached(ended);
    CompletableFuture<Notification> report =
        CompletableFuture.supplyAsync(() -> stopped("compute-1", 0));
    somebodyWaitsForTheLock();
    goOn.countDown();

    assertThat(report.get().status()).isEqualTo(Status.NEW);
    assertThat(works.noted(work.uuid())).isEmpty();
  }

  /** Does it, and ends the transaction only when it is told to. */
  private <T> CompletableFuture<T> inTransaction(
      java.util.function.Supplier<T> what, CountDownLatch done, CountDownLatch goOn) {
    return CompletableFuture.supplyAsync(
        () ->
            transaction.execute(
                status -> {
                  T result = what.get();
                  done.countDown();
                  try {
                    goOn.await(2, TimeUnit.MINUTES);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  return result;
                }));
  }

  private static void reached(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
  }

  private void somebodyWaitsForTheLock() {
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(10)) // they wait for a tenth of a second
        .until(
            () ->
                count(
                        """
                        pg_locks where locktype = 'advisory' and not granted
                         and database = (select oid from pg_database
                                          where datname = current_database())
                        """)
                    == 1);
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void itIsOverWhenTheDatabaseSaysSo(boolean timeIsUp) {
    PlannedWork work = onHost();
    if (timeIsUp) {
      sql(
          "update ukemi.planned_work set starts_at = now() - interval '2 h', ends_at = now() - interval '1 s'");
    }
    assertThat(plan.endWhenOver(work.uuid(), null).endedAt() != null).isEqualTo(timeIsUp);
  }

  @Test
  void itsEndIsMovedWithinTheSameLimits() {
    PlannedWork work = onHost();
    Instant later =
        Instant.parse(Instant.now().plus(Duration.ofDays(3)).toString().substring(0, 19) + "Z");
    assertThat(plan.changeEnd(work.uuid(), later).endsAt()).isEqualTo(later);
    assertThatThrownBy(() -> plan.changeEnd(work.uuid(), Instant.now().minusSeconds(60)))
        .isInstanceOf(WorkRefused.class)
        .hasMessageContaining("past");
    assertThatThrownBy(() -> plan.changeEnd(work.uuid(), Instant.now().plus(Duration.ofDays(31))))
        .isInstanceOf(WorkRefused.class)
        .hasMessageContaining("30 days");
  }
}
