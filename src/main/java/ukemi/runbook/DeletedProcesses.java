package ukemi.runbook;

import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import ukemi.database.ClusterLock;
import ukemi.evacuation.Guests;
import ukemi.hostprocess.ProcessRuns;
import ukemi.hostreturn.HostReturns;
import ukemi.notification.Notification.Status;
import ukemi.notification.Notifications;
import ukemi.notification.RecoveryRuns;
import ukemi.restart.GuestRuns;

/**
 * Ends what a process that was deleted in Cockpit leaves open. {@link CloseUnfinishedRun} is not
 * enough: Cockpit skips listeners unless the person unticks that, and before the host is claimed
 * there is no run yet.
 */
@Component
class DeletedProcesses {

  private static final Logger LOG = LoggerFactory.getLogger(DeletedProcesses.class);

  private final ClusterLock lock;
  private final RuntimeService runtime;
  private final NotificationProcesses processes;
  private final Notifications notifications;
  private final RecoveryRuns runs;
  private final Guests guests;
  private final CloseUnfinishedRun unfinished;
  private final GuestRuns guestRuns;
  private final ProcessRuns processRuns;
  private final HostReturns returns;
  private final TransactionTemplate transaction;

  DeletedProcesses(
      ClusterLock lock,
      RuntimeService runtime,
      NotificationProcesses processes,
      Notifications notifications,
      RecoveryRuns runs,
      Guests guests,
      CloseUnfinishedRun unfinished,
      GuestRuns guestRuns,
      ProcessRuns processRuns,
      HostReturns returns,
      PlatformTransactionManager transactions) {
    this.lock = lock;
    this.runtime = runtime;
    this.processes = processes;
    this.notifications = notifications;
    this.runs = runs;
    this.guests = guests;
    this.unfinished = unfinished;
    this.guestRuns = guestRuns;
    this.processRuns = processRuns;
    this.returns = returns;
    this.transaction = new TransactionTemplate(transactions);
  }

  @Scheduled(fixedDelay = 3000)
  void round() {
    if (!notifications.unfinished().isEmpty()
        || !processRuns.open().isEmpty()
        || !returns.open().isEmpty()) {
      lock.runAlone("deleted-processes", this::look);
    }
  }

  private void look() {
    for (UUID notification : notifications.unfinished()) {
      if (wasDeleted(notification)) {
        LOG.warn("the process of notification {} was deleted", notification);
        transaction.executeWithoutResult(status -> end(notification));
      }
    }
    guests.abandonThoseWithoutProcess(this::living);
    processRuns.open().stream()
        .filter(run -> living(Set.of(run.processInstanceId())).isEmpty())
        .forEach(run -> processRuns.close(run.id()));
    returns.open().stream()
        .filter(one -> living(Set.of(one.processInstanceId())).isEmpty())
        .forEach(returns::giveUp);
  }

  /** A new one that never had a process is only forgotten, and is picked up again. */
  private boolean wasDeleted(UUID notification) {
    return !processes.isRunning(notification)
        && (processes.wasStarted(notification) || hasOpenRun(notification));
  }

  private boolean hasOpenRun(UUID notification) {
    return runs.open().stream().anyMatch(run -> run.notificationUuid().equals(notification));
  }

  private void end(UUID notification) {
    runs.open().stream()
        .filter(run -> run.notificationUuid().equals(notification))
        .forEach(run -> unfinished.close(run.id()));
    guestRuns.abandon(notification);
    notifications.end(
        notification,
        Status.FAILED,
        "Its process was cancelled in Cockpit; what it had begun is as it is");
  }

  private Set<String> living(Set<String> processes) {
    return runtime.createProcessInstanceQuery().processInstanceIds(processes).list().stream()
        .map(ProcessInstance::getId)
        .collect(Collectors.toSet());
  }
}
