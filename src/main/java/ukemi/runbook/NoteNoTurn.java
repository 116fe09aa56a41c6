package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.springframework.stereotype.Component;

/** Writes down, for a person, why the move of a guest was not even tried. */
@Component
class NoteNoTurn implements ExecutionListener {

  @Override
  public void notify(DelegateExecution execution) {
    InstanceFailureProcess.TRYING.set(execution, MoveGuest.WORD);
    InstanceFailureProcess.PROBLEM.set(
        execution, "as many guests as may be are being moved, and none of them was done in time");
  }
}
