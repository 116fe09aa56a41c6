package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.springframework.stereotype.Component;
import ukemi.notification.Notification.Status;
import ukemi.restart.GuestMove;
import ukemi.restart.GuestRun;
import ukemi.restart.GuestRuns;

/** When it is deleted in Cockpit, the run of a guest and its notification do not stay open. */
@Component
class CloseUnfinishedGuest implements ExecutionListener {

  private final GuestRuns runs;
  private final GuestMove move;

  CloseUnfinishedGuest(GuestRuns runs, GuestMove move) {
    this.runs = runs;
    this.move = move;
  }

  @Override
  public void notify(DelegateExecution execution) {
    String id = HostFailureProcess.RUN_ID.get(execution);
    if (id != null) {
      GuestRun run = runs.get(UUID.fromString(id));
      runs.close(
          run.id(),
          Status.FAILED,
          "The restart was cancelled in Cockpit; the guest is as it is" + move.leftBehind(run));
    }
  }
}
