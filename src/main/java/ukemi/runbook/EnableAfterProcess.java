package ukemi.runbook;

import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import ukemi.engine.PlannedErrors;
import ukemi.hostprocess.HostProcesses;
import ukemi.hostprocess.ProcessRun;
import ukemi.hostprocess.StillDown;

/** Enables the host that was disabled for its process, and nothing that is disabled otherwise. */
@Component
@PlannedErrors(ProcessFailureProcess.STILL_DOWN)
class EnableAfterProcess extends ProcessTask {

  private static final Logger LOG = LoggerFactory.getLogger(EnableAfterProcess.class);

  private final HostProcesses processes;

  EnableAfterProcess(HostProcesses processes) {
    this.processes = processes;
  }

  @Override
  void execute(DelegateExecution execution, ProcessRun run) {
    try {
      LOG.info("{} is back: {}", run.processName(), processes.enable(run));
    } catch (StillDown e) {
      LOG.info("{} is not enabled yet: {}", run.hostName(), e.getMessage());
      throw new BpmnError(ProcessFailureProcess.STILL_DOWN, e.getMessage());
    }
  }
}
