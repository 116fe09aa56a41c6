package ukemi.runbook;

import java.util.Map;
import org.camunda.bpm.engine.MismatchingMessageCorrelationException;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.variable.Variables;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import ukemi.notification.Cancellation;
import ukemi.notification.Notification;
import ukemi.notification.Notification.Status;
import ukemi.notification.Notifications;
import ukemi.notification.RecoveryProcesses;
import ukemi.notification.RecoveryRun;

/** Starts the process of a notification, in the transaction that stores it, and cancels it. */
@Component
class ProcessStarter implements RecoveryProcesses {

  private final RuntimeService runtime;
  private final ObjectProvider<Notifications> notifications;

  ProcessStarter(RuntimeService runtime, ObjectProvider<Notifications> notifications) {
    this.runtime = runtime;
    this.notifications = notifications;
  }

  @Override
  public boolean cancel(RecoveryRun run, Cancellation cancellation) {
    try {
      runtime
          .createMessageCorrelation(HostFailureProcess.CANCEL_RECOVERY)
          .processInstanceId(run.processInstanceId())
          .setVariables(
              Map.of(
                  HostFailureProcess.CANCELLED_BY.name(),
                  cancellation.person(),
                  HostFailureProcess.CANCEL_REASON.name(),
                  Texts.cut(cancellation.reason()),
                  HostFailureProcess.PUT_BACK.name(),
                  cancellation.putBack().name().toLowerCase(java.util.Locale.ROOT)))
          .correlate();
      return true;
    } catch (MismatchingMessageCorrelationException e) {
      return false;
    }
  }

  @Override
  public void start(Notification notification) {
    if (notification.type() != Notification.Type.COMPUTE_HOST) {
      notifications
          .getObject()
          .end(
              notification.uuid(),
              Status.IGNORED,
              "This version of Ukemi recovers hosts; it does nothing on " + notification.type());
      return;
    }
    runtime.startProcessInstanceByKey(
        HostFailureProcess.KEY,
        notification.uuid().toString(),
        Variables.putValue(HostFailureProcess.HOST_NAME.name(), notification.sourceHostName()));
  }
}
