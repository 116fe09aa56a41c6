package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.notification.Notification.Status;
import ukemi.restart.GuestMove;
import ukemi.restart.GuestRestart;
import ukemi.restart.GuestRun;
import ukemi.restart.GuestRuns;

/** Ends a run whose guest a person leaves as it is. */
@Component
class LeaveGuest extends GuestTask {

  private final GuestRuns runs;
  private final GuestRestart restart;
  private final GuestMove move;

  LeaveGuest(GuestRuns runs, GuestRestart restart, GuestMove move) {
    this.runs = runs;
    this.restart = restart;
    this.move = move;
  }

  @Override
  void execute(DelegateExecution execution, GuestRun run) {
    runs.close(
        run.id(),
        Status.FAILED,
        "%s was left by %s\n%s%s"
            .formatted(
                InstanceFailureProcess.INSTANCE_NAME.get(execution),
                Texts.decidedBy(execution),
                restart.describe(run),
                move.leftBehind(run)));
  }
}
