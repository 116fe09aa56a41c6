package ukemi.runbook;

import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import ukemi.database.ClusterLock;
import ukemi.notification.ForgottenNotifications;
import ukemi.notification.Notification;
import ukemi.notification.Notification.Status;

/**
 * Finds the notifications again that nobody deals with. One that was never picked up, or whose
 * retry is due, gets its process; one that is too old ends. A notification with a process or an
 * open run is never touched, however old it is: somebody may be asked.
 */
@Component
class ForgottenNotificationsWatch {

  private static final Logger LOG = LoggerFactory.getLogger(ForgottenNotificationsWatch.class);

  private final ClusterLock lock;
  private final ForgottenNotifications forgotten;
  private final NotificationProcesses processes;
  private final ProcessStarter starter;
  private final TransactionTemplate transaction;

  ForgottenNotificationsWatch(
      ClusterLock lock,
      ForgottenNotifications forgotten,
      NotificationProcesses processes,
      ProcessStarter starter,
      PlatformTransactionManager transactions) {
    this.lock = lock;
    this.forgotten = forgotten;
    this.processes = processes;
    this.starter = starter;
    this.transaction = new TransactionTemplate(transactions);
  }

  @Scheduled(initialDelay = 10_000, fixedDelay = 30_000)
  void round() {
    lock.runAlone("forgotten-notifications", this::look);
  }

  private void look() {
    forgotten.expired().forEach(uuid -> unlessDealtWith(uuid, this::expire));
    forgotten.due().forEach(uuid -> unlessDealtWith(uuid, this::pickUp));
  }

  /** One that cannot be dealt with does not keep the others waiting. */
  private void unlessDealtWith(UUID uuid, Consumer<Notification> what) {
    try {
      transaction.executeWithoutResult(
          status ->
              forgotten
                  .hold(uuid)
                  .filter(notification -> !processes.isRunning(uuid))
                  .ifPresent(what));
    } catch (RuntimeException e) {
      LOG.warn("notification {} is forgotten: {}", uuid, e.toString());
    }
  }

  private void expire(Notification notification) {
    LOG.warn("notification {} has expired", notification.uuid());
    forgotten.expire(notification.uuid());
  }

  /** A new one whose process was deleted has been dealt with, see {@link DeletedProcesses}. */
  private void pickUp(Notification notification) {
    if (notification.status() == Status.NEW && processes.wasStarted(notification.uuid())) {
      return;
    }
    LOG.warn("notification {} had no process: it gets one", notification.uuid());
    starter.start(notification);
  }
}
