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

/** What a person may do about a recovery as a whole: end it, or have what is left tried again. */
@Service
public class RunControl {

  private final Notifications notifications;
  private final RecoveryRuns runs;
  private final Hosts hosts;
  private final Segments segments;
  private final RecoveryProcesses processes;

  RunControl(
      Notifications notifications,
      RecoveryRuns runs,
      Hosts hosts,
      Segments segments,
      RecoveryProcesses processes) {
    this.notifications = notifications;
    this.runs = runs;
    this.hosts = hosts;
    this.segments = segments;
    this.processes = processes;
  }

  /**
   * Cancels the notification's recovery.
   *
   * @throws NothingToDo when it has none that is open
   */
  public void cancel(Notification notification, Cancellation cancellation) {
    RecoveryRun run =
        runs.openRunOf(notification.sourceHostUuid())
            .filter(open -> open.notificationUuid().equals(notification.uuid()))
            .orElseThrow(
                () -> new NothingToDo("the notification has no open recovery to be cancelled"));
    processes
        .cancel(run, cancellation)
        .ifPresent(
            why -> {
              throw new NothingToDo(why);
            });
  }

  /**
   * Starts a new recovery for the guests that an ended one has left on the host. The host is on
   * maintenance by then; that does not refuse it.
   *
   * @throws NothingToDo when the host is being recovered, the notification has not ended, or an
   *     operator wants nothing done to the host or its segment
   */
  @Transactional(noRollbackFor = NothingToDo.class) // thrown before anything is written
  public Notification retry(Notification ended, Instant now) {
    Host host =
        hosts
            .holdByName(ended.sourceHostName())
            .filter(found -> found.uuid().equals(ended.sourceHostUuid()))
            .orElseThrow(() -> new NothingToDo("the host is not registered any more"));
    if (ended.type() != Notification.Type.COMPUTE_HOST || ended.hostStarted()) {
      throw new NothingToDo("it did not report a failed host");
    }
    return begin(host, ended.payload(), now);
  }

  /**
   * Starts a recovery of a host that a person says is down, by the name that it has now.
   *
   * @param reported what is known of its failure, as in a notification's payload
   * @throws NothingToDo when the host is being recovered, or an operator wants nothing done to it
   *     or its segment
   */
  @Transactional(noRollbackFor = NothingToDo.class)
  public Notification recover(Host down, Map<String, String> reported, Instant now) {
    Host host =
        hosts
            .holdByName(down.name())
            .filter(found -> found.uuid().equals(down.uuid()))
            .orElseThrow(() -> new NothingToDo("the host is not registered any more"));
    return begin(host, reported, now);
  }

  private Notification begin(Host host, Map<String, String> payload, Instant now) {
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
    Notification again =
        notifications.add(
            new NewNotification(Notification.Type.COMPUTE_HOST, host.name(), now, payload),
            host,
            Notification.Status.NEW,
            null);
    processes.start(again);
    return again;
  }

  /**
   * The same for the last recovery of the host of that name.
   *
   * @throws NothingToDo also when it never had one
   */
  @Transactional(noRollbackFor = NothingToDo.class)
  public Notification retry(String hostName, Instant now) {
    Notification last =
        runs.lastOf(hostName)
            .flatMap(run -> notifications.find(run.notificationUuid()))
            .orElseThrow(
                () -> new NothingToDo("no host named " + hostName + " was ever recovered"));
    return retry(last, now);
  }

  /**
   * Starts the return of a host that is on maintenance to service.
   *
   * @throws NothingToDo when it is in service, is being recovered or is being returned already
   */
  @Transactional
  public void returnToService(Host host, String person) {
    if (!host.onMaintenance()) {
      throw new NothingToDo("the host is not on maintenance");
    }
    if (host.maintenanceOwner() == MaintenanceOwner.RETURN) {
      throw new NothingToDo("the host is being returned already");
    }
    if (host.maintenanceOwner() == MaintenanceOwner.PROCESS) {
      throw new NothingToDo("the host returns by itself when its failed process is back");
    }
    if (notifications.unfinishedOf(host.uuid())) {
      throw new NothingToDo("the host is being recovered");
    }
    processes.startReturn(host.name(), person);
  }
}
