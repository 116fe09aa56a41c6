package ukemi.runbook;

import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.engine.PlannedErrors;
import ukemi.restart.GuestRestart;
import ukemi.restart.GuestRun;
import ukemi.restart.NotRestarted;

/** Asks Nova to start the stopped guest. */
@Component
@PlannedErrors(InstanceFailureProcess.NOT_RESTARTED)
class StartGuest extends GuestTask {

  private final GuestRestart restart;

  StartGuest(GuestRestart restart) {
    this.restart = restart;
  }

  @Override
  void execute(DelegateExecution execution, GuestRun run) {
    InstanceFailureProcess.TRYING.set(execution, "Start");
    try {
      restart.start(run);
    } catch (NotRestarted e) {
      throw new BpmnError(InstanceFailureProcess.NOT_RESTARTED, e.getMessage());
    }
  }
}
