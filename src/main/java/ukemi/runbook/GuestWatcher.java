package ukemi.runbook;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.EventSubscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
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

  /** Where a message ends a question to a person. */
  private static final Set<String> ASKED =
      Set.of(InstanceFailureProcess.GUEST_BACK_BY_ITSELF, InstanceFailureProcess.MOVED_LATE);

  private final ClusterLock lock;
  private final RuntimeService runtime;
  private final HeldProcesses held;
  private final GuestRuns runs;
  private final GuestRestart restart;
  private final GuestMove move;

  private Instant nextSlowRead = Instant.MIN;

  GuestWatcher(
      ClusterLock lock,
      RuntimeService runtime,
      HeldProcesses held,
      GuestRuns runs,
      GuestRestart restart,
      GuestMove move) {
    this.lock = lock;
    this.runtime = runtime;
    this.held = held;
    this.runs = runs;
    this.restart = restart;
    this.move = move;
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
    for (String message :
        List.of(
            InstanceFailureProcess.GUEST_STOPPED,
            InstanceFailureProcess.GUEST_ACTIVE,
            InstanceFailureProcess.HOST_SETTLED,
            InstanceFailureProcess.GUEST_MOVED,
            InstanceFailureProcess.MOVE_FAILED,
            InstanceFailureProcess.MOVE_CONFIRMED)) {
      held.waitingFor(message).stream()
          .filter(waiting -> slowToo || waiting.getCreated().toInstant().isAfter(now.minus(LONG)))
          .forEach(waiting -> tell(message, waiting));
    }
    move.unlock();
  }

  private void tell(String message, EventSubscription waiting) {
    try {
      if (isTrue(message, waiting)) {
        LOG.info("{}: {}", message, waiting.getProcessInstanceId());
        runtime.messageEventReceived(message, waiting.getExecutionId());
      }
    } catch (RuntimeException e) {
      LOG.warn("{} of {}: {}", message, waiting.getProcessInstanceId(), e.toString());
    }
  }

  private boolean isTrue(String message, EventSubscription waiting) {
    if (message.equals(InstanceFailureProcess.HOST_SETTLED)) {
      return restart.isOver(variable(waiting, InstanceFailureProcess.HOST_RECOVERY));
    }
    GuestRun run = runs.get(UUID.fromString(variable(waiting, HostFailureProcess.RUN_ID)));
    boolean asksPerson = ASKED.contains(waiting.getActivityId());
    return switch (message) {
      case InstanceFailureProcess.GUEST_STOPPED -> restart.isStopped(run);
      case InstanceFailureProcess.GUEST_MOVED ->
          asksPerson ? move.isMovedLate(run) : move.progress(run) == GuestMove.Progress.MOVED;
      case InstanceFailureProcess.MOVE_FAILED -> move.progress(run) == GuestMove.Progress.FAILED;
      case InstanceFailureProcess.MOVE_CONFIRMED -> move.isConfirmed(run);
      default -> asksPerson ? restart.isBack(run) : restart.isActive(run);
    };
  }

  private String variable(EventSubscription waiting, Variable<String> variable) {
    return (String) runtime.getVariable(waiting.getExecutionId(), variable.name());
  }
}
