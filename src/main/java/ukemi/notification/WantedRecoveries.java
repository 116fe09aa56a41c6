package ukemi.notification;

import java.time.Instant;
import java.util.Map;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import ukemi.segment.Host;
import ukemi.segment.Hosts;
import ukemi.segment.MaintenanceOwner;
import ukemi.segment.Segment;
import ukemi.segment.Segments;

/** Recoveries that no monitor has asked for, but a person. */
@Service
public class WantedRecoveries {

  private final Notifications notifications;
  private final Hosts hosts;
  private final Segments segments;
  private final RecoveryProcesses processes;

  WantedRecoveries(
      Notifications notifications, Hosts hosts, Segments segments, RecoveryProcesses processes) {
    this.notifications = notifications;
    this.hosts = hosts;
    this.segments = segments;
    this.processes = processes;
  }

  /**
   * Stores a notification in the host's name and starts its process.
   *
   * @throws NothingToDo when {@link #requirePossible} throws it, or the host has another name now
   */
  @Transactional(noRollbackFor = NothingToDo.class) // thrown before anything is written
  Notification begin(Host wanted, Map<String, String> payload, Instant now) {
    Host host =
        hosts
            .holdByName(wanted.name())
            .filter(found -> found.uuid().equals(wanted.uuid()))
            .orElseThrow(() -> new NothingToDo("the host is not registered any more"));
    requirePossible(host);
    Notification notification =
        notifications.add(
            new NewNotification(Notification.Type.COMPUTE_HOST, host.name(), now, payload),
            host,
            Notification.Status.NEW,
            null);
    processes.start(notification);
    return notification;
  }

  /**
   * Looks at what forbids a recovery now.
   *
   * @throws NothingToDo when the host is being recovered or returned, or an operator wants nothing
   *     done to it or its segment
   */
  void requirePossible(Host host) {
    if (host.maintenanceOwner() == MaintenanceOwner.OPERATOR) {
      throw new NothingToDo("an operator has the host on maintenance");
    }
    if (host.maintenanceOwner() == MaintenanceOwner.RETURN) {
      throw new NothingToDo("the host is being returned to service");
    }
    if (segments.byUuid(host.segmentUuid()).filter(Segment::enabled).isEmpty()) {
      throw new NothingToDo("the host's segment is disabled");
    }
    if (notifications.unfinishedOf(host.uuid())) {
      throw new NothingToDo("the host is being recovered already");
    }
  }
}
