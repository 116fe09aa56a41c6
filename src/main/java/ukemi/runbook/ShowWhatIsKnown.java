package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.springframework.stereotype.Component;
import ukemi.evacuation.FailureAssessment;
import ukemi.notification.RecoveryRuns;

/** Fills the form of a question with what is known now. */
@Component
class ShowWhatIsKnown implements TaskListener {

  private final RecoveryRuns runs;
  private final FailureAssessment assessment;

  ShowWhatIsKnown(RecoveryRuns runs, FailureAssessment assessment) {
    this.runs = runs;
    this.assessment = assessment;
  }

  @Override
  public void notify(DelegateTask task) {
    UUID run = UUID.fromString(HostFailureProcess.RUN_ID.get(task));
    HostFailureProcess.EVIDENCE.set(task, Texts.cut(assessment.describe(runs.get(run))));
    // nobody finds another person's word already filled in
    HostFailureProcess.DECISION.clear(task);
  }
}
