package ukemi.runbook;

import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.engine.PlannedErrors;
import ukemi.evacuation.NoReserve;
import ukemi.evacuation.Reserves;
import ukemi.notification.RecoveryRun;

/** Takes the reserve registered last for this recovery alone (rule R10). */
@Component
@PlannedErrors(EvacuateHostProcess.NO_RESERVE)
class ClaimReserve extends RunTask {

  private final Reserves reserves;

  ClaimReserve(Reserves reserves) {
    this.reserves = reserves;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    try {
      EvacuateHostProcess.RESERVE.set(execution, reserves.claim(run));
    } catch (NoReserve e) {
      throw new BpmnError(EvacuateHostProcess.NO_RESERVE, e.getMessage());
    }
  }
}
