package ukemi.notification;

import java.time.Instant;
import java.util.Map;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import ukemi.compute.Compute;
import ukemi.segment.Host;
import ukemi.segment.Hosts;
import ukemi.segment.MaintenanceOwner;

/** What a person may do about a recovery as a whole: end it, or have what is left tried again. */
@Service
public class RunControl {

  private final Notifications notifications;
  private final RecoveryRuns runs;
  private final Hosts hosts;
  private final WantedRecoveries wanted;
  private final RecoveryProcesses processes;
  private final Compute compute;

  RunControl(
      Notifications notifications,
      RecoveryRuns runs,
      Hosts hosts,
      WantedRecoveries wanted,
      RecoveryProcesses processes,
      Compute compute) {
    this.notifications = notifications;
    this.runs = runs;
    this.hosts = hosts;
    this.wanted = wanted;
    this.processes = processes;
    this.compute = compute;
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
   * @throws NothingToDo when Nova shows no guest on the host or does not know it, it is being
   *     recovered, the notification has not ended, or an operator wants nothing done to the host or
   *     its segment
   * @throws ukemi.compute.ComputeUnavailable when Nova does not answer: the host may be empty
   */
  public Notification retry(Notification ended, Instant now) {
    Host host =
        hosts
            .byName(ended.sourceHostName())
            .filter(found -> found.uuid().equals(ended.sourceHostUuid()))
            .orElseThrow(() -> new NothingToDo("the host is not registered any more"));
    if (ended.type() != Notification.Type.COMPUTE_HOST || ended.hostStarted()) {
      throw new NothingToDo("it did not report a failed host");
    }
    wanted.requirePossible(host);
    // outside the transaction that follows
    if (compute.service(host.name()).isEmpty()) {
      throw new NothingToDo("Nova knows no nova-compute on the host");
    }
    if (compute.instancesOn(host.name()).isEmpty()) {
      throw new NothingToDo("Nova shows no guest on the host");
    }
    return wanted.begin(host, ended.payload(), now);
  }

  /**
   * The same for the last recovery of the host of that name.
   *
   * @throws NothingToDo also when it never had one
   */
  public Notification retry(String hostName, Instant now) {
    Notification last =
        runs.lastOf(hostName)
            .flatMap(run -> notifications.find(run.notificationUuid()))
            .orElseThrow(
                () -> new NothingToDo("no host named " + hostName + " was ever recovered"));
    return retry(last, now);
  }

  /**
   * Starts a recovery of a host that a person says is down, by the name that it has now.
   *
   * @param reported what is known of its failure, as in a notification's payload
   * @throws NothingToDo when the host is being recovered, or an operator wants nothing done to it
   *     or its segment
   */
  public Notification recover(Host down, Map<String, String> reported, Instant now) {
    return wanted.begin(down, reported, now);
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
