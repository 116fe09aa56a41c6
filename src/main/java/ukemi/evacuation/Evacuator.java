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

  private final Attempts attempts;
  private final Guests guests;
  private final Fencing fencing;
  private final Compute compute;
  private final TransactionTemplate ownTransaction;

  Evacuator(
      Attempts attempts,
      Guests guests,
      Fencing fencing,
      Compute compute,
      PlatformTransactionManager transactions) {
    this.attempts = attempts;
    this.guests = guests;
    this.fencing = fencing;
    this.compute = compute;
    this.ownTransaction = new TransactionTemplate(transactions);
    this.ownTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
  }

  /**
   * Asks Nova to evacuate the guest whose slot was granted. Whatever happens, the attempt tells: it
   * is closed here when the call was not made or was refused, else the landing watch closes it.
   *
   * @throws ComputeUnavailable when Nova could not be read before the call; nothing was changed
   */
  public void evacuate(UUID vmove) {
    Optional<Attempt> granted = attempts.last(vmove);
    if (granted.isEmpty() || !granted.get().isOpen() || granted.get().askedAt() != null) {
      return; // asked before a crash: only Nova knows, the landing watch reads it
    }
    Attempt attempt = granted.get();
    long baseline = compute.lastEvacuation(attempt.instance());
    Optional<Instance> instance = compute.instance(attempt.instance());
    if (instance.isEmpty()) {
      close(attempt, Attempt.Outcome.GONE, "Nova has no such guest any more");
      return;
    }
    if (!attempt.sourceHost().equals(instance.get().host())) {
      ownTransaction.executeWithoutResult(status -> attempts.asking(attempt.id(), 0));
      return; // somebody evacuated it already; the landing watch says what became of it
    }
    if (isRebuilding(instance.get()) && isUnderWay(attempt, baseline)) {
      ownTransaction.executeWithoutResult(status -> attempts.asking(attempt.id(), baseline - 1));
      return; // somebody evacuates it just now: a second call would start it twice
    }
    if (!EVACUABLE.contains(instance.get().vmState())) {
      close(
          attempt,
          Attempt.Outcome.IMPOSSIBLE,
          "Nova does not evacuate a guest in state " + instance.get().vmState());
      return;
    }
    try {
      fencing.requireProof(attempt.runId());
    } catch (NoProof e) {
      close(attempt, Attempt.Outcome.NOT_ASKED, e.getMessage());
      return;
    }
    if (!Boolean.TRUE.equals(ownTransaction.execute(status -> intend(attempt, baseline)))) {
      return;
    }
    fencing.reliedOn(attempt.runId());
    Boundaries.reached(Boundary.EVACUATE_INTENT_STORED);
    try {
      compute.evacuate(attempt.instance(), Optional.empty());
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

  private boolean intend(Attempt attempt, long baseline) {
    guests.begin(attempt.vmoveUuid());
    return attempts.asking(attempt.id(), baseline);
  }

  private void close(Attempt attempt, Attempt.Outcome outcome, String reason) {
    ownTransaction.executeWithoutResult(
        status -> attempts.close(attempt.id(), outcome, null, reason));
  }
}
