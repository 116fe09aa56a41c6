package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.evacuation.HostPutBack;
import ukemi.notification.RecoveryRun;

/** Puts the host back into its segment, as it was. */
@Component
class LiftMaintenance extends RunTask {

  private final HostPutBack putBack;

  LiftMaintenance(HostPutBack putBack) {
    this.putBack = putBack;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    putBack.liftMaintenance(run);
  }
}
