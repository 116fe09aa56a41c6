package ukemi.runbook;

import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.engine.PlannedErrors;
import ukemi.restart.GuestRestart;
import ukemi.restart.GuestRun;
import ukemi.restart.NotRestarted;

/** Asks Nova to stop the guest, so that it is started anew. */
@Component
@PlannedErrors(InstanceFailureProcess.NOT_RESTARTED)
class StopGuest extends GuestTask {

  private final GuestRestart restart;

  StopGuest(GuestRestart restart) {
    this.restart = restart;
  }

  @Override
  void execute(DelegateExecution execution, GuestRun run) {
    InstanceFailureProcess.TRIES.set(execution, InstanceFailureProcess.TRIES.get(execution) + 1);
    InstanceFailureProcess.TRYING.set(execution, "Stop");
    try {
      restart.stop(run);
    } catch (NotRestarted e) {
      throw new BpmnError(InstanceFailureProcess.NOT_RESTARTED, e.getMessage());
    }
  }
}
