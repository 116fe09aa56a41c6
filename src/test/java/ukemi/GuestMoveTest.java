package ukemi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import ukemi.simulator.Faults;
import ukemi.simulator.GuestActionFailure;
import ukemi.simulator.Match;
import ukemi.simulator.SimulatedCloud;

/** A single guest does not come back on its host. */
class GuestMoveTest {

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Map<String, String> MARKED = Map.of("HA_Enabled", "True");
  private static final Match MIGRATE =
      Match.service("nova").method("POST").at("/action").withBody("\"migrate\"");
  private static final String TASK = "Look into guest web of compute-1";

  private SimulatedCloud cloud;
  private RunningUkemi ukemi;
  private UUID guest;
  private int starts;

  @BeforeEach
  void aGuestThatDoesNotStartOnItsHost() {
    cloud = SimulatedCloud.start(0);
    cloud
        .settings()
        .reportInterval(Duration.ofSeconds(1))
        .serviceDownTime(Duration.ofSeconds(4))
        .guestActionTime(Duration.ofMillis(100))
        .evacuationTime(Duration.ofMillis(300));
    cloud.addHost("compute-1", "10.35.1.1").addHost("compute-2", "10.35.1.2");
    ukemi = RunningUkemi.start(cloud, Map.of());
    String segment = ukemi.client().createSegment("segment1", "auto");
    ukemi.client().createHosts(segment, "compute-1", "compute-2");
    guest = cloud.addGuest("compute-1", "web", MARKED);
    cloud.failActions(guest, GuestActionFailure.NO_START_HERE);
  }

  @AfterEach
  void stop() {
    if (ukemi != null) {
      ukemi.close();
    }
    cloud.close();
  }

  @Test
  void itIsMovedOnceAndStartedElsewhereAndIsItsOwnersAgain() {
    String notification = reported();

    doesNotStart();
    doesNotStart();

    assertThat(ended(notification)).isEqualTo("finished");
    assertThat(message(notification)).isEqualTo("web is active again, on compute-2");
    assertThat(cloud.truth().hostOf(guest)).isEqualTo("compute-2");
    assertThat(cloud.truth().stateOf(guest)).isEqualTo("active/-");
    assertThat(cloud.truth().runningOn(guest)).containsExactly("compute-2");
    assertThat(cloud.truth().twiceRunning()).isEmpty();
    await().atMost(LIMIT).until(() -> cloud.truth().lockOf(guest).isEmpty());
    assertThat(actions())
        .filteredOn(action -> !action.equals("unlock")) // soon after the end
        .containsExactly(
            "os-stop", "os-start", "os-start", "lock", "migrate", "confirmResize", "os-start");
  }

  @Tag("long")
  @Test
  void aLockOfItsOwnersIsKept() {
    cloud.lockGuest(guest, "do not touch");
    String notification = reported();

    doesNotStart();
    doesNotStart();

    assertThat(ended(notification)).isEqualTo("finished");
    assertThat(cloud.truth().hostOf(guest)).isEqualTo("compute-2");
    staysSo(() -> cloud.truth().lockOf(guest).orElse("none").equals("do not touch"));
    assertThat(actions()).doesNotContain("lock", "unlock");
  }

  @Test
  void withoutAHostForItAPersonIsToldWhyInNovasWordsAndMayHaveItMovedLater() {
    cloud.disableCompute("compute-2");
    String notification = reported();

    doesNotStart();
    doesNotStart();

    Task task = awaitTask();
    assertThat(shown(task, "why")).contains("neither a restart nor a move");
    assertThat(shown(task, "tried"))
        .isEqualTo(
            """
            Start: not done in time; Nova shows it stopped on compute-1
            Start: not done in time; Nova shows it stopped on compute-1
            Move to another host: No valid host was found. No valid host found for cold migrate\
            """);
    await().atMost(LIMIT).until(() -> cloud.truth().lockOf(guest).isEmpty());
    cloud.enableCompute("compute-2");
    ukemi.complete(task, "ada", Map.of("decision", "move", "comment", "there is room now"));

    assertThat(ended(notification)).isEqualTo("finished");
    assertThat(cloud.truth().hostOf(guest)).isEqualTo("compute-2");
    assertThat(Collections.frequency(actions(), "migrate")).isEqualTo(2);
    assertThat(Collections.frequency(actions(), "confirmResize")).isEqualTo(1);
  }

  @Test
  void itIsNotMovedWhileNovaComputeIsDownSinceNothingProvesThatItsHostIsOff() {
    final String notification = reported();
    doesNotStart();
    awaitStarts(2);
    cloud.killCompute("compute-1");
    await().atMost(LIMIT).until(() -> !cloud.truth().serviceUp("compute-1"));

    fire("StartOverdue");

    Task task = awaitTask();
    assertThat(shown(task, "why"))
        .contains("the nova-compute of its host is down", "nothing proves that the host is off");
    // nor when a person asks for it
    ukemi.complete(task, "ada", Map.of("decision", "move", "comment", "why not"));
    await()
        .atMost(LIMIT)
        .until(() -> !tasks().isEmpty() && !tasks().get(0).getId().equals(task.getId()));
    assertThat(shown(tasks().get(0), "tried"))
        .contains(
            "Move to another host: nova-compute on compute-1 is down, and nothing proves that the"
                + " host is off");
    assertThat(actions()).doesNotContain("migrate", "lock");
    leave(tasks().get(0));
    assertThat(ended(notification)).isEqualTo("failed");
  }

  @Test
  void aResizeOfSomebodyElseIsNeitherConfirmedNorReverted() {
    cloud
        .faults()
        .onRequest(
            MIGRATE,
            Faults.Moment.BEFORE_EFFECT,
            () -> cloud.resizedByOwner(guest, "compute-1")); // he was faster
    final String notification = reported();

    doesNotStart();
    doesNotStart();

    Task task = awaitTask();
    assertThat(shown(task, "tried"))
        .contains("Nova does not move it: Cannot 'migrate'", "vm_state resized");
    staysSo(() -> cloud.truth().stateOf(guest).equals("resized/-") && !tasks().isEmpty());
    assertThat(actions()).doesNotContain("migrate", "confirmResize", "os-resetState");
    leave(task);
    assertThat(ended(notification)).isEqualTo("failed");
  }

  @Tag("long")
  @Test
  void oneThatHasGoneToAnotherHostByOtherMeansIsNotTouchedButAskedAbout() {
    cloud
        .faults()
        .onRequest(
            MIGRATE, Faults.Moment.BEFORE_EFFECT, () -> cloud.resizedByOwner(guest, "compute-2"));
    String notification = reported();

    doesNotStart();
    doesNotStart();

    Task task = awaitTask();
    assertThat(shown(task, "why")).contains("on another host by now", "nobody has started it");
    assertThat(cloud.truth().stateOf(guest)).isEqualTo("resized/-");
    assertThat(actions()).doesNotContain("migrate", "confirmResize", "os-resetState");
    leave(task);
    assertThat(ended(notification)).isEqualTo("failed");
  }

  @Tag("long")
  @Test
  void oneThatIsDeletedWhileItIsMovedNeedsNobody() {
    cloud.faults().onRequest(MIGRATE, Faults.Moment.AFTER_EFFECT, () -> cloud.deleteGuest(guest));
    String notification = reported();

    doesNotStart();
    doesNotStart();

    assertThat(ended(notification)).isEqualTo("ignored");
    assertThat(message(notification)).contains("it was deleted meanwhile");
    assertThat(tasks()).isEmpty();
  }

  @Tag("long")
  @Test
  void aMoveThatTakesTooLongIsAskedAboutAndGoesOnWhenItIsDoneAfterAll() {
    cloud.holdMoves();
    String notification = reported();
    doesNotStart();
    doesNotStart();
    await().atMost(LIMIT).until(() -> actions().contains("migrate"));

    fire("MoveOverdue");

    assertThat(shown(awaitTask(), "tried"))
        .contains("Move to another host: not done in time; Nova shows it stopped", "resize_");
    cloud.letMovesArrive();
    assertThat(ended(notification)).isEqualTo("finished");
    assertThat(tasks()).isEmpty();
    assertThat(cloud.truth().hostOf(guest)).isEqualTo("compute-2");
    assertThat(Collections.frequency(actions(), "migrate")).isEqualTo(1);
  }

  @Test
  void itIsNotMovedWhenTheTableDoesNotSaySo() {
    PolicyTable.shipped()
        .with("instance-response.dmn", "<text>\"move\"</text>", "<text>\"ask\"</text>")
        .deploy(ukemi.bean(RepositoryService.class));
    String notification = reported();

    doesNotStart();
    doesNotStart();

    Task task = awaitTask();
    assertThat(actions()).containsExactly("os-stop", "os-start", "os-start");
    leave(task);
    assertThat(ended(notification)).isEqualTo("failed");
  }

  @Tag("long")
  @Test
  void whenItsHostFailsMeanwhileTheRecoveryOfThatTakesIt() {
    cloud.settings().coldMigrationTime(Duration.ofMinutes(30));
    String notification = reported();
    doesNotStart();
    doesNotStart();
    await().atMost(LIMIT).until(() -> actions().contains("migrate"));
    cloud.crash("compute-1");

    String recovery = ukemi.client().hostStopped("compute-1");

    assertThat(ended(recovery)).isEqualTo("finished");
    assertThat(ended(notification)).isEqualTo("ignored");
    assertThat(cloud.truth().hostOf(guest)).isEqualTo("compute-2");
    assertThat(cloud.truth().stateOf(guest)).isEqualTo("active/-");
    assertThat(cloud.truth().twiceRunning()).isEmpty();
    await().atMost(LIMIT).until(() -> cloud.truth().lockOf(guest).isEmpty());
  }

  @Tag("long")
  @Test
  void ofManyGuestsTwoAreMovedAtATimeAndOneWhoseTurnDoesNotComeIsAskedAbout() {
    cloud.holdMoves();
    Map<UUID, String> notifications = new LinkedHashMap<>();
    notifications.put(guest, reported());
    for (String name : List.of("db", "cache")) {
      UUID other = cloud.addGuest("compute-1", name, MARKED);
      cloud.failActions(other, GuestActionFailure.NO_START_HERE);
      notifications.put(
          other, ukemi.client().guestReported("compute-1", other, "LIFECYCLE", "STOPPED_FAILED"));
    }
    for (int start = 1; start <= 2; start++) {
      for (UUID each : notifications.keySet()) {
        int number = start;
        await().atMost(LIMIT).until(() -> started(each) == number && isStopped(each));
      }
      fireAll("StartOverdue", 3);
    }

    await().atMost(LIMIT).until(() -> moving(notifications.keySet()).size() == 2);
    fireAll("NoTurn", 1);

    Task task =
        await()
            .atMost(LIMIT)
            .until(
                () -> ukemi.bean(TaskService.class).createTaskQuery().list(),
                all -> all.size() == 1)
            .get(0);
    assertThat(shown(task, "tried")).contains("Move to another host: as many guests as may be");
    assertThat(moving(notifications.keySet())).hasSize(2);

    cloud.letMovesArrive();
    await()
        .atMost(LIMIT)
        .until(
            () ->
                notifications.values().stream()
                    .filter(one -> ukemi.client().status(one).equals("finished"))
                    .count(),
            finished -> finished == 2);
    ukemi.complete(task, "ada", Map.of("decision", "move", "comment", "there is room now"));

    assertThat(notifications.values())
        .allSatisfy(one -> assertThat(ended(one)).isEqualTo("finished"));
    assertThat(notifications.keySet())
        .allSatisfy(each -> assertThat(cloud.truth().hostOf(each)).isEqualTo("compute-2"));
    assertThat(moving(notifications.keySet())).hasSize(3);
    assertThat(cloud.truth().twiceRunning()).isEmpty();
  }

  /** Those of which a move was asked for, once each. */
  private List<UUID> moving(Collection<UUID> guests) {
    return guests.stream()
        .filter(each -> Collections.frequency(cloud.truth().actions(each), "migrate") == 1)
        .toList();
  }

  private int started(UUID each) {
    return Collections.frequency(cloud.truth().actions(each), "os-start");
  }

  private boolean isStopped(UUID each) {
    return cloud.truth().stateOf(each).equals("stopped/-");
  }

  private void fireAll(String timer, int number) {
    ManagementService management = ukemi.bean(ManagementService.class);
    await(timer)
        .atMost(LIMIT)
        .until(
            () -> management.createJobQuery().timers().activityId(timer).list(),
            jobs -> jobs.size() == number)
        .forEach(job -> management.setJobDuedate(job.getId(), new Date()));
  }

  private String reported() {
    return ukemi.client().guestReported("compute-1", guest, "LIFECYCLE", "STOPPED_FAILED");
  }

  /** One more start comes to nothing, and its time passes. */
  private void doesNotStart() {
    awaitStarts(++starts);
    fire("StartOverdue");
  }

  private void awaitStarts(int number) {
    await().atMost(LIMIT).until(() -> started(guest) == number && isStopped(guest));
  }

  private void fire(String timer) {
    fireAll(timer, 1);
  }

  /** For as long as a watcher needs to do it wrong. */
  private static void staysSo(java.util.concurrent.Callable<Boolean> so) {
    await().during(Duration.ofSeconds(4)).atMost(LIMIT).until(so);
  }

  private List<String> actions() {
    return cloud.truth().actions(guest);
  }

  private String ended(String notification) {
    return ukemi.client().awaitEnd(notification);
  }

  private String message(String notification) {
    return ukemi.client().message(notification);
  }

  private List<Task> tasks() {
    return ukemi.bean(TaskService.class).createTaskQuery().taskName(TASK).list();
  }

  private Task awaitTask() {
    return await().atMost(LIMIT).until(this::tasks, found -> !found.isEmpty()).get(0);
  }

  private String shown(Task task, String field) {
    return (String) ukemi.bean(TaskService.class).getVariable(task.getId(), field);
  }

  private void leave(Task task) {
    ukemi.complete(task, "ada", Map.of("decision", "leave", "comment", "nothing helps"));
  }
}
