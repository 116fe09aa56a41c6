package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.springframework.stereotype.Component;
import ukemi.hostreturn.HostReturns;

/** When its process is deleted in Cockpit, a return does not stay open. */
@Component
class CloseUnfinishedReturn implements ExecutionListener {

  private final HostReturns returns;

  CloseUnfinishedReturn(HostReturns returns) {
    this.returns = returns;
  }

  @Override
  public void notify(DelegateExecution execution) {
    String id = ReturnToServiceProcess.RETURN_ID.get(execution);
    if (id != null) {
      returns.giveUp(returns.get(UUID.fromString(id)));
    }
  }
}
