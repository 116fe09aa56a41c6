package ukemi.runbook;

import java.util.Optional;
import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;
import ukemi.hostprocess.ProcessRun;
import ukemi.hostprocess.ProcessRuns;

/** Puts the host on maintenance for its process, unless it is so for the same one already. */
@Component
class ClaimProcess implements JavaDelegate {

  private final ProcessRuns runs;

  ClaimProcess(ProcessRuns runs) {
    this.runs = runs;
  }

  @Override
  public void execute(DelegateExecution execution) {
    Optional<ProcessRun> run =
        runs.open(
            UUID.fromString(execution.getProcessBusinessKey()), execution.getProcessInstanceId());
    HostFailureProcess.CLAIMED.set(execution, run.isPresent());
    run.ifPresent(claimed -> HostFailureProcess.RUN_ID.set(execution, claimed.id().toString()));
  }
}
