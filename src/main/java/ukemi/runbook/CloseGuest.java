package ukemi.runbook;

import java.util.Locale;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.notification.Notification.Status;
import ukemi.restart.GuestRun;
import ukemi.restart.GuestRuns;

/** Ends a run without a restart, as the table says. */
@Component
class CloseGuest extends GuestTask {

  private final GuestRuns runs;

  CloseGuest(GuestRuns runs) {
    this.runs = runs;
  }

  @Override
  void execute(DelegateExecution execution, GuestRun run) {
    Map<?, ?> answer = InstanceFailureProcess.ANSWER.get(execution);
    runs.close(
        run.id(),
        Status.valueOf(String.valueOf(answer.get("status")).toUpperCase(Locale.ROOT)),
        InstanceFailureProcess.INSTANCE_NAME.get(execution) + ": " + answer.get("reason"));
  }
}
