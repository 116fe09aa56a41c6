package ukemi.runbook;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.camunda.bpm.engine.MismatchingMessageCorrelationException;
import org.camunda.bpm.engine.OptimisticLockingException;
import org.camunda.bpm.engine.RuntimeService;
import org.springframework.stereotype.Component;
import ukemi.notification.Cancellation;
import ukemi.notification.Notification;
import ukemi.notification.RecoveryProcesses;
import ukemi.notification.RecoveryRun;
import ukemi.segment.Segment;
import ukemi.segment.Segments;

/** Starts the process of a notification, in the transaction that stores it, and cancels it. */
@Component
class ProcessStarter implements RecoveryProcesses {

  private static final int TRIES = 10;

  private final RuntimeService runtime;
  private final Segments segments;

  ProcessStarter(RuntimeService runtime, Segments segments) {
    this.runtime = runtime;
    this.segments = segments;
  }

  @Override
  public Optional<String> cancel(RecoveryRun run, Cancellation cancellation) {
    for (int tries = 1; ; tries++) {
      try {
        return cancelNow(run, cancellation);
      } catch (OptimisticLockingException e) { // a step or a task has ended at this moment
        if (tries == TRIES) {
          throw e;
        }
      }
    }
  }

  private Optional<String> cancelNow(RecoveryRun run, Cancellation cancellation) {
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
                  cancellation.putBack().name().toLowerCase(Locale.ROOT)))
          .correlate();
      return Optional.empty();
    } catch (MismatchingMessageCorrelationException e) {
      boolean held =
          runtime
                  .createProcessInstanceQuery()
                  .processInstanceId(run.processInstanceId())
                  .suspended()
                  .count()
              > 0;
      return Optional.of(
          held
              ? "the recovery is suspended; after a restore of the database a task asks about it"
              : "the recovery is ending already");
    }
  }

  @Override
  public void startReturn(String hostName, String wantedBy) {
    Map<String, Object> variables = new HashMap<>();
    variables.put(HostFailureProcess.HOST_NAME.name(), hostName);
    variables.put(ReturnToServiceProcess.WANTED_BY.name(), wantedBy);
    runtime.startProcessInstanceByKey(ReturnToServiceProcess.KEY, variables);
  }

  @Override
  public void start(Notification notification) {
    switch (notification.type()) {
      case COMPUTE_HOST -> start(HostFailureProcess.KEY, notification, Map.of());
      case VM -> start(InstanceFailureProcess.KEY, notification, Map.of());
      case PROCESS ->
          start(
              ProcessFailureProcess.KEY,
              notification,
              Map.of(
                  ProcessFailureProcess.PROCESS_NAME.name(),
                  notification.payload().get("process_name"),
                  HostFailureProcess.SEGMENT.name(),
                  segments.byUuid(notification.segmentUuid()).map(Segment::name).orElse("none")));
    }
  }

  private void start(String process, Notification notification, Map<String, Object> variables) {
    Map<String, Object> all = new HashMap<>(variables);
    all.put(HostFailureProcess.HOST_NAME.name(), notification.sourceHostName());
    runtime.startProcessInstanceByKey(process, notification.uuid().toString(), all);
  }
}
