package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.evacuation.HostPutBack;
import ukemi.notification.Notification.Status;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;

/** Ends a run that a person has denied, and says what became of its host. */
@Component
class CloseDenied extends RunTask {

  private final RecoveryRuns runs;
  private final HostPutBack putBack;

  CloseDenied(RecoveryRuns runs, HostPutBack putBack) {
    this.runs = runs;
    this.putBack = putBack;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    runs.close(
        run.id(),
        Status.IGNORED,
        "Denied by %s\n%s".formatted(Texts.decidedBy(execution), putBack.report(run)));
  }
}
