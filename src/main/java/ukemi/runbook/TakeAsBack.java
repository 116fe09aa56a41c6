package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.hostprocess.ProcessRun;
import ukemi.hostprocess.ProcessRuns;

/** A person says that the process is back. */
@Component
class TakeAsBack extends ProcessTask {

  private final ProcessRuns runs;

  TakeAsBack(ProcessRuns runs) {
    this.runs = runs;
  }

  @Override
  void execute(DelegateExecution execution, ProcessRun run) {
    runs.back(run.id());
  }
}
