package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.springframework.stereotype.Component;
import ukemi.evacuation.FailureAssessment;
import ukemi.notification.Decisions;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;

/** Fills the form of a question of the recovery policy with what is known now, and keeps that. */
@Component
class ShowFailure implements TaskListener {

  /** The form's default. */
  private static final String HOLD_FOR = "PT1H";

  private final RecoveryRuns runs;
  private final FailureAssessment assessment;
  private final ApprovalPolicy policy;
  private final Decisions decisions;

  ShowFailure(
      RecoveryRuns runs, FailureAssessment assessment, ApprovalPolicy policy, Decisions decisions) {
    this.runs = runs;
    this.assessment = assessment;
    this.policy = policy;
    this.decisions = decisions;
  }

  @Override
  public void notify(DelegateTask task) {
    RecoveryRun run = runs.get(UUID.fromString(HostFailureProcess.RUN_ID.get(task)));
    String why =
        policy.why(
            task.getTaskDefinitionKey(),
            HostFailureProcess.POLICY.get(task),
            HostFailureProcess.POLICY_PROBLEM.get(task));
    String evidence = assessment.describe(run);
    HostFailureProcess.WHY.set(task, Texts.cut(why));
    HostFailureProcess.EVIDENCE.set(task, Texts.cut(evidence));
    // nobody finds another person's word already filled in
    HostFailureProcess.DECISION.clear(task);
    HostFailureProcess.COMMENT.clear(task);
    HostFailureProcess.NOTE.clear(task);
    HostFailureProcess.HOLD_FOR.set(task, HOLD_FOR);
    decisions.asked(run.id(), task.getId(), task.getName(), why + "\n" + evidence);
  }
}
