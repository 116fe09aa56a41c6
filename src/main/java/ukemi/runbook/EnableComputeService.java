package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.evacuation.HostPutBack;
import ukemi.notification.RecoveryRun;

/** Lets Nova choose the host again, if the recovery was who disabled it. */
@Component
class EnableComputeService extends RunTask {

  private final HostPutBack putBack;

  EnableComputeService(HostPutBack putBack) {
    this.putBack = putBack;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    putBack.enable(run);
  }
}
