package ukemi.evacuation;

import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import ukemi.fencing.FencingSettings;
import ukemi.fencing.Provider;
import ukemi.notification.Notification;
import ukemi.notification.Notification.Status;
import ukemi.notification.Notifications;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;

/** Decides whether a notification leads to a recovery, and claims the host for it (rule R3). */
@Service
public class HostClaim {

  private final Notifications notifications;
  private final RecoveryRuns runs;
  private final HostChanges changes;
  private final FencingSettings fencing;

  HostClaim(
      Notifications notifications,
      RecoveryRuns runs,
      HostChanges changes,
      FencingSettings fencing) {
    this.notifications = notifications;
    this.runs = runs;
    this.changes = changes;
    this.fencing = fencing;
  }

  /**
   * Claims the host. When there is nothing to recover, the notification ends with the reason.
   *
   * @return the run; empty when there is nothing to recover
   */
  @Transactional
  public Optional<RecoveryRun> claim(UUID notificationUuid, String processInstanceId) {
    Notification notification = notifications.find(notificationUuid).orElseThrow();
    if (fencing.provider() == Provider.NONE
        && !"NORMAL".equals(notification.payload().get("host_status"))) {
      notifications.end(
          notificationUuid,
          Status.IGNORED,
          "host_status is not NORMAL, and no fencing is configured that could prove the host off");
      return Optional.empty();
    }
    Optional<RecoveryRun> run = runs.open(notification, processInstanceId);
    run.ifPresent(changes::takeOver);
    if (run.isEmpty()) {
      notifications.end(
          notificationUuid,
          Status.IGNORED,
          "Joined the open recovery of this host: "
              + runs.openRunOf(notification.sourceHostUuid())
                  .map(open -> "notification " + open.notificationUuid())
                  .orElse("it has just ended"));
    }
    return run;
  }
}
