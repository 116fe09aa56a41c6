package ukemi.runbook;

import java.util.Map;
import java.util.UUID;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.EventSubscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import ukemi.database.ClusterLock;
import ukemi.hostprocess.HostProcesses;
import ukemi.hostprocess.HostProcesses.Outlook;
import ukemi.hostprocess.ProcessRuns;

/**
 * Looks whether failed processes are back, and tells those who wait for them. One node at a time;
 * silent without open work.
 */
@Component
class ProcessWatcher {

  private static final Logger LOG = LoggerFactory.getLogger(ProcessWatcher.class);

  private final ClusterLock lock;
  private final RuntimeService runtime;
  private final ProcessRuns runs;
  private final HostProcesses processes;

  ProcessWatcher(
      ClusterLock lock, RuntimeService runtime, ProcessRuns runs, HostProcesses processes) {
    this.lock = lock;
    this.runtime = runtime;
    this.runs = runs;
    this.processes = processes;
  }

  @Scheduled(fixedDelay = 5000)
  void round() {
    if (!runs.open().isEmpty()) {
      lock.runAlone("process-watcher", this::look);
    }
  }

  private void look() {
    runtime
        .createEventSubscriptionQuery()
        .eventType("message")
        .eventName(ProcessFailureProcess.PROCESS_BACK)
        .list()
        .forEach(this::tell);
  }

  private void tell(EventSubscription waiting) {
    try {
      String run = (String) variable(waiting, HostFailureProcess.RUN_ID.name());
      Map<?, ?> answer = (Map<?, ?>) variable(waiting, InstanceFailureProcess.ANSWER.name());
      Outlook outlook =
          processes.look(
              runs.get(UUID.fromString(run)),
              ProcessFailureProcess.HEARTBEAT.equals(answer.get(ProcessFailureProcess.BACK_WHEN)));
      switch (outlook) {
        case BACK -> send(ProcessFailureProcess.PROCESS_BACK, waiting);
        case TAKEN_OVER -> send(ProcessFailureProcess.HOST_TAKEN_OVER, waiting);
        case DOWN -> {}
      }
    } catch (RuntimeException e) {
      LOG.warn("process of {}: {}", waiting.getProcessInstanceId(), e.toString());
    }
  }

  private Object variable(EventSubscription waiting, String name) {
    return runtime.getVariable(waiting.getExecutionId(), name);
  }

  private void send(String message, EventSubscription waiting) {
    LOG.info("{}: {}", message, waiting.getProcessInstanceId());
    runtime.messageEventReceived(message, waiting.getExecutionId());
  }
}
