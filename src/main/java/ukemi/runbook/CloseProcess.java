package ukemi.runbook;

import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.engine.PlannedErrors;
import ukemi.hostprocess.HostProcesses;
import ukemi.hostprocess.ProcessRun;
import ukemi.hostprocess.StillDown;

/** Takes the host off the maintenance of its process. */
@Component
@PlannedErrors(ProcessFailureProcess.STILL_DOWN)
class CloseProcess extends ProcessTask {

  private final HostProcesses processes;

  CloseProcess(HostProcesses processes) {
    this.processes = processes;
  }

  @Override
  void execute(DelegateExecution execution, ProcessRun run) {
    try {
      processes.close(run);
    } catch (StillDown e) {
      throw new BpmnError(ProcessFailureProcess.STILL_DOWN, e.getMessage());
    }
  }
}
