package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.hostprocess.HostProcesses;
import ukemi.hostprocess.ProcessRun;

/** Keeps Nova from choosing the host for new guests. */
@Component
class DisableForProcess extends ProcessTask {

  private final HostProcesses processes;

  DisableForProcess(HostProcesses processes) {
    this.processes = processes;
  }

  @Override
  void execute(DelegateExecution execution, ProcessRun run) {
    processes.disable(run);
  }
}
