package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.database.DatabaseClock;
import ukemi.plannedwork.PlannedWork;
import ukemi.plannedwork.WorkPlan;

/** Ends planned work when a person says so or its time is up by the database's clock. */
@Component
class EndWork extends WorkTask {

  private final WorkPlan plan;
  private final DatabaseClock clock;

  EndWork(WorkPlan plan, DatabaseClock clock) {
    this.plan = plan;
    this.clock = clock;
  }

  @Override
  void execute(DelegateExecution execution, PlannedWork work) {
    boolean told = "end".equals(HostFailureProcess.DECISION.get(execution));
    PlannedWork now =
        plan.endWhenOver(work.uuid(), told ? HostFailureProcess.DECIDED_BY.get(execution) : null);
    PlannedWorkProcess.know(execution, now, clock.now());
    PlannedWorkProcess.OVER.set(execution, now.endedAt() != null);
    if (now.endedAt() != null) {
      PlannedWorkProcess.REFUSED.set(execution, null);
    }
  }
}
