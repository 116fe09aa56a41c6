package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.springframework.stereotype.Component;

/** Which notifications have a process. */
@Component
class NotificationProcesses {

  private final RuntimeService runtime;
  private final HistoryService history;

  NotificationProcesses(RuntimeService runtime, HistoryService history) {
    this.runtime = runtime;
    this.history = history;
  }

  boolean isRunning(UUID notification) {
    return runtime
            .createProcessInstanceQuery()
            .processInstanceBusinessKey(notification.toString())
            .rootProcessInstances()
            .count()
        > 0;
  }

  /** Also when it has ended or was deleted. */
  boolean wasStarted(UUID notification) {
    return history
            .createHistoricProcessInstanceQuery()
            .processInstanceBusinessKey(notification.toString())
            .count()
        > 0;
  }
}
