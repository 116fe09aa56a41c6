package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.beans.factory.annotation.Autowired;
import ukemi.engine.PlannedErrors;
import ukemi.hostreturn.HostLost;
import ukemi.hostreturn.HostNotUp;
import ukemi.hostreturn.HostReturn;
import ukemi.hostreturn.HostReturns;
import ukemi.hostreturn.NotAllowed;

/** A service task of the return of a host. */
@PlannedErrors(ReturnToServiceProcess.HOST_LOST)
abstract class ReturnTask implements JavaDelegate {

  private HostReturns returns;

  @Autowired
  void setReturns(HostReturns returns) {
    this.returns = returns;
  }

  @Override
  public final void execute(DelegateExecution execution) {
    String id = ReturnToServiceProcess.RETURN_ID.get(execution);
    try {
      execute(execution, returns.get(UUID.fromString(id)));
    } catch (HostLost e) {
      throw new BpmnError(ReturnToServiceProcess.HOST_LOST, e.getMessage());
    } catch (HostNotUp e) {
      // a machine that somebody has switched off meanwhile is not switched on unasked
      ReturnToServiceProcess.POWER_ON.set(execution, ReturnToServiceProcess.PERSON);
      throw new BpmnError(ReturnToServiceProcess.HOST_NOT_UP, e.getMessage());
    } catch (NotAllowed e) {
      throw new BpmnError(ReturnToServiceProcess.NOVA_REFUSES, e.getMessage());
    }
  }

  /**
   * @throws HostLost when the host is not the return's any more
   * @throws HostNotUp when its nova-compute has gone down again; only where the drawing catches it
   * @throws NotAllowed when Nova has refused it; only where the drawing catches it
   */
  abstract void execute(DelegateExecution execution, HostReturn hostReturn)
      throws HostLost, HostNotUp, NotAllowed;
}
