package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.beans.factory.annotation.Autowired;
import ukemi.hostprocess.ProcessRun;
import ukemi.hostprocess.ProcessRuns;

/** A service task of the run of a failed process. */
abstract class ProcessTask implements JavaDelegate {

  private ProcessRuns runs;

  @Autowired
  void setRuns(ProcessRuns runs) {
    this.runs = runs;
  }

  @Override
  public final void execute(DelegateExecution execution) {
    execute(execution, runs.get(UUID.fromString(HostFailureProcess.RUN_ID.get(execution))));
  }

  abstract void execute(DelegateExecution execution, ProcessRun run);
}
