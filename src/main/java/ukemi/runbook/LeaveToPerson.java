package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.hostreturn.HostReturn;
import ukemi.hostreturn.ReturnToService;

/** A person does by hand what Nova has refused; the return goes on without it. */
@Component
class LeaveToPerson extends ReturnTask {

  private final ReturnToService steps;

  LeaveToPerson(ReturnToService steps) {
    this.steps = steps;
  }

  @Override
  void execute(DelegateExecution execution, HostReturn hostReturn) {
    String role = ReturnToServiceProcess.ROLE.get(execution);
    steps.leaveToPerson(
        hostReturn,
        ReturnToServiceProcess.REFUSAL.get(execution),
        Texts.decidedBy(execution),
        ReturnToServiceProcess.RESERVE.equals(role),
        ReturnToServiceProcess.GUESTS.equals(role));
    ReturnToServiceProcess.ROLE.set(execution, ReturnToServiceProcess.LEFT_TO_PERSON);
  }
}
