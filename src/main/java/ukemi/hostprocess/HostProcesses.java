package ukemi.hostprocess;

import java.util.Optional;
import org.springframework.stereotype.Service;
import ukemi.compute.Compute;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeService;
import ukemi.compute.ComputeUnavailable;
import ukemi.compute.HeartbeatSteps;
import ukemi.evacuation.HostOutOfService;
import ukemi.notification.RecoveryRuns;
import ukemi.segment.Host;
import ukemi.segment.Hosts;
import ukemi.segment.MaintenanceOwner;

/**
 * Keeps new guests away from a host while one of its processes is down (masakari-engine.md 4). A
 * failure of the whole host goes first: its recovery takes the host over.
 */
@Service
public class HostProcesses {

  private final Compute compute;
  private final ProcessRuns runs;
  private final RecoveryRuns recoveries;
  private final Hosts hosts;

  private final HeartbeatSteps beats = new HeartbeatSteps();

  HostProcesses(Compute compute, ProcessRuns runs, RecoveryRuns recoveries, Hosts hosts) {
    this.compute = compute;
    this.runs = runs;
    this.recoveries = recoveries;
    this.hosts = hosts;
  }

  /** What became of the host meanwhile. */
  public enum Outlook {
    /** The process is down, as far as is known. */
    DOWN,
    BACK,
    /** A host recovery has taken the host out of service: it returns by that way. */
    TAKEN_OVER
  }

  /**
   * Disables the host's nova-compute, unless it is disabled, or the host is being recovered: a
   * change would look like a sign of life then. Blocks for up to a minute when Nova still believes
   * a dead one up.
   *
   * @throws ComputeUnavailable when Nova does not answer
   * @throws ComputeRefused when Nova knows no nova-compute on the host
   */
  public void disable(ProcessRun run) {
    if (isBeingRecovered(run)) {
      return;
    }
    ComputeService service = service(run);
    if (service.enabled()) {
      compute.disable(service, HostOutOfService.DISABLED_FOR_PROCESS + run.notificationUuid());
    }
  }

  /**
   * Whether Nova shows it disabled, or a recovery of the host sees to that.
   *
   * @throws ComputeUnavailable when Nova does not answer
   */
  public boolean isDisabled(ProcessRun run) {
    return isBeingRecovered(run) || !service(run).enabled();
  }

  /**
   * Whether the host can be used again.
   *
   * @param byHeartbeat whether heartbeats of nova-compute say so too, or only a report of the
   *     process; a nova-compute reports to Nova also without a libvirtd
   * @throws ComputeUnavailable when Nova does not answer
   */
  public Outlook look(ProcessRun run, boolean byHeartbeat) {
    if (isBeingRecovered(run)) {
      return Outlook.DOWN; // its outcome is awaited
    }
    Optional<Host> host = hosts.byUuid(run.hostUuid());
    if (host.isEmpty() || isOutOfService(host.get().maintenanceOwner())) {
      return Outlook.TAKEN_OVER;
    }
    if (run.reportedUpAt() == null && !(byHeartbeat && beatsAgain(run))) {
      return Outlook.DOWN;
    }
    runs.back(run.id());
    return Outlook.BACK;
  }

  private static boolean isOutOfService(MaintenanceOwner owner) {
    return owner == MaintenanceOwner.RECOVERY || owner == MaintenanceOwner.RETURN;
  }

  private boolean isBeingRecovered(ProcessRun run) {
    return recoveries.openRunOf(run.hostUuid()).isPresent();
  }

  private boolean beatsAgain(ProcessRun run) {
    ComputeService service = service(run);
    beats.keep(runs.open().stream().map(ProcessRun::id).toList());
    if (!service.up()) {
      beats.forget(run.id());
      return false;
    }
    return beats.beats(run.id(), service.heartbeat());
  }

  /**
   * Enables the host's nova-compute, when it is disabled for our reason and nothing else keeps it
   * out of service. Closes the run in the same transaction: a process that fails from then on has a
   * run of its own.
   *
   * @return what became of it, for a person
   * @throws StillDown when it has to be waited for again
   * @throws ComputeUnavailable when Nova does not answer
   */
  public String enable(ProcessRun run) throws StillDown {
    String done = giveBack(run);
    runs.close(run.id());
    return done;
  }

  private String giveBack(ProcessRun run) throws StillDown {
    Optional<ProcessRuns.Held> held = runs.release(run.id());
    if (held.isPresent()) {
      if (held.get().forNow()) {
        beats.forget(run.id());
        throw new StillDown(held.get().why());
      }
      return run.hostName() + " stays disabled: " + held.get().why();
    }
    ComputeService service = service(run);
    if (service.enabled()) {
      return run.hostName() + " takes guests again: somebody has enabled it";
    }
    String reason = service.disabledReason();
    if (reason == null || !reason.startsWith(HostOutOfService.DISABLED_FOR_PROCESS)) {
      return run.hostName() + " stays disabled: it is so for another reason: " + reason;
    }
    compute.enable(service);
    return run.hostName() + " takes guests again";
  }

  /**
   * Has the host stay disabled also when another process of it comes back: it is so for a person's
   * reason then.
   *
   * @throws ComputeUnavailable when Nova does not answer
   */
  public void keepDisabled(ProcessRun run, String person) {
    ComputeService service = service(run);
    if (!service.enabled()
        && service.disabledReason() != null
        && service.disabledReason().startsWith(HostOutOfService.DISABLED_FOR_PROCESS)) {
      compute.disable(service, "Ukemi: left disabled by " + person);
    }
  }

  private ComputeService service(ProcessRun run) {
    return compute
        .service(run.hostName())
        .orElseThrow(
            () -> new ComputeRefused(404, "Nova has no nova-compute on " + run.hostName()));
  }
}
