package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.notification.Notification.Status;
import ukemi.restart.GuestRun;
import ukemi.restart.GuestRuns;

/** Ends the run and its notification: Nova shows the guest active. */
@Component
class ReportGuest extends GuestTask {

  private final GuestRuns runs;

  ReportGuest(GuestRuns runs) {
    this.runs = runs;
  }

  @Override
  void execute(DelegateExecution execution, GuestRun run) {
    runs.close(
        run.id(),
        Status.FINISHED,
        InstanceFailureProcess.INSTANCE_NAME.get(execution) + " is active again");
  }
}
