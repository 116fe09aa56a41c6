package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.engine.PlannedErrors;
import ukemi.hostreturn.HostLost;
import ukemi.hostreturn.HostNotUp;
import ukemi.hostreturn.HostReturn;
import ukemi.hostreturn.NotAllowed;
import ukemi.hostreturn.ReturnToService;

/** Tells Nova that the returned host is not forced down any more. */
@Component
@PlannedErrors({
  ReturnToServiceProcess.HOST_NOT_UP,
  ReturnToServiceProcess.NOVA_REFUSES,
  ReturnToServiceProcess.HOST_LOST
})
class LiftForcedDownOfHost extends ReturnTask {

  private final ReturnToService steps;

  LiftForcedDownOfHost(ReturnToService steps) {
    this.steps = steps;
  }

  @Override
  void execute(DelegateExecution execution, HostReturn hostReturn)
      throws HostLost, HostNotUp, NotAllowed {
    steps.liftForcedDown(hostReturn);
  }
}
