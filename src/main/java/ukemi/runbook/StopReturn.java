package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import ukemi.hostreturn.HostReturn;
import ukemi.hostreturn.HostReturns;
import ukemi.hostreturn.ReturnToService;

/** The host is not the return's any more: it is let go, and a person is told. */
@Component
class StopReturn extends ReturnTask {

  private static final Logger LOG = LoggerFactory.getLogger(StopReturn.class);

  private final ReturnToService steps;
  private final HostReturns returns;

  StopReturn(ReturnToService steps, HostReturns returns) {
    this.steps = steps;
    this.returns = returns;
  }

  @Override
  void execute(DelegateExecution execution, HostReturn hostReturn) {
    String because = ReturnToServiceProcess.LOST_BECAUSE.get(execution);
    ReturnToServiceProcess.DONE.set(execution, Texts.cut(steps.done(hostReturn)));
    ReturnToServiceProcess.LEFT.set(execution, because);
    returns.giveUp(hostReturn);
    LOG.warn("the return of {} has stopped: {}", hostReturn.hostName(), because);
  }
}
