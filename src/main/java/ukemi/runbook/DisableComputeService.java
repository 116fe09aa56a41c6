package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.evacuation.HostOutOfService;
import ukemi.notification.RecoveryRun;

/** Keeps Nova from choosing the dead host again when it comes back. */
@Component
class DisableComputeService extends RunTask {

  private final HostOutOfService host;

  DisableComputeService(HostOutOfService host) {
    this.host = host;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    host.disable(run);
  }
}
