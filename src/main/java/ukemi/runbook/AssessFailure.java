package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.evacuation.FailureAssessment;
import ukemi.notification.RecoveryRun;

/** Puts together what the recovery policy looks at. */
@Component
class AssessFailure extends RunTask {

  private final FailureAssessment assessment;

  AssessFailure(FailureAssessment assessment) {
    this.assessment = assessment;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    FailureAssessment.Failure failure = assessment.assess(run);
    HostFailureProcess.SEGMENT.set(execution, failure.segment());
    HostFailureProcess.METHOD.set(execution, failure.method());
    HostFailureProcess.FAILURE.set(execution, failure.kind());
    HostFailureProcess.GUESTS_ON_HOST.set(execution, failure.guests());
    HostFailureProcess.OTHER_RUNS.set(execution, failure.otherRuns());
    // a table that fails sets neither, and a person is asked
    HostFailureProcess.POLICY.set(execution, null);
    HostFailureProcess.POLICY_PROBLEM.set(execution, null);
  }
}
