package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import ukemi.hostprocess.HostProcesses;
import ukemi.hostprocess.ProcessRun;

/** Enables the host that was disabled for its process, and nothing that is disabled otherwise. */
@Component
class EnableAfterProcess extends ProcessTask {

  private static final Logger LOG = LoggerFactory.getLogger(EnableAfterProcess.class);

  private final HostProcesses processes;

  EnableAfterProcess(HostProcesses processes) {
    this.processes = processes;
  }

  @Override
  void execute(DelegateExecution execution, ProcessRun run) {
    String outcome = processes.enable(run);
    LOG.info("{} is back: {}", run.processName(), outcome);
    ProcessFailureProcess.OUTCOME.set(execution, outcome);
  }
}
