package ukemi.runbook;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.EventSubscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import ukemi.database.ClusterLock;
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

  private final ClusterLock lock;
  private final RuntimeService runtime;
  private final HeldProcesses held;
  private final GuestRuns runs;
  private final GuestRestart restart;

  private Instant nextSlowRead = Instant.MIN;

  GuestWatcher(
      ClusterLock lock,
      RuntimeService runtime,
      HeldProcesses held,
      GuestRuns runs,
      GuestRestart restart) {
    this.lock = lock;
    this.runtime = runtime;
    this.held = held;
    this.runs = runs;
    this.restart = restart;
  }

  @Scheduled(fixedDelay = 1000)
  void round() {
    if (runs.anyOpen()) {
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
            InstanceFailureProcess.HOST_SETTLED)) {
      held.waitingFor(message).stream()
          .filter(waiting -> slowToo || waiting.getCreated().toInstant().isAfter(now.minus(LONG)))
          .forEach(waiting -> tell(message, waiting));
    }
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
    if (message.equals(InstanceFailureProcess.GUEST_STOPPED)) {
      return restart.isStopped(run);
    }
    return waiting.getActivityId().equals(InstanceFailureProcess.GUEST_BACK_BY_ITSELF)
        ? restart.isBack(run)
        : restart.isActive(run);
  }

  private String variable(EventSubscription waiting, Variable<String> variable) {
    return (String) runtime.getVariable(waiting.getExecutionId(), variable.name());
  }
}
