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
import ukemi.notification.Notification.Status;
import ukemi.notification.Notifications;
import ukemi.notification.RecoveryRuns;

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
  private final Notifications notifications;
  private final RecoveryRuns runs;
  private final Guests guests;
  private final CloseUnfinishedRun unfinished;
  private final TransactionTemplate transaction;

  DeletedProcesses(
      ClusterLock lock,
      RuntimeService runtime,
      Notifications notifications,
      RecoveryRuns runs,
      Guests guests,
      CloseUnfinishedRun unfinished,
      PlatformTransactionManager transactions) {
    this.lock = lock;
    this.runtime = runtime;
    this.notifications = notifications;
    this.runs = runs;
    this.guests = guests;
    this.unfinished = unfinished;
    this.transaction = new TransactionTemplate(transactions);
  }

  @Scheduled(fixedDelay = 3000)
  void round() {
    if (!notifications.unfinished().isEmpty()) {
      lock.runAlone("deleted-processes", this::look);
    }
  }

  private void look() {
    for (UUID notification : notifications.unfinished()) {
      if (!hasProcess(notification)) { // they are stored together
        LOG.warn("the process of notification {} was deleted", notification);
        transaction.executeWithoutResult(status -> end(notification));
      }
    }
    guests.abandonThoseWithoutProcess(this::living);
  }

  private boolean hasProcess(UUID notification) {
    return runtime
            .createProcessInstanceQuery()
            .processInstanceBusinessKey(notification.toString())
            .rootProcessInstances()
            .count()
        > 0;
  }

  private void end(UUID notification) {
    runs.open().stream()
        .filter(run -> run.notificationUuid().equals(notification))
        .forEach(run -> unfinished.close(run.id()));
    notifications.end(
        notification, Status.FAILED, "Recovery was cancelled in Cockpit before it had begun");
  }

  private Set<String> living(Set<String> processes) {
    return runtime.createProcessInstanceQuery().processInstanceIds(processes).list().stream()
        .map(ProcessInstance::getId)
        .collect(Collectors.toSet());
  }
}
