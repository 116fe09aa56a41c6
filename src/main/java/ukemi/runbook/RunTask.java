package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.beans.factory.annotation.Autowired;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;

/** A service task of an open recovery run. */
abstract class RunTask implements JavaDelegate {

  private RecoveryRuns runs;

  @Autowired
  void setRuns(RecoveryRuns runs) {
    this.runs = runs;
  }

  @Override
  public final void execute(DelegateExecution execution) {
    RecoveryRun run = runs.get(UUID.fromString(HostFailureProcess.RUN_ID.get(execution)));
    if (run.closedAt() != null) {
      throw new IllegalStateException(
          "The recovery of " + run.hostName() + " is closed: " + run.reason());
    }
    execute(execution, run);
  }

  abstract void execute(DelegateExecution execution, RecoveryRun run);
}
