package ukemi.runbook;

import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.engine.PlannedErrors;
import ukemi.evacuation.HostOutOfService;
import ukemi.fencing.NoProof;
import ukemi.notification.RecoveryRun;

/** Tells Nova that the host is down, as fencing has proved. */
@Component
@PlannedErrors(HostFailureProcess.NO_PROOF)
class ForceDownComputeService extends RunTask {

  private final HostOutOfService host;

  ForceDownComputeService(HostOutOfService host) {
    this.host = host;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    try {
      host.forceDown(run);
    } catch (NoProof e) {
      throw new BpmnError(HostFailureProcess.NO_PROOF, e.getMessage());
    }
  }
}
