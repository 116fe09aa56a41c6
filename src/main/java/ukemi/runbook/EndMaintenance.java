package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.engine.PlannedErrors;
import ukemi.hostreturn.HostLost;
import ukemi.hostreturn.HostReturn;
import ukemi.hostreturn.ReturnToService;

/** Takes the returned host off maintenance. */
@Component
@PlannedErrors(ReturnToServiceProcess.HOST_LOST)
class EndMaintenance extends ReturnTask {

  private final ReturnToService steps;

  EndMaintenance(ReturnToService steps) {
    this.steps = steps;
  }

  @Override
  void execute(DelegateExecution execution, HostReturn hostReturn) throws HostLost {
    String role = ReturnToServiceProcess.ROLE.get(execution);
    steps.endMaintenance(hostReturn, ReturnToServiceProcess.DISABLED.equals(role));
  }
}
