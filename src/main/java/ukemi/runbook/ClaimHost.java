package ukemi.runbook;

import java.util.Optional;
import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;
import ukemi.evacuation.HostClaim;
import ukemi.fault.Boundaries;
import ukemi.fault.Boundary;
import ukemi.notification.RecoveryRun;

/** Opens the one run of the host, or ends the notification because there is nothing to recover. */
@Component
class ClaimHost implements JavaDelegate {

  private final HostClaim claim;

  ClaimHost(HostClaim claim) {
    this.claim = claim;
  }

  @Override
  public void execute(DelegateExecution execution) {
    Optional<RecoveryRun> run =
        claim.claim(
            UUID.fromString(execution.getProcessBusinessKey()), execution.getProcessInstanceId());
    HostFailureProcess.CLAIMED.set(execution, run.isPresent());
    run.ifPresent(claimed -> HostFailureProcess.RUN_ID.set(execution, claimed.id().toString()));
    Boundaries.reached(Boundary.HOST_CLAIMED);
  }
}
