package ukemi.runbook;

import java.util.UUID;
import java.util.function.Predicate;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.EventSubscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import ukemi.database.ClusterLock;
import ukemi.hostreturn.HostReturn;
import ukemi.hostreturn.HostReturns;
import ukemi.hostreturn.ReturnToService;

/**
 * Looks whether hosts that return are up and free of their old guests, and tells those who wait for
 * it. One node at a time; silent without open work.
 */
@Component
class ReturnWatcher {

  private static final Logger LOG = LoggerFactory.getLogger(ReturnWatcher.class);

  private final ClusterLock lock;
  private final RuntimeService runtime;
  private final HostReturns returns;
  private final ReturnToService steps;
  private final HeldProcesses held;

  ReturnWatcher(
      ClusterLock lock,
      RuntimeService runtime,
      HostReturns returns,
      ReturnToService steps,
      HeldProcesses held) {
    this.lock = lock;
    this.runtime = runtime;
    this.returns = returns;
    this.steps = steps;
    this.held = held;
  }

  @Scheduled(fixedDelay = 2000)
  void round() {
    if (!returns.open().isEmpty()) {
      lock.runAlone("return-watcher", this::look);
    }
  }

  private void look() {
    tell(ReturnToServiceProcess.HOST_UP, steps::isUp);
    tell(ReturnToServiceProcess.OLD_GUESTS_GONE, steps::areOldGuestsGone);
  }

  private void tell(String message, Predicate<HostReturn> isTrue) {
    for (EventSubscription waiting : held.waitingFor(message)) {
      try {
        String id =
            (String)
                runtime.getVariable(
                    waiting.getExecutionId(), ReturnToServiceProcess.RETURN_ID.name());
        if (isTrue.test(returns.get(UUID.fromString(id)))) {
          LOG.info("{}: {}", message, waiting.getProcessInstanceId());
          runtime.messageEventReceived(message, waiting.getExecutionId());
        }
      } catch (RuntimeException e) {
        LOG.warn("{} of {}: {}", message, waiting.getProcessInstanceId(), e.toString());
      }
    }
  }
}
