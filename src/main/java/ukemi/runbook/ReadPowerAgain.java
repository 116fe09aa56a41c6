package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.fencing.Fencing;
import ukemi.notification.RecoveryRun;

/** Asks for a reading that is newer than the person's word. */
@Component
class ReadPowerAgain extends RunTask {

  private final Fencing fencing;

  ReadPowerAgain(Fencing fencing) {
    this.fencing = fencing;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    fencing.readAgain(run);
  }
}
