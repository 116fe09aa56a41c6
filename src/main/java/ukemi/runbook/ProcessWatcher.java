package ukemi.runbook;

import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
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
  private final TaskService tasks;
  private final HeldProcesses held;
  private final ProcessRuns runs;
  private final HostProcesses processes;

  ProcessWatcher(
      ClusterLock lock,
      RuntimeService runtime,
      TaskService tasks,
      HeldProcesses held,
      ProcessRuns runs,
      HostProcesses processes) {
    this.lock = lock;
    this.runtime = runtime;
    this.tasks = tasks;
    this.held = held;
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
    // each also while a person is asked
    held.waitingFor(ProcessFailureProcess.PROCESS_BACK)
        .forEach(waiting -> tryTo(this::tellBack, waiting));
    held.waitingFor(ProcessFailureProcess.HOST_TAKEN_OVER)
        .forEach(waiting -> tryTo(this::tellTakenOver, waiting));
  }

  private void tellBack(EventSubscription waiting) {
    Map<?, ?> answer = (Map<?, ?>) variable(waiting, InstanceFailureProcess.ANSWER.name());
    if (ProcessFailureProcess.ASK.equals(answer.get(ProcessFailureProcess.ENABLE))
        && isAsked(waiting)) {
      return; // it would lead to the same question
    }
    boolean byHeartbeat =
        ProcessFailureProcess.HEARTBEAT.equals(answer.get(ProcessFailureProcess.BACK_WHEN));
    tell(waiting, byHeartbeat, Outlook.BACK);
  }

  private boolean isAsked(EventSubscription waiting) {
    return tasks.createTaskQuery().executionId(waiting.getExecutionId()).count() > 0;
  }

  private void tellTakenOver(EventSubscription waiting) {
    tell(waiting, false, Outlook.TAKEN_OVER);
  }

  private void tell(EventSubscription waiting, boolean byHeartbeat, Outlook wanted) {
    String run = (String) variable(waiting, HostFailureProcess.RUN_ID.name());
    if (processes.look(runs.get(UUID.fromString(run)), byHeartbeat) == wanted) {
      LOG.info("{}: {}", waiting.getEventName(), waiting.getProcessInstanceId());
      runtime.messageEventReceived(waiting.getEventName(), waiting.getExecutionId());
    }
  }

  /** The next one is told all the same; what failed is tried again with the next look. */
  private static void tryTo(Consumer<EventSubscription> tell, EventSubscription waiting) {
    try {
      tell.accept(waiting);
    } catch (RuntimeException e) {
      LOG.warn(
          "{} of {}: {}", waiting.getEventName(), waiting.getProcessInstanceId(), e.toString());
    }
  }

  private Object variable(EventSubscription waiting, String name) {
    return runtime.getVariable(waiting.getExecutionId(), name);
  }
}
