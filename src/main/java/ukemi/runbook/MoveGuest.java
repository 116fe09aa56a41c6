package ukemi.runbook;

import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.engine.PlannedErrors;
import ukemi.restart.GuestMove;
import ukemi.restart.GuestRun;
import ukemi.restart.NotMoved;

/** Asks Nova to move the stopped guest to another host. */
@Component
@PlannedErrors(InstanceFailureProcess.NOT_MOVED)
class MoveGuest extends GuestTask {

  /** What is tried, for a person. */
  static final String WORD = "Move to another host";

  private final GuestMove move;

  MoveGuest(GuestMove move) {
    this.move = move;
  }

  @Override
  void execute(DelegateExecution execution, GuestRun run) {
    int number = InstanceFailureProcess.MOVES.get(execution) + 1;
    InstanceFailureProcess.MOVES.set(execution, number);
    InstanceFailureProcess.TRYING.set(execution, WORD);
    try {
      move.move(run, number);
    } catch (NotMoved e) {
      throw new BpmnError(InstanceFailureProcess.NOT_MOVED, e.getMessage());
    }
  }
}
