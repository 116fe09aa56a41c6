package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.database.DatabaseClock;
import ukemi.fencing.Fencing;
import ukemi.notification.RecoveryRun;

/** Puts together what was tried and seen, for the person who decides. */
@Component
class GatherEvidence extends RunTask {

  private final Fencing fencing;
  private final DatabaseClock clock;

  GatherEvidence(Fencing fencing, DatabaseClock clock) {
    this.fencing = fencing;
    this.clock = clock;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    if (FenceHostProcess.REFUSAL.get(execution) == null) {
      fencing.keepReading(run);
    }
    if (FenceHostProcess.ASKED_AT.get(execution) == null) {
      FenceHostProcess.ASKED_AT.set(execution, clock.now().toString());
    }
    FenceHostProcess.EVIDENCE.set(execution, Texts.cut(fencing.evidence(run.id())));
    // nobody finds another person's word already filled in
    HostFailureProcess.DECISION.clear(execution);
    FenceHostProcess.TYPED_HOST.clear(execution);
    FenceHostProcess.REASON.clear(execution);
    FenceHostProcess.OVERRIDE.clear(execution);
  }
}
