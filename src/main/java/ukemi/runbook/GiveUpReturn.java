package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import ukemi.hostreturn.HostReturn;
import ukemi.hostreturn.HostReturns;

/** A person has stopped the return: the host stays on maintenance. */
@Component
class GiveUpReturn extends ReturnTask {

  private static final Logger LOG = LoggerFactory.getLogger(GiveUpReturn.class);

  private final HostReturns returns;

  GiveUpReturn(HostReturns returns) {
    this.returns = returns;
  }

  @Override
  void execute(DelegateExecution execution, HostReturn hostReturn) {
    returns.giveUp(hostReturn);
    LOG.info(
        "{} stays on maintenance: {} has stopped its return",
        hostReturn.hostName(),
        person(execution));
  }

  /** Who said no in the first place, or stopped it while the host was started. */
  private static String person(DelegateExecution execution) {
    String stopped = ReturnToServiceProcess.STOPPED_BY.get(execution);
    return stopped == null ? HostFailureProcess.DECIDED_BY.get(execution) : stopped;
  }
}
