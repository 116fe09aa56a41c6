package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.hostprocess.ProcessRun;
import ukemi.hostprocess.ProcessRuns;

/** Takes the host off the maintenance of its process. */
@Component
class CloseProcess extends ProcessTask {

  private final ProcessRuns runs;

  CloseProcess(ProcessRuns runs) {
    this.runs = runs;
  }

  @Override
  void execute(DelegateExecution execution, ProcessRun run) {
    runs.close(run.id());
  }
}
