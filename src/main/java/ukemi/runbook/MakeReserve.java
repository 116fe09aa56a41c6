package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.engine.PlannedErrors;
import ukemi.hostreturn.HostLost;
import ukemi.hostreturn.HostReturn;
import ukemi.hostreturn.NotAllowed;
import ukemi.hostreturn.ReturnToService;

/** Makes the returned host a reserve. */
@Component
@PlannedErrors({ReturnToServiceProcess.NOVA_REFUSES, ReturnToServiceProcess.HOST_LOST})
class MakeReserve extends ReturnTask {

  private final ReturnToService steps;

  MakeReserve(ReturnToService steps) {
    this.steps = steps;
  }

  @Override
  void execute(DelegateExecution execution, HostReturn hostReturn) throws HostLost, NotAllowed {
    steps.makeReserve(hostReturn);
  }
}
