package ukemi.runbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static ukemi.runbook.RunbookWorld.HOST;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import ukemi.PolicyTable;
import ukemi.compute.ComputeUnavailable;
import ukemi.fencing.Provider;
import ukemi.notification.Cancellation;
import ukemi.notification.Cancellation.PutBack;
import ukemi.notification.NothingToDo;
import ukemi.notification.Notification;
import ukemi.notification.Notifications;
import ukemi.notification.RecoveryRuns;
import ukemi.notification.RunControl;

/** A person ends a recovery, at whatever step it is, or has what is left tried again. */
class CancelTest {

  private RunbookWorld world = RunbookWorld.with(Provider.NONE);
  private String deployment;

  @AfterEach
  void takeTheTableBack() {
    if (deployment != null) {
      world.bean(RepositoryService.class).deleteDeployment(deployment, true);
    }
  }

  /** A step at which a recovery waits. */
  enum Step {
    WATCHING,
    ASKED,
    ON_HOLD,
    FENCING,
    ASKED_BEFORE_EVACUATION,
    EVACUATING
  }

  private UUID at(Step step) {
    if (step == Step.FENCING) {
      world = RunbookWorld.with(Provider.MAAS); // whose MAAS knows no machine: a person is asked
    }
    PolicyTable table = PolicyTable.shipped();
    switch (step) {
      case ASKED, ON_HOLD -> table.askBeforeFencing("\"yes\"");
      case ASKED_BEFORE_EVACUATION -> table.askBeforeEvacuation("\"yes\"");
      default -> {}
    }
    deployment = table.deploy(world.bean(RepositoryService.class));
    IntStream.range(0, 5).forEach(n -> world.nova.put(HOST, "active", Map.of()));
    UUID notification = world.hostStopped();
    if (step == Step.WATCHING) {
      world.jobs();
      return notification;
    }
    world.work();
    if (step == Step.ON_HOLD) {
      world.complete(
          "ApproveRecovery",
          "ada",
          List.of("operators"),
          Map.of("decision", "hold", "holdFor", "PT1H"));
    }
    return notification;
  }

  private Notification notification(UUID uuid) {
    return world.bean(Notifications.class).find(uuid).orElseThrow();
  }

  private void cancel(UUID notification, PutBack putBack) {
    world
        .bean(RunControl.class)
        .cancel(notification(notification), new Cancellation("ann", "wrong host", putBack));
    world.work();
  }

  private void isOver(UUID notification) {
    assertThat(world.status(notification)).isEqualTo("failed");
    assertThat(world.message(notification)).startsWith("Cancelled by ann: wrong host\n");
    assertThat(world.bean(RecoveryRuns.class).open()).isEmpty();
    assertThat(world.runtime.createProcessInstanceQuery().count()).isZero();
    assertThat(world.tasks.createTaskQuery().count()).isZero();
    assertThat(world.count("power_watch")).isZero();
    assertThat(world.count("vmove where waiting_process is not null")).isZero();
  }

  @ParameterizedTest
  @EnumSource(Step.class)
  void aRecoveryIsCancelledAtEachStepAndItsHostPutBack(Step step) {
    UUID notification = at(step);
    cancel(notification, PutBack.YES);
    isOver(notification);
    assertThat(world.nova.forcedDown).isEmpty();
    assertThat(world.nova.disabled).isEmpty();
    assertThat(world.count("host where maintenance_owner is not null")).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"WATCHING", "ASKED", "ON_HOLD"})
  void whereNothingWasChangedNobodyIsAskedWhatToPutBack(Step step) {
    UUID notification = at(step);
    cancel(notification, PutBack.ASK);
    isOver(notification);
    assertThat(world.message(notification)).contains("Nothing was changed on compute-1");
  }

  @Test
  void guestsThatNovaIsMovingAreLeftToItAndListed() {
    UUID notification = at(Step.EVACUATING);
    assertThat(world.count("evacuation_attempt where closed_at is null")).isEqualTo(2);
    cancel(notification, PutBack.NO);
    isOver(notification);
    assertThat(world.message(notification))
        .contains("0 guests recovered, 5 left; Nova is at work on 2 of them")
        .contains("still forced down in Nova", "still disabled in Nova", "still on maintenance");
    assertThat(world.nova.forcedDown).contains(HOST);
    assertThat(world.count("evacuation_attempt")).as("no further call").isEqualTo(2);
  }

  @Test
  void aPersonSeesWhatStaysChangedAndDecides() {
    UUID notification = at(Step.EVACUATING);
    cancel(notification, PutBack.ASK);
    String task =
        world.tasks.createTaskQuery().taskDefinitionKey("DecidePutBack").singleResult().getId();
    assertThat((String) world.tasks.getVariable(task, "stays"))
        .isEqualTo("forced down in Nova\ndisabled in Nova\non maintenance");
    assertThat(world.status(notification)).isEqualTo("running");
    world.complete("DecidePutBack", "bob", Map.of("decision", "putBack"));
    world.work();
    isOver(notification);
    assertThat(world.nova.forcedDown).isEmpty();
    assertThat(world.message(notification)).contains("Put back: forced-down lifted");
  }

  @Test
  void whoeverAnswersNothingClearLeavesItAsItIs() {
    UUID notification = at(Step.EVACUATING);
    cancel(notification, PutBack.ASK);
    world.complete("DecidePutBack", "bob", Map.of("decision", "nonsense"));
    world.work();
    isOver(notification);
    assertThat(world.nova.forcedDown).contains(HOST);
  }

  @Test
  void aCancellationThatMeetsAnAnswerIsToldAfterIt() throws Exception {
    UUID notification = at(Step.ASKED);
    Notification seen = notification(notification);
    TransactionTemplate answering =
        new TransactionTemplate(world.bean(PlatformTransactionManager.class));
    CompletableFuture<Void> cancelled =
        answering.execute(
            uncommitted -> {
              world.complete(
                  "ApproveRecovery", "ada", List.of("operators"), Map.of("decision", "approve"));
              CompletableFuture<Void> other =
                  CompletableFuture.runAsync(
                      () ->
                          world
                              .bean(RunControl.class)
                              .cancel(seen, new Cancellation("ann", "wrong host", PutBack.NO)));
              await().atMost(Duration.ofMinutes(2)).until(() -> other.isDone() || waitsForALock());
              return other;
            });
    cancelled.get(2, TimeUnit.MINUTES);
    world.work();
    isOver(notification);
    assertThat(world.nova.forcedDown).as("the answer led to nothing more").isEmpty();
  }

  private boolean waitsForALock() {
    return world
            .jdbc
            .sql(
                "select count(*) from pg_stat_activity"
                    + " where wait_event_type = 'Lock' and datname = current_database()")
            .query(Integer.class)
            .single()
        == 1;
  }

  @Test
  void whatIsOverOrEndingCannotBeCancelledAgain() {
    UUID notification = at(Step.EVACUATING);
    cancel(notification, PutBack.ASK);
    assertThatThrownBy(() -> cancel(notification, PutBack.YES))
        .isInstanceOf(NothingToDo.class)
        .hasMessageContaining("ending already");
    world.complete("DecidePutBack", "bob", Map.of("decision", "leave"));
    world.work();
    assertThatThrownBy(() -> cancel(notification, PutBack.YES))
        .isInstanceOf(NothingToDo.class)
        .hasMessageContaining("no open recovery");
  }

  @Test
  void itIsCancelledFromTasklistByNameOfTheHost() {
    UUID notification = at(Step.EVACUATING);
    ProcessInstance nobody = cancelInTasklist("compute-7");
    assertThat(answer("Nothing to cancel on compute-7"))
        .isEqualTo("compute-7 has no open recovery. Being recovered: compute-1.");
    world.complete("ReadNothingToCancel", "ann", Map.of());
    assertThat(endOf(nobody)).isEqualTo("NothingToCancel");
    assertThat(world.status(notification)).isEqualTo("running");
    ProcessInstance cancellation = cancelInTasklist(HOST);
    assertThat(endOf(cancellation)).isEqualTo("RecoveryToldToEnd");
    isOver(notification);
  }

  private ProcessInstance cancelInTasklist(String host) {
    return inTasklist(
        CancelRecoveryProcess.KEY,
        Map.of("hostName", host, "reason", "wrong host", "putBack", "yes"));
  }

  private ProcessInstance retryInTasklist(String host) {
    return inTasklist(RetryRecoveryProcess.KEY, Map.of("hostName", host));
  }

  /** What the task of that name, for the one who wanted it, says. */
  private String answer(String task) {
    String id =
        world.tasks.createTaskQuery().taskName(task).taskAssignee("ann").singleResult().getId();
    return (String) world.tasks.getVariable(id, "answer");
  }

  private ProcessInstance inTasklist(String key, Map<String, Object> form) {
    world.bean(IdentityService.class).setAuthenticatedUserId("ann");
    try {
      return world.runtime.startProcessInstanceByKey(key, form);
    } finally {
      world.bean(IdentityService.class).clearAuthentication();
      world.work();
    }
  }

  private String endOf(ProcessInstance process) {
    HistoryService history = world.bean(ProcessEngine.class).getHistoryService();
    return history
        .createHistoricActivityInstanceQuery()
        .processInstanceId(process.getId())
        .activityType("noneEndEvent")
        .singleResult()
        .getActivityId();
  }

  @Test
  void theGuestsThatAreLeftAreTriedAgain() {
    UUID first = at(Step.EVACUATING);
    assertThatThrownBy(() -> retry(first)).isInstanceOf(NothingToDo.class);
    cancel(first, PutBack.NO);
    UUID second = retry(first);
    for (int round = 0; round < 4; round++) {
      world.work();
      for (UUID guest : world.nova.guestsOn(HOST)) {
        if (world.nova.lastEvacuation(guest) > 0) {
          world.nova.land(guest, "compute-2", "active");
        }
      }
    }
    world.work();
    assertThat(world.status(second)).as(() -> world.message(second)).isEqualTo("finished");
    assertThat(world.status(first)).isEqualTo("failed");
    assertThat(world.nova.guestsOn(HOST)).isEmpty();
    assertThat(world.nova.evacuateCalls()).as("once each").hasSize(5).doesNotHaveDuplicates();
  }

  @Test
  void theyAreTriedAgainFromTasklistByNameOfTheHost() {
    UUID first = at(Step.EVACUATING);
    ProcessInstance tooEarly = retryInTasklist(HOST);
    assertThat(answer("Nothing to retry on compute-1"))
        .isEqualTo("The host is being recovered already.");
    world.complete("ReadNothingToRetry", "ann", Map.of());
    assertThat(endOf(tooEarly)).isEqualTo("NothingToRetry");
    cancel(first, PutBack.NO);

    ProcessInstance unknown = retryInTasklist("compute-7");
    assertThat(answer("Nothing to retry on compute-7"))
        .isEqualTo("No host named compute-7 was ever recovered.");
    world.complete("ReadNothingToRetry", "ann", Map.of());
    assertThat(endOf(unknown)).isEqualTo("NothingToRetry");

    assertThat(endOf(retryInTasklist(HOST))).isEqualTo("RecoveryStarted");
    assertThat(world.bean(RecoveryRuns.class).open())
        .singleElement()
        .satisfies(run -> assertThat(run.notificationUuid()).isNotEqualTo(first));
  }

  @Test
  void aHostWithoutGuestsIsNotRecoveredAgain() {
    UUID first = at(Step.EVACUATING);
    cancel(first, PutBack.NO);
    world
        .nova
        .guestsOn(HOST)
        .forEach(guest -> world.nova.shows(guest, "compute-2", "active", null));

    assertThatThrownBy(() -> retry(first))
        .isInstanceOf(NothingToDo.class)
        .hasMessageContaining("no guest");
    ProcessInstance inTasklist = retryInTasklist(HOST);
    assertThat(answer("Nothing to retry on compute-1"))
        .isEqualTo("Nova shows no guest on the host.");
    world.complete("ReadNothingToRetry", "ann", Map.of());
    assertThat(endOf(inTasklist)).isEqualTo("NothingToRetry");
    assertThat(world.bean(RecoveryRuns.class).open()).isEmpty();
  }

  @Test
  void aHostThatNovaDoesNotKnowIsNotRecoveredAgain() {
    UUID first = at(Step.EVACUATING);
    cancel(first, PutBack.NO);
    world.nova.unknown.add(HOST);

    assertThatThrownBy(() -> retry(first))
        .isInstanceOf(NothingToDo.class)
        .hasMessageContaining("Nova knows no nova-compute");
  }

  @Test
  void whileNovaCannotBeAskedForGuestsARetryWaits() {
    UUID first = at(Step.EVACUATING);
    cancel(first, PutBack.NO);
    world.nova.unreachable.add(HOST);

    assertThatThrownBy(() -> retry(first)).isInstanceOf(ComputeUnavailable.class);
    assertThatThrownBy(() -> retryInTasklist(HOST)).hasMessageContaining("cannot reach");
    assertThat(world.bean(RecoveryRuns.class).open()).isEmpty();

    world.nova.unreachable.clear();
    world.work();
    assertThat(world.bean(RecoveryRuns.class).open()).hasSize(1);
  }

  private UUID retry(UUID notification) {
    return world.bean(RunControl.class).retry(notification(notification), Instant.now()).uuid();
  }
}
