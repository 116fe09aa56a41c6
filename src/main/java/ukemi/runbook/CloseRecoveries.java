package ukemi.runbook;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import ukemi.database.DatabaseClock;
import ukemi.evacuation.Guests;
import ukemi.evacuation.HostPutBack;
import ukemi.evacuation.Reserves;
import ukemi.fencing.Fencing;
import ukemi.hostprocess.ProcessRuns;
import ukemi.notification.Holds;
import ukemi.notification.Holds.Hold;
import ukemi.notification.NothingToDo;
import ukemi.notification.Notification;
import ukemi.notification.Notification.Status;
import ukemi.notification.Notifications;
import ukemi.notification.PlannedFailures.Planned;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;
import ukemi.notification.RunControl;
import ukemi.plannedwork.PlannedWorks;
import ukemi.restart.GuestRuns;
import ukemi.segment.Host;
import ukemi.segment.Hosts;

/**
 * Ends what was held after a restore, in our tables alone: nothing is asked of Nova or MAAS. A host
 * that was reported again meanwhile is recovered anew.
 */
@Component
class CloseRecoveries implements JavaDelegate {

  private static final Logger LOG = LoggerFactory.getLogger(CloseRecoveries.class);

  private final Holds holds;
  private final HeldProcesses held;
  private final RecoveryRuns runs;
  private final Guests guests;
  private final Reserves reserves;
  private final Fencing fencing;
  private final HostPutBack putBack;
  private final GuestRuns guestRuns;
  private final ProcessRuns processRuns;
  private final Notifications notifications;
  private final RunControl control;
  private final DatabaseClock clock;
  private final Hosts hosts;
  private final PlannedWorks works;

  CloseRecoveries(
      Holds holds,
      HeldProcesses held,
      RecoveryRuns runs,
      Guests guests,
      Reserves reserves,
      Fencing fencing,
      HostPutBack putBack,
      GuestRuns guestRuns,
      ProcessRuns processRuns,
      Notifications notifications,
      RunControl control,
      DatabaseClock clock,
      Hosts hosts,
      PlannedWorks works) {
    this.holds = holds;
    this.held = held;
    this.runs = runs;
    this.guests = guests;
    this.reserves = reserves;
    this.fencing = fencing;
    this.putBack = putBack;
    this.guestRuns = guestRuns;
    this.processRuns = processRuns;
    this.notifications = notifications;
    this.control = control;
    this.clock = clock;
    this.hosts = hosts;
    this.works = works;
  }

  @Override
  public void execute(DelegateExecution execution) {
    holds.open().ifPresent(hold -> close(hold, execution));
  }

  private void close(Hold hold, DelegateExecution execution) {
    String person = HostFailureProcess.DECIDED_BY.get(execution);
    String comment = HostFailureProcess.COMMENT.get(execution);
    String why =
        "Closed by %s after the database was restored from an older back-up%s"
            .formatted(person, comment == null || comment.isBlank() ? "" : ": " + comment.strip());
    List<RecoveryRun> again = new ArrayList<>();
    for (RecoveryRun run : holds.runs()) {
      if (run.closedAt() == null && holds.wasReportedAgain(run)) {
        again.add(run);
      }
      close(run, why);
    }
    runs.forgetStarted();
    Set<String> processes = Set.copyOf(holds.processes(hold.id()));
    processRuns.open().stream()
        .filter(run -> processes.contains(run.processInstanceId()))
        .forEach(run -> processRuns.close(run.id()));
    held.byNotification(hold)
        .keySet()
        .forEach(
            notification -> {
              guestRuns.abandon(notification);
              notifications.end(
                  notification, Status.FAILED, why + "\nWhat it had changed is as it is");
            });
    held.delete(hold, why);
    holds.decided(hold.id(), "close", person);
    LOG.warn("{} has closed what was held after the restore", person);
    again.forEach(this::recoverAnew);
  }

  private void close(RecoveryRun run, String why) {
    guests.giveUp(run.id(), why);
    reserves.giveUp(run.id(), "left as it is: its recovery was closed after a restore");
    fencing.stopWatching(run.id());
    if (run.closedAt() == null) {
      Guests.Summary summary = guests.summary(run.id());
      StringBuilder text = new StringBuilder(why + "\n" + putBack.stays(run));
      text.append(
          "\n%d guests recovered, %d left".formatted(summary.recovered(), summary.left().size()));
      summary.left().forEach(left -> text.append("\n").append(left));
      reserves.summary(run.id()).forEach(reserve -> text.append("\n").append(reserve));
      runs.close(run.id(), Status.FAILED, text.toString());
    }
  }

  private void recoverAnew(RecoveryRun run) {
    Notification notification = notifications.find(run.notificationUuid()).orElseThrow();
    Optional<Host> host = hosts.byUuid(run.hostUuid());
    if (host.isEmpty()) {
      LOG.warn("{} was reported while it was held, and is not registered any more", run.hostName());
      return;
    }
    Optional<Planned> planned = works.openFor(host.get());
    if (planned.isPresent()) {
      works.note(planned.get(), notification);
      LOG.warn("{} was reported while it was held: {}", run.hostName(), planned.get().reason());
      return;
    }
    try {
      control.recover(host.get(), notification.payload(), clock.now());
      LOG.warn("{} was reported while it was held: it is recovered anew", run.hostName());
    } catch (NothingToDo e) {
      LOG.warn(
          "{} was reported while it was held, and is not recovered: {}",
          run.hostName(),
          e.getMessage());
    }
  }
}
