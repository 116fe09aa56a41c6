package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.beans.factory.annotation.Autowired;
import ukemi.hostreturn.HostReturn;
import ukemi.hostreturn.HostReturns;

/** A service task of the return of a host. */
abstract class ReturnTask implements JavaDelegate {

  private HostReturns returns;

  @Autowired
  void setReturns(HostReturns returns) {
    this.returns = returns;
  }

  @Override
  public final void execute(DelegateExecution execution) {
    String id = ReturnToServiceProcess.RETURN_ID.get(execution);
    execute(execution, returns.get(UUID.fromString(id)));
  }

  abstract void execute(DelegateExecution execution, HostReturn hostReturn);
}
