package ukemi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ukemi.simulator.GuestActionFailure;
import ukemi.simulator.MachineFault;
import ukemi.simulator.SimulatedCloud;

/** A single guest fails on a host that works. */
class GuestRestartTest {

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Map<String, String> MARKED = Map.of("HA_Enabled", "True");

  /** Masakari's, and one more: equal reports within minutes are one. */
  private static final List<String> EVENTS =
      List.of(
          "LIFECYCLE/STOPPED_FAILED",
          "QEMU_GUEST_AGENT_ERROR/STOPPED_FAILED",
          "IO_ERROR/IO_ERROR_REPORT",
          "LIFECYCLE/CRASHED_PANICKED");

  private static SimulatedCloud cloud;
  private static RunningUkemi ukemi;

  @BeforeAll
  static void start() {
    cloud = SimulatedCloud.start(0);
    cloud.settings().reportInterval(Duration.ofSeconds(1)).evacuationTime(Duration.ofMillis(300));
    cloud.addHost("compute-1", "10.30.1.1").addHost("compute-2", "10.30.1.2");
    ukemi =
        RunningUkemi.start(
            cloud,
            Map.of(
                "ukemi.restarts.stop-deadline",
                "20s",
                "ukemi.restarts.start-deadline",
                "20s",
                "ukemi.notification.guest-failures",
                String.join(",", EVENTS)));
    String segment = ukemi.client().createSegment("segment1", "auto");
    ukemi.client().createHosts(segment, "compute-1", "compute-2");
  }

  @AfterAll
  static void stop() {
    if (ukemi != null) {
      ukemi.close();
    }
    cloud.close();
  }

  @AfterEach
  void nothingFails() {
    cloud.failNothing();
  }

  @Test
  void aFailedGuestIsStoppedAndStartedAndSeenActive() {
    UUID guest = cloud.addGuest("compute-1", "web-1", MARKED);

    String notification = failed(guest);

    assertThat(ended(notification)).isEqualTo("finished");
    assertThat(message(notification)).isEqualTo("web-1 is active again");
    assertThat(actions(guest)).containsExactly("os-stop", "os-start");
    assertThat(cloud.truth().hostOf(guest)).isEqualTo("compute-1");
    assertThat(ukemi.client().workflow(notification))
        .extracting(task -> task.get("name").asText())
        .containsSubsequence("StopInstanceTask", "StartInstanceTask", "ConfirmInstanceActiveTask");
  }

  @Test
  void aStoppedGuestIsOnlyStarted() {
    UUID guest = cloud.addGuest("compute-1", "web-2", MARKED);
    cloud.guestState(guest, "stopped", 4);

    assertThat(ended(failed(guest))).isEqualTo("finished");

    assertThat(actions(guest)).containsExactly("os-start");
  }

  @Test
  void aResizedGuestIsCalledActiveFirstSinceNovaStopsNoResizedOne() {
    UUID guest = cloud.addGuest("compute-1", "web-3", MARKED);
    cloud.guestState(guest, "resized", 1);

    assertThat(ended(failed(guest))).isEqualTo("finished");

    assertThat(actions(guest)).containsExactly("os-resetState", "os-stop", "os-start");
  }

  @Test
  void aGuestWhoseOwnerDidNotMarkItIsLeftAlone() {
    UUID guest = cloud.addGuest("compute-1", "unmarked");

    String notification = failed(guest);

    assertThat(ended(notification)).isEqualTo("finished");
    assertThat(message(notification)).contains("unmarked", "the settings do not cover it");
    assertThat(actions(guest)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"paused", "rescued"})
  void aPausedOrRescuedGuestIsIgnored(String state) {
    UUID guest = cloud.addGuest("compute-1", state, MARKED);
    cloud.guestState(guest, state);

    assertThat(ended(failed(guest))).isEqualTo("ignored");
    assertThat(actions(guest)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "LIFECYCLE, STOPPED_SHUTDOWN",
    "LIFECYCLE, STOPPED_DESTROYED",
    "REBOOT, STOPPED_FAILED",
    "lifecycle, stopped_failed"
  })
  void anEventThatIsNoFailureIsIgnoredAtOnceAndStartsNoProcess(String event, String domainEvent) {
    UUID guest = cloud.addGuest("compute-1", "quiet", MARKED);

    String notification = ukemi.client().guestReported("compute-1", guest, event, domainEvent);

    assertThat(ukemi.client().status(notification)).isEqualTo("ignored");
    assertThat(ukemi.client().workflow(notification)).isEmpty();
    assertThat(actions(guest)).isEmpty();
  }

  @Test
  void aGuestThatNovaDoesNotKnowIsAFailureWithThatReason() {
    String notification = failed(UUID.randomUUID());

    assertThat(ended(notification)).isEqualTo("failed");
    assertThat(message(notification)).contains("Nova does not know it");
  }

  @Test
  void reportsOfAGuestThatIsBeingRestartedJoinTheOpenRun() {
    UUID guest = cloud.addGuest("compute-1", "web-4", MARKED);
    cloud.failActions(guest, GuestActionFailure.NEVER_DONE);
    String first = failed(guest);
    await().atMost(LIMIT).until(() -> !actions(guest).isEmpty());

    String second = ukemi.client().guestReported("compute-1", guest, "IO_ERROR", "IO_ERROR_REPORT");

    assertThat(ended(second)).isEqualTo("ignored");
    assertThat(message(second)).contains("being restarted already", first);
    assertThat(actions(guest)).containsExactly("os-stop");
    leave(awaitTask("Look into guest web-4 of compute-1"));
  }

  @Test
  void aGuestThatDoesNotStopIsAskedAboutOnceAndMayBeLeft() {
    UUID guest = cloud.addGuest("compute-1", "stuck", MARKED);
    cloud.failActions(guest, GuestActionFailure.NEVER_DONE);
    String notification = failed(guest);

    Task task = awaitTask("Look into guest stuck of compute-1");
    assertThat(actions(guest)).containsExactly("os-stop");
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(message(notification))
                    .startsWith("Waiting: a person is asked: Look into guest stuck of compute-1"));
    leave(task);

    assertThat(ended(notification)).isEqualTo("failed");
    assertThat(message(notification))
        .contains("stuck was left by ada: nothing helps", "powering-off");
  }

  @Tag("long")
  @Test
  void aPersonMayHaveItRestartedAgain() {
    UUID guest = cloud.addGuest("compute-1", "second-try", MARKED);
    cloud.failActions(guest, GuestActionFailure.ENDS_IN_ERROR);
    String notification = failed(guest);
    Task task = awaitTask("Look into guest second-try of compute-1");
    cloud.failNothing();

    ukemi.complete(task, "ada", Map.of("decision", "restart", "comment", "disk is back"));

    assertThat(ended(notification)).isEqualTo("finished");
    assertThat(cloud.truth().twiceRunning()).isEmpty();
  }

  @Test
  void theQuestionGoesAwayWhenTheGuestIsActiveByOtherMeans() {
    UUID guest = cloud.addGuest("compute-1", "by-hand", MARKED);
    cloud.failActions(guest, GuestActionFailure.ENDS_IN_ERROR);
    String notification = failed(guest);
    awaitTask("Look into guest by-hand of compute-1");

    cloud.guestState(guest, "active", 1); // somebody has helped

    assertThat(ended(notification)).isEqualTo("finished");
    await().atMost(LIMIT).until(() -> tasks("Look into guest by-hand of compute-1").isEmpty());
  }

  @Test
  void aGuestThatFailsAgainAndAgainIsLeftToAPerson() {
    UUID guest = cloud.addGuest("compute-1", "bouncing", MARKED);
    for (int n = 0; n < 3; n++) {
      assertThat(ended(failed(guest, n))).isEqualTo("finished");
    }
    int before = actions(guest).size();

    String notification = failed(guest, 3);

    Task task = awaitTask("Look into guest bouncing of compute-1");
    // it is active all the time, and that is no answer
    await()
        .during(Duration.ofSeconds(4))
        .atMost(LIMIT)
        .until(() -> !tasks("Look into guest bouncing of compute-1").isEmpty());
    assertThat(actions(guest)).hasSize(before);
    leave(task);
    assertThat(ended(notification)).isEqualTo("failed");
  }

  @Test
  void aGuestOfAHostThatIsBeingRecoveredIsNotTouchedUntilThatIsOver() {
    cloud.addHost("compute-9", "10.30.1.9");
    String segment = ukemi.client().createSegment("segment9", "auto");
    ukemi.client().createHosts(segment, "compute-9");
    UUID guest = cloud.addGuest("compute-9", "web-9", MARKED);
    cloud.hang("compute-9");
    cloud.machineFault("compute-9", MachineFault.STUCK);
    String recovery = ukemi.client().hostStopped("compute-9");
    await().atMost(LIMIT).until(() -> ukemi.client().status(recovery).equals("running"));

    // what is true is what Nova shows, whoever reports it
    String notification = failed(guest);

    await()
        .during(Duration.ofSeconds(4))
        .atMost(LIMIT)
        .until(() -> ukemi.client().status(notification).equals("running"));
    assertThat(actions(guest)).isEmpty();
    ukemi.client().cancel(recovery, "enough seen", "no");
    assertThat(ended(notification)).isEqualTo("ignored");
    assertThat(message(notification)).contains("it is on another host by now");
    assertThat(actions(guest)).isEmpty();
  }

  @Test
  void aReportOfAHostThatTheGuestHasLeftDoesNotRestartIt() {
    UUID guest = cloud.addGuest("compute-2", "moved", MARKED);

    String notification = failed(guest);

    assertThat(ended(notification)).isEqualTo("ignored");
    assertThat(actions(guest)).isEmpty();
  }

  @Test
  void manyGuestsAtOnceAreEachRestartedOnce() {
    List<UUID> guests =
        IntStream.range(0, 20)
            .mapToObj(n -> cloud.addGuest("compute-1", "many-" + n, MARKED))
            .toList();

    List<String> notifications = guests.stream().map(this::failed).toList();

    notifications.forEach(notification -> assertThat(ended(notification)).isEqualTo("finished"));
    guests.forEach(guest -> assertThat(actions(guest)).containsExactly("os-stop", "os-start"));
  }

  private String failed(UUID guest) {
    return ukemi.client().guestReported("compute-1", guest, "LIFECYCLE", "STOPPED_FAILED");
  }

  private String failed(UUID guest, int event) {
    String[] words = EVENTS.get(event).split("/");
    return ukemi.client().guestReported("compute-1", guest, words[0], words[1]);
  }

  private String ended(String notification) {
    return ukemi.client().awaitEnd(notification);
  }

  private String message(String notification) {
    return ukemi.client().message(notification);
  }

  private List<String> actions(UUID guest) {
    return cloud.truth().actions(guest);
  }

  private List<Task> tasks(String name) {
    return ukemi.bean(TaskService.class).createTaskQuery().taskName(name).list();
  }

  private Task awaitTask(String name) {
    await().atMost(LIMIT).until(() -> !tasks(name).isEmpty());
    return tasks(name).get(0);
  }

  private void leave(Task task) {
    ukemi.complete(task, "ada", Map.of("decision", "leave", "comment", "nothing helps"));
  }
}
