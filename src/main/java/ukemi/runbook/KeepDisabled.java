package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.hostprocess.HostProcesses;
import ukemi.hostprocess.ProcessRun;

/** A person wants the host to stay disabled, whatever process comes back. */
@Component
class KeepDisabled extends ProcessTask {

  private final HostProcesses processes;

  KeepDisabled(HostProcesses processes) {
    this.processes = processes;
  }

  @Override
  void execute(DelegateExecution execution, ProcessRun run) {
    processes.keepDisabled(run, HostFailureProcess.DECIDED_BY.get(execution));
  }
}
