package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.springframework.beans.factory.annotation.Autowired;
import ukemi.hostreturn.HostReturn;
import ukemi.hostreturn.HostReturns;

/**
 * Keeps who lets a return go on without one of its steps, and why; without a reason it does not.
 */
abstract class NoteGoingOn implements TaskListener {

  private HostReturns returns;

  @Autowired
  void setReturns(HostReturns returns) {
    this.returns = returns;
  }

  @Override
  public final void notify(DelegateTask task) {
    if (!ReturnToServiceProcess.GO_ON.equals(HostFailureProcess.DECISION.get(task))) {
      return;
    }
    String found = HostFailureProcess.COMMENT.get(task);
    if (found == null || found.isBlank()) {
      throw new ProcessEngineException(
          "\"" + task.getName() + "\" is not taken: say what you found or did");
    }
    UUID id = UUID.fromString(ReturnToServiceProcess.RETURN_ID.get(task));
    note(returns.get(id), Texts.decidedBy(task));
  }

  abstract void note(HostReturn hostReturn, String decidedBy);
}
