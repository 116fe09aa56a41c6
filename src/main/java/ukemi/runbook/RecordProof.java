package ukemi.runbook;

import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.engine.PlannedErrors;
import ukemi.fault.Boundaries;
import ukemi.fault.Boundary;
import ukemi.fencing.Fencing;
import ukemi.fencing.NoProof;
import ukemi.notification.RecoveryRun;

/** Keeps the proof of off that the live readings carry. */
@Component
@PlannedErrors(FenceHostProcess.FENCING_REFUSED)
class RecordProof extends RunTask {

  private final Fencing fencing;

  RecordProof(Fencing fencing) {
    this.fencing = fencing;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    try {
      fencing.recordProof(run);
    } catch (NoProof e) {
      throw new BpmnError(FenceHostProcess.FENCING_REFUSED, e.getMessage());
    }
    Boundaries.reached(Boundary.PROOF_BEFORE_COMMIT);
  }
}
