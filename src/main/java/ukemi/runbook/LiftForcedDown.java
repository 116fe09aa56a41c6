package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.evacuation.HostPutBack;
import ukemi.notification.RecoveryRun;

/** Takes back what the recovery told Nova; what Nova refuses is listed. */
@Component
class LiftForcedDown extends RunTask {

  private final HostPutBack putBack;

  LiftForcedDown(HostPutBack putBack) {
    this.putBack = putBack;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    putBack.liftForcedDown(run);
  }
}
