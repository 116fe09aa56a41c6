package ukemi.runbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static ukemi.runbook.RunbookWorld.HOST;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.task.IdentityLink;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ukemi.PolicyTable;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeUnavailable;
import ukemi.fencing.Provider;
import ukemi.notification.Decisions;
import ukemi.notification.Notification.Status;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;

/** Who may answer the recovery policy's questions, how, and what is kept; promise 7. */
class ApprovalTest {

  private static final List<String> OPERATORS = List.of("operators");

  private final RunbookWorld world = RunbookWorld.with(Provider.NONE);
  private String deployment;

  private UUID asked(PolicyTable table) {
    deployment = table.deploy(world.bean(RepositoryService.class));
    world.nova.put(HOST, "active", Map.of());
    UUID notification = world.hostStopped();
    world.work();
    return notification;
  }

  private static PolicyTable asking() {
    return PolicyTable.shipped().askBeforeFencing("\"yes\"");
  }

  @AfterEach
  void takeTheTableBack() {
    world.bean(RepositoryService.class).deleteDeployment(deployment, true);
  }

  private Task task() {
    return world.tasks.createTaskQuery().taskDefinitionKey("ApproveRecovery").singleResult();
  }

  private void answer(String person, List<String> groups, Map<String, Object> answers) {
    world.complete("ApproveRecovery", person, groups, answers);
    world.work();
  }

  private void untouched() {
    assertThat(task()).isNotNull();
    assertThat(world.count("host where maintenance_owner is not null")).isZero();
    assertThat(world.count("host_change")).isZero();
    assertThat(world.count("proof_of_off")).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"maybe\"", "\"YES\"", "null", "42", "true", ""})
  void anAnswerThatIsNeitherYesNorNoAsksAPerson(String answer) {
    asked(PolicyTable.shipped().askBeforeFencing(answer));
    untouched();
    assertThat((String) world.tasks.getVariable(task().getId(), "why"))
        .startsWith("The table recovery-policy says neither yes nor no in askBeforeFencing");
  }

  @Test
  void aTableOfWhichNoRuleFitsAsksAPersonBothTimes() {
    asked(PolicyTable.shipped().guests("> 1000"));
    untouched();
    assertThat(world.tasks.getVariable(task().getId(), "why"))
        .isEqualTo("No rule of the table recovery-policy fits this failure");
    answer("ada", OPERATORS, Map.of("decision", "approve"));
    assertThat(world.tasks.createTaskQuery().taskDefinitionKey("ApproveEvacuation").count())
        .isEqualTo(1);
    assertThat(world.count("evacuation_attempt")).isZero();
  }

  @Test
  void aTableThatCannotBeEvaluatedAsksAPersonAndSaysWhy() {
    asked(PolicyTable.shipped().guests("this is ( no FEEL"));
    untouched();
    assertThat((String) world.tasks.getVariable(task().getId(), "why"))
        .startsWith("The table recovery-policy could not be evaluated: ");
  }

  @Test
  void aGroupAndAReminderThatMakeNoSenseLeaveTheOperatorsAndTheUsualTime() {
    asked(asking().group("\" \"").remindAfter("\"soon\""));
    assertThat(
            world
                .bean(org.camunda.bpm.engine.TaskService.class)
                .getIdentityLinksForTask(task().getId()))
        .extracting(IdentityLink::getGroupId)
        .containsExactly("operators");
    assertThat((String) world.tasks.getVariable(task().getId(), "why"))
        .endsWith("its remindAfter, soon, is no duration such as PT15M");
    assertThat(
            world
                .management
                .createJobQuery()
                .activityId("RecoveryReminderDue")
                .singleResult()
                .getDuedate())
        .isCloseTo(new java.util.Date(System.currentTimeMillis() + 900_000), 120_000);
  }

  @Test
  void onlyWhoIsAskedMayAnswer() {
    asked(asking().group("\"night-shift\""));
    assertThatThrownBy(() -> answer("eve", List.of("auditors"), Map.of("decision", "approve")))
        .isInstanceOf(ProcessEngineException.class)
        .hasMessageContaining("only members of")
        .hasMessageContaining("night-shift");
    assertThatThrownBy(() -> answer("eve", List.of(), Map.of("decision", "approve")))
        .hasMessageContaining("only members of");
    untouched();
    answer("root", List.of("camunda-admin"), Map.of("decision", "approve"));
    assertThat(world.count("host where maintenance_owner = 'RECOVERY'")).isEqualTo(1);
  }

  @Test
  void anAnswerThatSaysTooLittleIsRefusedAndTheQuestionStays() {
    asked(asking());
    assertThatThrownBy(() -> answer("ada", OPERATORS, Map.of("decision", "deny", "comment", " ")))
        .isInstanceOf(ProcessEngineException.class)
        .hasMessageContaining("a denial needs a comment");
    assertThatThrownBy(() -> answer("ada", OPERATORS, Map.of("decision", "whatever")))
        .hasMessageContaining("choose approve, deny or hold");
    assertThatThrownBy(() -> answer("ada", OPERATORS, Map.of()))
        .hasMessageContaining("choose approve, deny or hold");
    for (String never : List.of("P3650D", "-PT1H", "PT0S", "later")) {
      assertThatThrownBy(
              () -> answer("ada", OPERATORS, Map.of("decision", "hold", "holdFor", never)))
          .hasMessageContaining("up to seven days");
    }
    untouched();
    assertThat(world.count("decision where choice is not null")).isZero();
  }

  @Test
  void anAnswerThatComesWhenTheRecoveryIsOverIsRefused() {
    asked(asking());
    RecoveryRun run = world.bean(RecoveryRuns.class).open().get(0);
    world.bean(RecoveryRuns.class).close(run.id(), Status.FAILED, "cancelled by ann");
    assertThatThrownBy(() -> answer("ada", OPERATORS, Map.of("decision", "approve")))
        .isInstanceOf(ProcessEngineException.class)
        .hasMessageContaining("it is too late, the recovery is over: cancelled by ann");
  }

  @Test
  void whatWasAskedShownAndSaidIsKept() {
    UUID notification = asked(asking());
    UUID run = world.bean(RecoveryRuns.class).open().get(0).id();
    answer("ada", OPERATORS, Map.of("decision", "hold", "holdFor", "PT1H"));
    world.management.executeJob(
        world.management.createJobQuery().activityId("HoldOver").singleResult().getId());
    world.work();
    answer("bob", OPERATORS, Map.of("decision", "deny", "comment", "not now"));
    List<Decisions.Decision> kept = world.bean(Decisions.class).of(run);
    assertThat(kept).extracting(Decisions.Decision::person).containsExactly("ada", "bob");
    assertThat(kept).extracting(Decisions.Decision::choice).containsExactly("hold", "deny");
    assertThat(kept)
        .allSatisfy(
            decision ->
                assertThat(decision.shown())
                    .contains(notification.toString(), "Nova shows guests on it: 1 active"));
    assertThat(Duration.between(kept.get(0).decidedAt(), kept.get(0).holdUntil()))
        .isCloseTo(Duration.ofHours(1), Duration.ofMinutes(1));
    assertThat(world.status(notification)).isEqualTo("ignored");
    assertThat(world.message(notification))
        .isEqualTo("Denied by bob: not now\nNothing was changed on compute-1");
  }

  @Test
  void whatAPersonSendsWithTheAnswerDoesNotChangeWhatIsKeptAsSeen() {
    asked(asking());
    UUID run = world.bean(RecoveryRuns.class).open().get(0).id();
    answer("ada", OPERATORS, Map.of("decision", "approve", "evidence", "all was well"));
    assertThat(world.bean(Decisions.class).of(run).get(0).shown()).doesNotContain("all was well");
  }

  @Test
  void novaThatDoesNotAnswerDoesNotKeepThePersonFromBeingAskedAgain() {
    asked(asking());
    answer("ada", OPERATORS, Map.of("decision", "hold", "holdFor", "PT1H"));
    world.nova.unreachable.add(HOST);
    world.management.executeJob(
        world.management.createJobQuery().activityId("HoldOver").singleResult().getId());
    world.jobs();
    assertThat((String) world.tasks.getVariable(task().getId(), "evidence"))
        .contains("Nova cannot be read now: ");
  }

  private UUID askedBeforeEvacuation() {
    deployment =
        PolicyTable.shipped()
            .askBeforeEvacuation("\"yes\"")
            .deploy(world.bean(RepositoryService.class));
    UUID notification = world.hostStopped();
    world.jdbc.sql("update ukemi.host set reserved = true").update();
    world.work();
    return notification;
  }

  private void denyEvacuation() {
    world.complete(
        "ApproveEvacuation", "ada", OPERATORS, Map.of("decision", "deny", "comment", "no"));
    world.work();
  }

  @Test
  void novaThatRefusesToLiftForcedDownHoldsNothingUpAndTheReportSaysSo() {
    UUID notification = askedBeforeEvacuation();
    world.nova.lifting =
        host -> {
          throw new ComputeRefused(400, "`done` evacuation migration records remain");
        };
    denyEvacuation();
    assertThat(world.status(notification)).isEqualTo("ignored");
    assertThat(world.message(notification))
        .contains(
            "Put back: nova-compute enabled, off maintenance, a reserve again",
            "still forced down in Nova (Nova refuses it: `done` evacuation migration records");
    assertThat(world.nova.disabled).isEmpty();
  }

  @Test
  void novaThatDoesNotAnswerIsAskedAgainUntilAllIsPutBack() {
    UUID notification = askedBeforeEvacuation();
    world.nova.lifting =
        host -> {
          throw new ComputeUnavailable("Nova is restarting", null);
        };
    world.complete(
        "ApproveEvacuation", "ada", OPERATORS, Map.of("decision", "deny", "comment", "no"));
    assertThatThrownBy(world::work).hasMessageContaining("Nova is restarting");
    assertThat(world.status(notification)).isEqualTo("running");
    world.nova.lifting = host -> {};
    world.work();
    assertThat(world.status(notification)).isEqualTo("ignored");
    assertThat(world.nova.forcedDown).isEmpty();
    assertThat(world.nova.disabled).isEmpty();
  }

  @Test
  void aServiceThatSomebodyHasDisabledSinceStaysDisabled() {
    UUID notification = askedBeforeEvacuation();
    world.nova.disabled.put(HOST, "ann replaces the disk");
    denyEvacuation();
    assertThat(world.nova.disabled).containsEntry(HOST, "ann replaces the disk");
    assertThat(world.message(notification))
        .contains("still disabled in Nova (somebody has disabled it since: ann replaces the disk)");
  }

  @Test
  void whatWasSoBeforeTheRecoveryIsNotPutBack() {
    world.nova.disabled.put(HOST, "ann replaces the disk");
    world.nova.forcedDown.add(HOST);
    UUID notification = askedBeforeEvacuation();
    denyEvacuation();
    assertThat(world.nova.disabled).containsEntry(HOST, "ann replaces the disk");
    assertThat(world.nova.forcedDown).contains(HOST);
    assertThat(world.message(notification)).doesNotContain("forced");
  }

  @Test
  void aDeniedEvacuationMakesTheReserveAReserveAgain() {
    UUID notification = askedBeforeEvacuation();
    assertThat(world.count("host where reserved")).isZero();
    denyEvacuation();
    assertThat(world.count("host where reserved and maintenance_owner is null")).isEqualTo(1);
    assertThat(world.status(notification)).isEqualTo("ignored");
    assertThat(world.message(notification)).contains("off maintenance, a reserve again");
  }
}
