package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.notification.Notification.Status;
import ukemi.restart.GuestMove;
import ukemi.restart.GuestRun;
import ukemi.restart.GuestRuns;

/** Ends the run and its notification: Nova shows the guest active. */
@Component
class ReportGuest extends GuestTask {

  private final GuestRuns runs;
  private final GuestMove move;

  ReportGuest(GuestRuns runs, GuestMove move) {
    this.runs = runs;
    this.move = move;
  }

  @Override
  void execute(DelegateExecution execution, GuestRun run) {
    String where = move.movedTo(run).map(host -> ", on " + host).orElse("");
    runs.close(
        run.id(),
        Status.FINISHED,
        InstanceFailureProcess.INSTANCE_NAME.get(execution) + " is active again" + where);
  }
}
