package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;
import ukemi.notification.Notification.Status;
import ukemi.notification.Notifications;

/** Ends the notification of a process for which nothing is done. */
@Component
class NoteProcessFailure implements JavaDelegate {

  private final Notifications notifications;

  NoteProcessFailure(Notifications notifications) {
    this.notifications = notifications;
  }

  @Override
  public void execute(DelegateExecution execution) {
    notifications.end(
        UUID.fromString(execution.getProcessBusinessKey()),
        Status.FINISHED,
        "Noted: %s of %s is down. The table process-response does nothing for it"
            .formatted(
                ProcessFailureProcess.PROCESS_NAME.get(execution),
                HostFailureProcess.HOST_NAME.get(execution)));
  }
}
