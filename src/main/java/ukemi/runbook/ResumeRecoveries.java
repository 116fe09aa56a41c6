package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import ukemi.notification.Holds;

/** Lets what was held after a restore go on where it was; each step reads the world first. */
@Component
class ResumeRecoveries implements JavaDelegate {

  private static final Logger LOG = LoggerFactory.getLogger(ResumeRecoveries.class);

  private final Holds holds;
  private final HeldProcesses held;

  ResumeRecoveries(Holds holds, HeldProcesses held) {
    this.holds = holds;
    this.held = held;
  }

  @Override
  public void execute(DelegateExecution execution) {
    holds
        .open()
        .ifPresent(
            hold -> {
              String person = HostFailureProcess.DECIDED_BY.get(execution);
              held.resume(hold);
              holds.decided(hold.id(), "goOn", person);
              LOG.info("{} lets what was held after the restore go on", person);
            });
  }
}
