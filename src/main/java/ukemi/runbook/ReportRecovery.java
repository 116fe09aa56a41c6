package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.evacuation.Guests;
import ukemi.evacuation.Reserves;
import ukemi.fault.Boundaries;
import ukemi.fault.Boundary;
import ukemi.fencing.Fencing;
import ukemi.fencing.Heartbeats;
import ukemi.notification.Notification.Status;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;

/**
 * Ends the run and its notification, and lists every guest that was left with its reason. A host
 * that is alive by then is noted as started.
 */
@Component
class ReportRecovery extends RunTask {

  private final Guests guests;
  private final Reserves reserves;
  private final RecoveryRuns runs;
  private final Fencing fencing;
  private final Heartbeats heartbeats;

  ReportRecovery(
      Guests guests, Reserves reserves, RecoveryRuns runs, Fencing fencing, Heartbeats heartbeats) {
    this.guests = guests;
    this.reserves = reserves;
    this.runs = runs;
    this.fencing = fencing;
    this.heartbeats = heartbeats;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    guests.abandon(run.id(), "not evacuated");
    Guests.Summary summary = guests.summary(run.id());
    HostFailureProcess.GUESTS_LEFT.set(execution, summary.left().size());
    if (heartbeats.isAlive(run.id())) {
      runs.hostStarted(run.hostUuid());
    }
    runs.close(
        run.id(), summary.left().isEmpty() ? Status.FINISHED : Status.FAILED, text(run, summary));
    Boundaries.reached(Boundary.REPORT_BEFORE_COMMIT);
  }

  private String text(RecoveryRun run, Guests.Summary summary) {
    StringBuilder text =
        new StringBuilder()
            .append(summary.recovered())
            .append(" guests of ")
            .append(run.hostName())
            .append(" recovered");
    if (!summary.left().isEmpty()) {
      text.append(", ").append(summary.left().size()).append(" left:\n");
      text.append(String.join("\n", summary.left()));
    }
    reserves.summary(run.id()).forEach(line -> text.append("\nReserve ").append(line));
    fencing.lockLeft(run.id()).ifPresent(lock -> text.append("\n").append(lock));
    return text.toString();
  }
}
