package ukemi.runbook;

import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.engine.PlannedErrors;
import ukemi.fencing.NotSwitchedOn;
import ukemi.hostreturn.HostLost;
import ukemi.hostreturn.HostReturn;
import ukemi.hostreturn.ReturnToService;

/** Switches the machine on, when it is seen to be off. */
@Component
@PlannedErrors({ReturnToServiceProcess.NOT_SWITCHED_ON, ReturnToServiceProcess.HOST_LOST})
class PowerOnMachine extends ReturnTask {

  private final ReturnToService steps;

  PowerOnMachine(ReturnToService steps) {
    this.steps = steps;
  }

  @Override
  void execute(DelegateExecution execution, HostReturn hostReturn) throws HostLost {
    try {
      steps.powerOn(hostReturn);
    } catch (NotSwitchedOn e) {
      throw new BpmnError(ReturnToServiceProcess.NOT_SWITCHED_ON, Texts.cut(e.getMessage()));
    }
  }
}
