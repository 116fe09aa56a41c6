package ukemi.runbook;

import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.engine.PlannedErrors;
import ukemi.evacuation.NoReserve;
import ukemi.evacuation.Reserves;
import ukemi.notification.RecoveryRun;

/** Lets Nova place guests on the claimed reserve. */
@Component
@PlannedErrors(EvacuateHostProcess.NO_RESERVE)
class EnableReserve extends RunTask {

  private final Reserves reserves;

  EnableReserve(Reserves reserves) {
    this.reserves = reserves;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    try {
      reserves.enable(run, EvacuateHostProcess.RESERVE.get(execution));
    } catch (NoReserve e) {
      throw new BpmnError(EvacuateHostProcess.NO_RESERVE, e.getMessage());
    }
  }
}
