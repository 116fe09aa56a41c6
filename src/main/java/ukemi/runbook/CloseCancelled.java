package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.evacuation.Guests;
import ukemi.evacuation.HostPutBack;
import ukemi.notification.Notification.Status;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;

/** Ends a run that a person has cancelled, and lists its guests and what became of its host. */
@Component
class CloseCancelled extends RunTask {

  private final RecoveryRuns runs;
  private final Guests guests;
  private final HostPutBack putBack;

  CloseCancelled(RecoveryRuns runs, Guests guests, HostPutBack putBack) {
    this.runs = runs;
    this.guests = guests;
    this.putBack = putBack;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    Guests.Summary summary = guests.summary(run.id());
    StringBuilder text =
        new StringBuilder(
            "Cancelled by %s: %s\n"
                .formatted(
                    HostFailureProcess.CANCELLED_BY.get(execution),
                    HostFailureProcess.CANCEL_REASON.get(execution)));
    text.append(putBack.report(run));
    if (summary.recovered() > 0 || !summary.left().isEmpty()) {
      text.append(
          "\n%d guests recovered, %d left; Nova is at work on %d of them"
              .formatted(summary.recovered(), summary.left().size(), guests.underWay(run.id())));
      summary.left().forEach(left -> text.append("\n").append(left));
    }
    runs.forgetStarted(run.hostUuid()); // who cancels decides about the host
    runs.close(run.id(), Status.FAILED, text.toString());
  }
}
