package ukemi.runbook;

import java.time.Instant;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.database.DatabaseClock;
import ukemi.plannedwork.PlannedWork;
import ukemi.plannedwork.WorkPlan;
import ukemi.plannedwork.WorkRefused;
import ukemi.plannedwork.WorkTime;

/** Moves the end of planned work, or says why not. */
@Component
class ChangeEndOfWork extends WorkTask {

  private final WorkPlan plan;
  private final DatabaseClock clock;

  ChangeEndOfWork(WorkPlan plan, DatabaseClock clock) {
    this.plan = plan;
    this.clock = clock;
  }

  @Override
  void execute(DelegateExecution execution, PlannedWork work) {
    Instant now = clock.now();
    String end = PlannedWorkProcess.NEW_END.get(execution);
    try {
      PlannedWork changed = plan.changeEnd(work.uuid(), WorkTime.read(end == null ? "" : end, now));
      PlannedWorkProcess.know(execution, changed, now);
      PlannedWorkProcess.REFUSED.set(execution, null);
    } catch (WorkRefused e) {
      PlannedWorkProcess.REFUSED.set(execution, e.getMessage());
    }
  }
}
