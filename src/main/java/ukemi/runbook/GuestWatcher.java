package ukemi.runbook;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.EventSubscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import ukemi.database.ClusterLock;
import ukemi.restart.GuestMove;
import ukemi.restart.GuestRestart;
import ukemi.restart.GuestRun;
import ukemi.restart.GuestRuns;

/**
 * Reads from Nova the failed guests that a process waits for, and tells it. One node at a time;
 * silent without open work. What cannot be read is read again; the drawing has the deadline.
 */
@Component
class GuestWatcher {

  private static final Logger LOG = LoggerFactory.getLogger(GuestWatcher.class);

  /** What has waited for so long, as for a person, is read only now and then. */
  private static final Duration LONG = Duration.ofMinutes(10);

  private static final Duration NOW_AND_THEN = Duration.ofSeconds(30);

  /** A failure that took longer ends the round: the next begins with those not read in it. */
  private static final Duration SLOW = Duration.ofSeconds(5);

  private static final List<String> MESSAGES =
      List.of(
          InstanceFailureProcess.GUEST_STOPPED,
          InstanceFailureProcess.GUEST_ACTIVE,
          InstanceFailureProcess.HOST_SETTLED,
          InstanceFailureProcess.GUEST_MOVED,
          InstanceFailureProcess.MOVE_FAILED,
          InstanceFailureProcess.MOVE_CONFIRMED);

  /** Where a message ends a question to a person. */
  private static final Set<String> ASKED =
      Set.of(InstanceFailureProcess.GUEST_BACK_BY_ITSELF, InstanceFailureProcess.MOVED_LATE);

  private final ClusterLock lock;
  private final RuntimeService runtime;
  private final HeldProcesses held;
  private final GuestRuns runs;
  private final GuestRestart restart;
  private final GuestMove move;
  private final TransactionTemplate transaction;

  /** Rounds in which each was last read, so that none waits behind the others for ever. */
  private final Map<String, Long> readIn = new HashMap<>();

  /** How far moves are, in this round. */
  private final Map<UUID, GuestMove.Progress> progress = new HashMap<>();

  /** Processes that were told in this round, and wait there no more, or could not be read in it. */
  private final Set<String> lookedAt = new HashSet<>();

  private long round;
  private Instant nextSlowRead = Instant.MIN;
  private Instant nextPutBack = Instant.MIN;

  GuestWatcher(
      ClusterLock lock,
      RuntimeService runtime,
      HeldProcesses held,
      GuestRuns runs,
      GuestRestart restart,
      GuestMove move,
      PlatformTransactionManager transactions) {
    this.lock = lock;
    this.runtime = runtime;
    this.held = held;
    this.runs = runs;
    this.restart = restart;
    this.move = move;
    this.transaction = new TransactionTemplate(transactions);
  }

  @Scheduled(fixedDelay = 1000)
  void round() {
    if (runs.hasWork()) {
      lock.runAlone("guest-watcher", this::look);
    }
  }

  private void look() {
    Instant now = Instant.now();
    boolean slowToo = !now.isBefore(nextSlowRead);
    if (slowToo) {
      nextSlowRead = now.plus(NOW_AND_THEN);
    }
    grantMoves();
    readWaiting(now, slowToo);
    if (!now.isBefore(nextPutBack)) {
      // also when the first could not be done
      boolean done = move.unlock() & move.release();
      nextPutBack = done ? Instant.MIN : now.plus(NOW_AND_THEN);
    }
  }

  /** Who waits longest goes first, unless too many of his host are under way. */
  private void grantMoves() {
    held.waitingFor(InstanceFailureProcess.MOVE_GRANTED).stream()
        .sorted(Comparator.comparing(EventSubscription::getCreated))
        .forEach(this::grant);
  }

  private void grant(EventSubscription waiting) {
    try {
      transaction.executeWithoutResult(
          status -> {
            if (move.grant(run(waiting))) {
              runtime.messageEventReceived(
                  InstanceFailureProcess.MOVE_GRANTED, waiting.getExecutionId());
            }
          });
    } catch (RuntimeException e) {
      LOG.warn("Move of {} not granted: {}", waiting.getProcessInstanceId(), e.toString());
    }
  }

  private void readWaiting(Instant now, boolean slowToo) {
    round++;
    progress.clear();
    lookedAt.clear();
    List<EventSubscription> waiting =
        MESSAGES.stream()
            .flatMap(message -> held.waitingFor(message).stream())
            .filter(one -> slowToo || one.getCreated().toInstant().isAfter(now.minus(LONG)))
            .toList();
    readIn.keySet().retainAll(waiting.stream().map(EventSubscription::getId).toList());
    for (EventSubscription one : longestUnreadFirst(waiting)) {
      if (lookedAt.contains(one.getProcessInstanceId())) {
        continue;
      }
      long began = System.nanoTime();
      readIn.put(one.getId(), round);
      if (!tell(one.getEventName(), one) && System.nanoTime() - began > SLOW.toNanos()) {
        return; // it would be the same for each of the others
      }
    }
  }

  private List<EventSubscription> longestUnreadFirst(List<EventSubscription> waiting) {
    return waiting.stream()
        .sorted(Comparator.comparing(one -> readIn.getOrDefault(one.getId(), -1L)))
        .toList();
  }

  /**
   * @return false when it could not be read
   */
  private boolean tell(String message, EventSubscription waiting) {
    try {
      if (isTrue(message, waiting)) {
        LOG.info("{}: {}", message, waiting.getProcessInstanceId());
        runtime.messageEventReceived(message, waiting.getExecutionId());
        lookedAt.add(waiting.getProcessInstanceId());
      }
      return true;
    } catch (RuntimeException e) {
      lookedAt.add(waiting.getProcessInstanceId());
      LOG.warn("{} of {}: {}", message, waiting.getProcessInstanceId(), e.toString());
      return false;
    }
  }

  private boolean isTrue(String message, EventSubscription waiting) {
    if (message.equals(InstanceFailureProcess.HOST_SETTLED)) {
      return restart.isOver(variable(waiting, InstanceFailureProcess.HOST_RECOVERY));
    }
    GuestRun run = run(waiting);
    boolean asksPerson = ASKED.contains(waiting.getActivityId());
    return switch (message) {
      case InstanceFailureProcess.GUEST_STOPPED -> restart.isStopped(run);
      case InstanceFailureProcess.GUEST_MOVED ->
          asksPerson ? move.isMovedLate(run) : progress(run) == GuestMove.Progress.MOVED;
      case InstanceFailureProcess.MOVE_FAILED -> progress(run) == GuestMove.Progress.FAILED;
      case InstanceFailureProcess.MOVE_CONFIRMED -> move.isConfirmed(run);
      default -> asksPerson ? restart.isBack(run) : restart.isActive(run);
    };
  }

  /** Two messages ask for it: it is read once a round. */
  private GuestMove.Progress progress(GuestRun run) {
    GuestMove.Progress known = progress.get(run.id());
    if (known == null) {
      known = move.progress(run);
      progress.put(run.id(), known);
    }
    return known;
  }

  private GuestRun run(EventSubscription waiting) {
    return runs.get(UUID.fromString(variable(waiting, HostFailureProcess.RUN_ID)));
  }

  private String variable(EventSubscription waiting, Variable<String> variable) {
    return (String) runtime.getVariable(waiting.getExecutionId(), variable.name());
  }
}
