package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.springframework.stereotype.Component;
import ukemi.hostprocess.ProcessRun;
import ukemi.hostprocess.ProcessRuns;
import ukemi.notification.Notification.Status;
import ukemi.notification.Notifications;

/** When it is deleted in Cockpit, the run of a process and its notification do not stay open. */
@Component
class CloseUnfinishedProcess implements ExecutionListener {

  private final ProcessRuns runs;
  private final Notifications notifications;

  CloseUnfinishedProcess(ProcessRuns runs, Notifications notifications) {
    this.runs = runs;
    this.notifications = notifications;
  }

  @Override
  public void notify(DelegateExecution execution) {
    String id = HostFailureProcess.RUN_ID.get(execution);
    if (id == null) {
      return;
    }
    ProcessRun run = runs.get(UUID.fromString(id));
    if (run.closedAt() == null) {
      runs.close(run.id());
      notifications.end(
          run.notificationUuid(),
          Status.FAILED,
          "It was cancelled in Cockpit; nova-compute of " + run.hostName() + " is as it is");
    }
  }
}
