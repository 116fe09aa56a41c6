package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.fencing.Fencing;
import ukemi.notification.RecoveryRun;

/** Writes down that this site relies on no proof. */
@Component
class RecordUnfenced extends RunTask {

  private final Fencing fencing;

  RecordUnfenced(Fencing fencing) {
    this.fencing = fencing;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    fencing.recordUnfenced(run);
  }
}
