package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.hostreturn.HostReturn;
import ukemi.hostreturn.ReturnToService;

/** Looks after the guests that go back, and sends the next ones. */
@Component
class MoveGuestsBack extends ReturnTask {

  private final ReturnToService steps;

  MoveGuestsBack(ReturnToService steps) {
    this.steps = steps;
  }

  @Override
  void execute(DelegateExecution execution, HostReturn hostReturn) {
    ReturnToServiceProcess.GUESTS_MOVING.set(execution, steps.moveGuestsBack(hostReturn));
  }
}
