package ukemi.restart;

import java.util.Optional;
import org.springframework.stereotype.Component;
import ukemi.compute.Compute;
import ukemi.compute.ComputeService;
import ukemi.fencing.DetectionSettings;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;
import ukemi.segment.Hosts;

/** Whether a host's nova-compute is there to take part in what happens to a guest. */
@Component
class HostState {

  private final Compute compute;
  private final Hosts hosts;
  private final RecoveryRuns recoveries;
  private final DetectionSettings detection;

  HostState(Compute compute, Hosts hosts, RecoveryRuns recoveries, DetectionSettings detection) {
    this.compute = compute;
    this.hosts = hosts;
    this.recoveries = recoveries;
    this.detection = detection;
  }

  /** The open recovery of the host; empty for null. */
  Optional<RecoveryRun> recovery(String host) {
    return Optional.ofNullable(host)
        .flatMap(hosts::byName)
        .flatMap(found -> recoveries.openRunOf(found.uuid()));
  }

  /**
   * Why its nova-compute cannot be relied on; empty when it can. Nova calls a dead one up for a
   * minute, so its heartbeat counts too (rule R2).
   */
  Optional<String> whyNotAlive(String host) {
    Optional<ComputeService> found = Optional.ofNullable(host).flatMap(compute::service);
    if (found.filter(ComputeService::up).isEmpty()) {
      return Optional.of("nova-compute on %s is down".formatted(host));
    }
    ComputeService service = found.get();
    return service.readAt().isAfter(service.heartbeat().plus(detection.heartbeatSilence()))
        ? Optional.of(
            "nova-compute on %s has been silent since %s".formatted(host, service.heartbeat()))
        : Optional.empty();
  }

  /** Why nothing may be asked of the host now; empty when it may. */
  Optional<String> whyNotToBeTouched(String host) {
    return recovery(host)
        .map(
            run ->
                "%s is being recovered, see notification %s"
                    .formatted(host, run.notificationUuid()))
        .or(() -> whyNotAlive(host));
  }
}
