package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.springframework.stereotype.Component;
import ukemi.hostreturn.HostReturns;
import ukemi.hostreturn.ReturnToService;

/** Keeps who let a return go on although Nova still shows old guests of the host, and why. */
@Component
class NoteOldGuests implements TaskListener {

  private final ReturnToService steps;
  private final HostReturns returns;

  NoteOldGuests(ReturnToService steps, HostReturns returns) {
    this.steps = steps;
    this.returns = returns;
  }

  @Override
  public void notify(DelegateTask task) {
    if (ReturnToServiceProcess.GO_ON.equals(HostFailureProcess.DECISION.get(task))) {
      UUID id = UUID.fromString(ReturnToServiceProcess.RETURN_ID.get(task));
      steps.passOverOldGuests(returns.get(id), Texts.decidedBy(task));
    }
  }
}
