package ukemi.runbook;

import java.time.Instant;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;
import ukemi.database.DatabaseClock;
import ukemi.plannedwork.NewWork;
import ukemi.plannedwork.PlannedWork;
import ukemi.plannedwork.WorkPlan;
import ukemi.plannedwork.WorkRefused;
import ukemi.plannedwork.WorkTime;

/** Stores what a person has announced in Tasklist; what came over the API is stored already. */
@Component
class AnnounceWork implements JavaDelegate {

  private final WorkPlan plan;
  private final WorkStarter starter;
  private final DatabaseClock clock;

  AnnounceWork(WorkPlan plan, WorkStarter starter, DatabaseClock clock) {
    this.plan = plan;
    this.starter = starter;
    this.clock = clock;
  }

  @Override
  public void execute(DelegateExecution execution) {
    if (PlannedWorkProcess.WORK_ID.get(execution) != null) {
      return;
    }
    PlannedWorkProcess.WORK_ID.set(execution, null); // the drawing asks for it
    Instant now = clock.now();
    try {
      PlannedWork work = plan.store(read(execution, now));
      PlannedWorkProcess.know(execution, work, now);
      PlannedWorkProcess.REFUSED.set(execution, null);
      PlannedWorkProcess.OPEN_RECOVERIES.set(execution, starter.openRecoveries(work));
      execution.setProcessBusinessKey(work.uuid().toString());
    } catch (WorkRefused e) {
      CancelRecoveryProcess.ANSWER.set(execution, StringUtils.capitalize(e.getMessage()) + ".");
    }
  }

  private static NewWork read(DelegateExecution execution, Instant now) {
    String scope = PlannedWorkProcess.SCOPE.get(execution);
    String name = text(PlannedWorkProcess.SCOPE_NAME.get(execution));
    String begins = text(PlannedWorkProcess.BEGINS.get(execution));
    Instant starts = begins.isEmpty() ? now : WorkTime.read(begins, now);
    return new NewWork(
        // nothing unclear is the whole cloud
        "segment".equals(scope) || "cloud".equals(scope) ? null : name,
        "segment".equals(scope) ? name : null,
        starts,
        WorkTime.read(text(PlannedWorkProcess.ENDS.get(execution)), starts),
        text(PlannedWorkProcess.REASON.get(execution)),
        PlannedWorkProcess.ANNOUNCED_BY.get(execution));
  }

  private static String text(String given) {
    return given == null ? "" : given.strip();
  }
}
