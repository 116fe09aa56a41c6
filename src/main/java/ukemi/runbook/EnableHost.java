package ukemi.runbook;

import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.engine.PlannedErrors;
import ukemi.hostreturn.HostNotUp;
import ukemi.hostreturn.HostReturn;
import ukemi.hostreturn.ReturnToService;

/** Lets Nova choose the returned host again. */
@Component
@PlannedErrors(ReturnToServiceProcess.HOST_NOT_UP)
class EnableHost extends ReturnTask {

  private final ReturnToService steps;

  EnableHost(ReturnToService steps) {
    this.steps = steps;
  }

  @Override
  void execute(DelegateExecution execution, HostReturn hostReturn) {
    try {
      steps.enable(hostReturn);
    } catch (HostNotUp e) {
      throw new BpmnError(ReturnToServiceProcess.HOST_NOT_UP, e.getMessage());
    }
  }
}
