package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.springframework.stereotype.Component;
import ukemi.evacuation.Guests;
import ukemi.evacuation.HostPutBack;
import ukemi.fencing.Fencing;
import ukemi.notification.Notification.Status;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;

/** When a recovery is deleted in Cockpit, its run and its notification do not stay open. */
@Component
class CloseUnfinishedRun implements ExecutionListener {

  private final RecoveryRuns runs;
  private final Guests guests;
  private final Fencing fencing;
  private final HostPutBack putBack;

  CloseUnfinishedRun(RecoveryRuns runs, Guests guests, Fencing fencing, HostPutBack putBack) {
    this.runs = runs;
    this.guests = guests;
    this.fencing = fencing;
    this.putBack = putBack;
  }

  @Override
  public void notify(DelegateExecution execution) {
    String id = HostFailureProcess.RUN_ID.get(execution);
    if (id != null) {
      close(UUID.fromString(id));
    }
  }

  /** Does nothing when the run is closed. */
  void close(UUID run) {
    RecoveryRun open = runs.get(run);
    if (open.closedAt() != null) {
      return;
    }
    guests.abandon(run, "the recovery was cancelled");
    fencing.stopWatching(run);
    runs.forgetStarted(open.hostUuid());
    runs.close(run, Status.FAILED, "Recovery was cancelled in Cockpit. " + putBack.stays(open));
  }
}
