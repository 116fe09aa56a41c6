package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;
import ukemi.database.DatabaseClock;
import ukemi.notification.NothingToDo;
import ukemi.notification.RunControl;

/** Starts a new recovery for what the last one of the host has left. */
@Component
class RetryRecovery implements JavaDelegate {

  private final RunControl control;
  private final DatabaseClock clock;

  RetryRecovery(RunControl control, DatabaseClock clock) {
    this.control = control;
    this.clock = clock;
  }

  @Override
  public void execute(DelegateExecution execution) {
    try {
      control.retry(HostFailureProcess.HOST_NAME.get(execution), clock.now());
      RetryRecoveryProcess.RETRIED.set(execution, true);
    } catch (NothingToDo e) {
      RetryRecoveryProcess.RETRIED.set(execution, false);
      CancelRecoveryProcess.ANSWER.set(execution, StringUtils.capitalize(e.getMessage()) + ".");
    }
  }
}
