package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.beans.factory.annotation.Autowired;
import ukemi.restart.GuestRun;
import ukemi.restart.GuestRuns;

/** A service task of the run of a failed guest. */
abstract class GuestTask implements JavaDelegate {

  private GuestRuns runs;

  @Autowired
  void setRuns(GuestRuns runs) {
    this.runs = runs;
  }

  @Override
  public final void execute(DelegateExecution execution) {
    execute(execution, runs.get(UUID.fromString(HostFailureProcess.RUN_ID.get(execution))));
  }

  abstract void execute(DelegateExecution execution, GuestRun run);
}
