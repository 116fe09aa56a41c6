package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.hostreturn.HostReturn;
import ukemi.hostreturn.ReturnToService;

/** Makes the host that stood in a reserve again. */
@Component
class RestoreReserve extends ReturnTask {

  private final ReturnToService steps;

  RestoreReserve(ReturnToService steps) {
    this.steps = steps;
  }

  @Override
  void execute(DelegateExecution execution, HostReturn hostReturn) {
    steps.restoreReserves(hostReturn);
  }
}
