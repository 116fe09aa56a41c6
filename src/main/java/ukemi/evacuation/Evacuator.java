package ukemi.evacuation;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import ukemi.compute.Compute;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeUnavailable;
import ukemi.compute.Instance;
import ukemi.fault.Boundaries;
import ukemi.fault.Boundary;
import ukemi.fencing.Fencing;
import ukemi.fencing.NoProof;

/**
 * Makes the one evacuate call of an attempt. The intent is committed before the call, so that a
 * crash at any moment leads to waiting for Nova and never to a second call.
 */
@Service
public class Evacuator {

  /** The states that Nova evacuates (masakari-engine.md 7.2). */
  private static final Set<String> EVACUABLE = Set.of("active", "stopped", "error");

  private static final String LOCK_REASON = "Ukemi: its host has failed, it is being recovered";

  private final Attempts attempts;
  private final Guests guests;
  private final Fencing fencing;
  private final Compute compute;
  private final SourceReadings readings;
  private final Targets targets;
  private final GuestSettings settings;
  private final TransactionTemplate ownTransaction;

  Evacuator(
      Attempts attempts,
      Guests guests,
      Fencing fencing,
      Compute compute,
      SourceReadings readings,
      Targets targets,
      GuestSettings settings,
      PlatformTransactionManager transactions) {
    this.attempts = attempts;
    this.guests = guests;
    this.fencing = fencing;
    this.compute = compute;
    this.readings = readings;
    this.targets = targets;
    this.settings = settings;
    this.ownTransaction = new TransactionTemplate(transactions);
    this.ownTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
  }

  /**
   * Asks Nova to evacuate the guest whose slot was granted. Whatever happens, the attempt tells: it
   * is closed here when the call was not made or was refused, else the landing watch closes it.
   *
   * @param reserve the host that this pass fills; null = none, see {@link TargetSettings}
   * @throws ComputeUnavailable when Nova could not be read before the call; the guest may be locked
   *     and reset by then, which the next try takes up
   */
  public void evacuate(UUID vmove, String reserve) {
    Optional<Attempt> granted = attempts.last(vmove);
    if (granted.isEmpty() || !granted.get().isOpen() || granted.get().askedAt() != null) {
      return; // asked before a crash: only Nova knows, the landing watch reads it
    }
    Attempt attempt = granted.get();
    long seen = readings.baseline(attempt);
    Optional<Instance> instance =
        readings
            .listed(attempt, seen)
            .filter(listed -> !isToBePrepared(listed, attempt))
            .or(() -> compute.instance(attempt.instance()));
    boolean rebuilding = instance.filter(Evacuator::isRebuilding).isPresent();
    // somebody may have evacuated it since
    long baseline = rebuilding ? compute.lastEvacuation(attempt.instance()) : seen;
    if (instance.isEmpty()) {
      close(attempt, Attempt.Outcome.GONE, "Nova has no such guest any more");
      return;
    }
    if (!attempt.sourceHost().equals(instance.get().host())) {
      ownTransaction.executeWithoutResult(status -> attempts.asking(attempt.id(), 0, null));
      return; // somebody evacuated it already; the landing watch says what became of it
    }
    if (rebuilding
        && !attempts.isDead(attempt.instance(), baseline)
        && isUnderWay(attempt, baseline)) {
      ownTransaction.executeWithoutResult(
          status -> attempts.asking(attempt.id(), baseline - 1, null));
      return; // somebody evacuates it just now: a second call would start it twice
    }
    if (instance.get().vmState().equals("soft-delete")) {
      close(attempt, Attempt.Outcome.IMPOSSIBLE, "its owner has deleted it");
      return;
    }
    Optional<String> target;
    try {
      target = reserve == null ? targets.choose(attempt) : targets.reserve(reserve);
      if (isToBePrepared(instance.get(), attempt)) {
        fencing.requireProof(attempt.runId());
        if (!prepare(attempt, instance.get())) {
          return;
        }
      }
      fencing.requireProof(attempt.runId());
    } catch (NoProof e) {
      close(attempt, Attempt.Outcome.NOT_ASKED, e.getMessage());
      return;
    } catch (NoTarget e) {
      close(attempt, Attempt.Outcome.FAILED, e.getMessage());
      return;
    }
    try {
      if (!Boolean.TRUE.equals(
          ownTransaction.execute(status -> intend(attempt, baseline, target.orElse(null))))) {
        return;
      }
    } catch (NoProof e) {
      close(attempt, Attempt.Outcome.NOT_ASKED, e.getMessage());
      return;
    }
    Boundaries.reached(Boundary.EVACUATE_INTENT_STORED);
    try {
      compute.evacuate(attempt.instance(), target);
      Boundaries.reached(Boundary.EVACUATE_ANSWERED);
      ownTransaction.executeWithoutResult(status -> attempts.answered(attempt.id()));
    } catch (ComputeRefused e) {
      close(attempt, Attempt.Outcome.FAILED, "Nova refused: " + e.getMessage());
    } catch (ComputeUnavailable e) {
      // perhaps it was taken, perhaps not: the landing watch reads it from Nova
      ownTransaction.executeWithoutResult(
          status -> attempts.unanswered(attempt.id(), e.getMessage()));
    }
  }

  /** Whether Nova works on an order to build it anew; a user's rebuild looks the same. */
  static boolean isRebuilding(Instance instance) {
    return instance.taskState() != null && instance.taskState().startsWith("rebuild");
  }

  private boolean isUnderWay(Attempt attempt, long migration) {
    return compute.evacuationsFrom(attempt.sourceHost(), migration - 1).stream()
        .filter(found -> found.id() == migration)
        .anyMatch(found -> !found.done() && !found.failed());
  }

  /**
   * Nova evacuates only guests in certain states, and a task that the host died with would stay for
   * ever. Each step is repeated by who comes after a crash.
   *
   * @return false when the attempt is over
   */
  private boolean prepare(Attempt attempt, Instance instance) {
    if (!attempts.isOpen(attempt.id())) {
      return false; // cancelled meanwhile
    }
    try {
      if (!instance.locked() && isToBeLocked(instance, attempt)) {
        ownTransaction.executeWithoutResult(status -> guests.locked(attempt.vmoveUuid()));
        compute.lock(attempt.instance(), LOCK_REASON);
        Boundaries.reached(Boundary.GUEST_LOCKED);
      }
      if (isToBeReset(instance)) {
        compute.resetToError(attempt.instance());
        Boundaries.reached(Boundary.GUEST_RESET);
      }
      return true;
    } catch (ComputeRefused e) {
      Attempt.Outcome outcome = e.status() == 404 ? Attempt.Outcome.GONE : Attempt.Outcome.FAILED;
      close(attempt, outcome, "Nova refused: " + e.getMessage());
      return false;
    }
  }

  private boolean isToBePrepared(Instance instance, Attempt attempt) {
    return isToBeReset(instance) || isToBeLocked(instance, attempt);
  }

  private static boolean isToBeReset(Instance instance) {
    return !EVACUABLE.contains(instance.vmState()) || instance.taskState() != null;
  }

  private boolean isToBeLocked(Instance instance, Attempt attempt) {
    return switch (settings.lock()) {
      case ALWAYS -> true;
      case SEVERAL_STEPS ->
          isToBeReset(instance)
              || attempt.stateWanted().equals("error")
              || !attempt.stateWanted().equals(instance.vmState());
      case NEVER -> false;
    };
  }

  private boolean intend(Attempt attempt, long baseline, String target) {
    if (!attempts.asking(attempt.id(), baseline, target)) {
      return false;
    }
    fencing.relyOn(attempt.runId());
    guests.begin(attempt.vmoveUuid());
    return true;
  }

  private void close(Attempt attempt, Attempt.Outcome outcome, String reason) {
    ownTransaction.executeWithoutResult(
        status -> attempts.close(attempt.id(), outcome, null, reason));
  }
}
