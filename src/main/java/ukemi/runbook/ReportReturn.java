package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import ukemi.hostreturn.HostReturn;
import ukemi.hostreturn.HostReturns;
import ukemi.hostreturn.ReturnToService;

/** Ends the return, and says what was done and what is left. */
@Component
class ReportReturn extends ReturnTask {

  private static final Logger LOG = LoggerFactory.getLogger(ReportReturn.class);

  private final ReturnToService steps;
  private final HostReturns returns;

  ReportReturn(ReturnToService steps, HostReturns returns) {
    this.steps = steps;
    this.returns = returns;
  }

  @Override
  void execute(DelegateExecution execution, HostReturn hostReturn) {
    String done = steps.done(hostReturn);
    String left = steps.left(hostReturn).map(Texts::cut).orElse(null);
    ReturnToServiceProcess.DONE.set(execution, Texts.cut(done));
    ReturnToServiceProcess.LEFT.set(execution, left);
    returns.close(hostReturn);
    LOG.info("{} is returned: {}", hostReturn.hostName(), done.replace("\n", ", "));
    if (left != null) {
      LOG.warn("{} is returned, left is: {}", hostReturn.hostName(), left.replace("\n", ", "));
    }
  }
}
