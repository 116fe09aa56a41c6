package ukemi.evacuation;

import org.springframework.stereotype.Service;
import ukemi.compute.Compute;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeService;
import ukemi.evacuation.HostChanges.Kind;
import ukemi.fault.Boundaries;
import ukemi.fault.Boundary;
import ukemi.fencing.Fencing;
import ukemi.fencing.Heartbeats;
import ukemi.fencing.NoProof;
import ukemi.notification.RecoveryRun;

/**
 * Takes a dead host's nova-compute out of service: force down first, then disable. The other way
 * round Nova blocks for a minute (nova-facts.md).
 */
@Service
public class HostOutOfService {

  private final Compute compute;
  private final Heartbeats heartbeats;
  private final Fencing fencing;
  private final HostChanges changes;

  HostOutOfService(Compute compute, Heartbeats heartbeats, Fencing fencing, HostChanges changes) {
    this.compute = compute;
    this.heartbeats = heartbeats;
    this.fencing = fencing;
    this.changes = changes;
  }

  /**
   * Forces the service down. Nova takes our word for it, so the proof is checked again.
   *
   * @throws NoProof when the proof is missing or void
   */
  public void forceDown(RecoveryRun run) {
    ComputeService service = service(run);
    if (!service.forcedDown()) {
      heartbeats.read(run);
      fencing.requireProof(run.id());
      heartbeats.announceOwnWrite(run.id());
      changes.aboutTo(run.id(), Kind.FORCED_DOWN);
      Boundaries.reached(Boundary.FORCE_DOWN_BEFORE_CALL);
      ComputeService down = compute.forceDown(service);
      Boundaries.reached(Boundary.FORCE_DOWN_ANSWERED);
      heartbeats.rebase(run.id(), down);
    } else {
      heartbeats.rebaseIfAnnounced(run.id(), service);
    }
  }

  /** Disables the service, with the recovery named as the reason. */
  public void disable(RecoveryRun run) {
    ComputeService service = service(run);
    if (service.enabled() || isForProcess(service)) {
      // our write moves the heartbeat: what it showed before must have been seen
      heartbeats.read(run);
      fencing.voidIfContradicted(run.id());
      heartbeats.announceOwnWrite(run.id());
      changes.aboutTo(run.id(), Kind.DISABLED);
      Boundaries.reached(Boundary.DISABLE_BEFORE_CALL);
      ComputeService disabled = compute.disable(service, disabledReason(run));
      Boundaries.reached(Boundary.DISABLE_ANSWERED);
      heartbeats.rebase(run.id(), disabled);
    } else {
      heartbeats.rebaseIfAnnounced(run.id(), service);
    }
  }

  /** What Nova shows as the reason begins with it; by it we know our own disabling again. */
  static final String DISABLED_BY_US = "Ukemi: host failure, notification ";

  /** The same of a host that was disabled because a process of it had failed. */
  public static final String DISABLED_FOR_PROCESS = "Ukemi: process failure, notification ";

  /** Whether it was disabled by Ukemi, or is enabled. */
  public static boolean isByUkemi(ComputeService service) {
    return service.enabled()
        || service.disabledReason() != null && service.disabledReason().startsWith("Ukemi: ");
  }

  /** It is the recovery's now: the process coming back must not enable it. */
  private static boolean isForProcess(ComputeService service) {
    return service.disabledReason() != null
        && service.disabledReason().startsWith(DISABLED_FOR_PROCESS);
  }

  private static String disabledReason(RecoveryRun run) {
    return DISABLED_BY_US + run.notificationUuid();
  }

  private ComputeService service(RecoveryRun run) {
    return compute
        .service(run.hostName())
        .orElseThrow(
            () -> new ComputeRefused(404, "Nova has no nova-compute on " + run.hostName()));
  }
}
