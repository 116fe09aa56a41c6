package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.hostprocess.HostProcesses;
import ukemi.hostprocess.ProcessRun;
import ukemi.notification.Notification.Status;
import ukemi.notification.Notifications;

/**
 * Ends the notification when Nova shows the host disabled; it stays so until the process is back.
 */
@Component
class ConfirmDisabled extends ProcessTask {

  private final HostProcesses processes;
  private final Notifications notifications;

  ConfirmDisabled(HostProcesses processes, Notifications notifications) {
    this.processes = processes;
    this.notifications = notifications;
  }

  @Override
  void execute(DelegateExecution execution, ProcessRun run) {
    if (!processes.isDisabled(run)) {
      processes.disable(run); // somebody has enabled it meanwhile
    }
    if (!processes.isDisabled(run)) {
      throw new IllegalStateException(
          "Nova does not show nova-compute of " + run.hostName() + " disabled");
    }
    notifications.end(
        run.notificationUuid(),
        Status.FINISHED,
        "%s takes no new guests while its %s is down; its guests are left as they are"
            .formatted(run.hostName(), run.processName()));
  }
}
