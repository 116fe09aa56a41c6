package ukemi.evacuation;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import ukemi.compute.Compute;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeService;
import ukemi.compute.ComputeUnavailable;
import ukemi.evacuation.HostChanges.Change;
import ukemi.evacuation.HostChanges.Kind;
import ukemi.fault.Boundaries;
import ukemi.fault.Boundary;
import ukemi.fencing.Fencing;
import ukemi.fencing.Heartbeats;
import ukemi.notification.RecoveryRun;
import ukemi.segment.Hosts;
import ukemi.segment.MaintenanceOwner;

/**
 * Puts back what a run has changed on its host, and nothing else (promise 6). Each step may be
 * taken again. What Nova refuses is listed and holds nothing up; the power stays as it is.
 */
@Service
public class HostPutBack {

  private final Compute compute;
  private final Heartbeats heartbeats;
  private final Fencing fencing;
  private final Hosts hosts;
  private final HostChanges changes;

  HostPutBack(
      Compute compute, Heartbeats heartbeats, Fencing fencing, Hosts hosts, HostChanges changes) {
    this.compute = compute;
    this.heartbeats = heartbeats;
    this.fencing = fencing;
    this.hosts = hosts;
    this.changes = changes;
  }

  /**
   * Tells Nova that the host is not forced down any more. Before {@link #enable}: a service that is
   * enabled while it is down stays unused for a while (nova-facts.md).
   *
   * @throws ComputeUnavailable when Nova does not answer: it is still to be done
   */
  public void liftForcedDown(RecoveryRun run) {
    change(
        run,
        Kind.FORCED_DOWN,
        service -> !service.forcedDown(),
        service -> Optional.empty(),
        compute::liftForcedDown);
  }

  /**
   * Enables the host's nova-compute, when it is disabled for our reason.
   *
   * @throws ComputeUnavailable when Nova does not answer: it is still to be done
   */
  public void enable(RecoveryRun run) {
    change(
        run,
        Kind.DISABLED,
        ComputeService::enabled,
        service ->
            service.disabledReason() != null
                    && service.disabledReason().startsWith(HostOutOfService.DISABLED_BY_US)
                ? Optional.empty()
                : Optional.of("somebody has disabled it since: " + service.disabledReason()),
        compute::enable);
  }

  private interface Question<T> {
    T of(ComputeService service);
  }

  private void change(
      RecoveryRun run,
      Kind kind,
      Question<Boolean> isDone,
      Question<Optional<String>> objection,
      Question<ComputeService> call) {
    if (!changes.isOpen(run.id(), kind)) {
      return;
    }
    Optional<ComputeService> found = compute.service(run.hostName());
    if (found.isEmpty()) {
      changes.left(run.id(), kind, "Nova has no nova-compute on " + run.hostName());
      return;
    }
    ComputeService service = found.get();
    if (isDone.of(service)) {
      heartbeats.rebaseIfAnnounced(run.id(), service);
      changes.putBack(run.id(), kind);
      return;
    }
    Optional<String> left = objection.of(service);
    if (left.isPresent()) {
      changes.left(run.id(), kind, left.get());
      return;
    }
    try {
      heartbeats.announceOwnWrite(run.id());
      ComputeService changed = call.of(service);
      Boundaries.reached(Boundary.PUT_BACK_ANSWERED);
      heartbeats.rebase(run.id(), changed);
      changes.putBack(run.id(), kind);
    } catch (ComputeRefused e) {
      heartbeats.rebase(run.id(), service);
      changes.left(run.id(), kind, "Nova refuses it: " + e.getMessage());
    }
  }

  /** Lifts the recovery's maintenance; what was a reserve is one again. */
  @Transactional
  public void liftMaintenance(RecoveryRun run) {
    if (changes.isOpen(run.id(), Kind.MAINTENANCE)) {
      hosts.liftMaintenance(run.hostUuid(), MaintenanceOwner.RECOVERY);
      changes.putBack(run.id(), Kind.MAINTENANCE);
    }
    if (changes.isOpen(run.id(), Kind.RESERVE)) {
      hosts.setReserved(run.hostUuid(), true);
      changes.putBack(run.id(), Kind.RESERVE);
    }
  }

  /** What was put back, what was not and why, what stays; for a person. */
  public String report(RecoveryRun run) {
    List<Change> made = changes.of(run.id());
    if (made.isEmpty() && power(run.id()).isEmpty()) {
      return "Nothing was changed on " + run.hostName();
    }
    String putBack =
        made.stream()
            .filter(Change::putBack)
            .map(change -> change.kind().putBack)
            .collect(Collectors.joining(", "));
    return Stream.of(
            Stream.of(putBack.isEmpty() ? "Nothing was put back" : "Put back: " + putBack),
            left(made),
            power(run.id()).stream())
        .flatMap(lines -> lines)
        .collect(Collectors.joining("\n"));
  }

  /** Whether the run has made an ordinary host of its host, which was a reserve. */
  public boolean tookReserve(UUID runId) {
    return changes.isOpen(runId, Kind.RESERVE);
  }

  /** Whether its host is forced down or disabled, by the run or by those before it. */
  public boolean isOutOfNova(RecoveryRun run) {
    return changes.isOpen(run.id(), Kind.FORCED_DOWN) || changes.isOpen(run.id(), Kind.DISABLED);
  }

  /** Whether {@code put-host-back} would have something to do. */
  public boolean isAnythingChanged(RecoveryRun run) {
    return left(run).isPresent();
  }

  /** What could not be put back, and why; empty when all was. */
  public Optional<String> left(RecoveryRun run) {
    List<String> left =
        Stream.concat(left(changes.of(run.id())), fencing.lockLeft(run.id()).stream()).toList();
    return left.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", left));
  }

  private static Stream<String> left(List<Change> made) {
    return made.stream()
        .filter(change -> !change.putBack())
        .map(
            change ->
                "still %s%s"
                    .formatted(
                        change.kind().made,
                        change.leftBecause() == null ? "" : " (" + change.leftBecause() + ")"));
  }

  private List<String> power(UUID runId) {
    return Stream.of(fencing.powerLeft(runId), fencing.lockLeft(runId))
        .flatMap(Optional::stream)
        .toList();
  }

  /** What the run has changed and nobody has put back, one a line; empty when there is none. */
  public String changed(RecoveryRun run) {
    return Stream.concat(
            changes.of(run.id()).stream()
                .filter(change -> !change.putBack())
                .map(change -> change.kind().made),
            power(run.id()).stream())
        .collect(Collectors.joining("\n"));
  }

  /** The same as a sentence, when nobody will put it back. */
  public String stays(RecoveryRun run) {
    String changed = changed(run);
    return changed.isEmpty()
        ? "Nothing on " + run.hostName() + " is changed by it"
        : "What it changed stays: " + changed.replace("\n", ", ");
  }
}
