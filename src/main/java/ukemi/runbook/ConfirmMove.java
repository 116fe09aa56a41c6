package ukemi.runbook;

import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.engine.PlannedErrors;
import ukemi.restart.GuestMove;
import ukemi.restart.GuestRun;
import ukemi.restart.NotMoved;

/** Asks Nova to confirm that the guest stays where our move has brought it. */
@Component
@PlannedErrors(InstanceFailureProcess.NOT_MOVED)
class ConfirmMove extends GuestTask {

  private final GuestMove move;

  ConfirmMove(GuestMove move) {
    this.move = move;
  }

  @Override
  void execute(DelegateExecution execution, GuestRun run) {
    InstanceFailureProcess.TRYING.set(execution, "Confirmation of the move");
    try {
      move.confirm(run);
    } catch (NotMoved e) {
      throw new BpmnError(InstanceFailureProcess.NOT_MOVED, e.getMessage());
    }
  }
}
