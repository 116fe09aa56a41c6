package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.evacuation.Guests;
import ukemi.evacuation.HostPutBack;
import ukemi.evacuation.Reserves;
import ukemi.fencing.Fencing;
import ukemi.notification.RecoveryRun;

/** Sees to it that a cancelled recovery makes no further call, and what there is to put back. */
@Component
class StopRecovery extends RunTask {

  private final Guests guests;
  private final Reserves reserves;
  private final Fencing fencing;
  private final HostPutBack putBack;

  StopRecovery(Guests guests, Reserves reserves, Fencing fencing, HostPutBack putBack) {
    this.guests = guests;
    this.reserves = reserves;
    this.fencing = fencing;
    this.putBack = putBack;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    guests.abandon(
        run.id(), "the recovery was cancelled; what Nova had begun it may still bring to its end");
    reserves.letGo(run.id());
    fencing.stopWatching(run.id());
    HostFailureProcess.DECISION.clear(execution);
    HostFailureProcess.STAYS.set(execution, Texts.cut(putBack.changed(run)));
    if (!putBack.isAnythingChanged(run)) {
      HostFailureProcess.PUT_BACK.set(execution, "no");
    }
  }
}
