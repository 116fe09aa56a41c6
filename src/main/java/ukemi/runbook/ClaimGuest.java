package ukemi.runbook;

import java.util.Optional;
import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;
import ukemi.restart.GuestRun;
import ukemi.restart.GuestRuns;

/** Opens the one run of the guest, or ends the notification because another has it. */
@Component
class ClaimGuest implements JavaDelegate {

  private final GuestRuns runs;

  ClaimGuest(GuestRuns runs) {
    this.runs = runs;
  }

  @Override
  public void execute(DelegateExecution execution) {
    Optional<GuestRun> run =
        runs.claim(
            UUID.fromString(execution.getProcessBusinessKey()), execution.getProcessInstanceId());
    HostFailureProcess.CLAIMED.set(execution, run.isPresent());
    run.ifPresent(claimed -> HostFailureProcess.RUN_ID.set(execution, claimed.id().toString()));
    InstanceFailureProcess.TRIES.set(execution, 0);
    InstanceFailureProcess.MOVES.set(execution, 0);
  }
}
