package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.fencing.Fencing;
import ukemi.notification.RecoveryRun;

/** Keeps the machine from being switched on through MAAS until the evacuation has ended. */
@Component
class LockMachine extends RunTask {

  private final Fencing fencing;

  LockMachine(Fencing fencing) {
    this.fencing = fencing;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    fencing.latch(run);
  }
}
