package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.plannedwork.PlannedWork;
import ukemi.plannedwork.PlannedWorks;

/** Keeps what became of what planned work had left. */
@Component
class CloseWork extends WorkTask {

  private final PlannedWorks works;

  CloseWork(PlannedWorks works) {
    this.works = works;
  }

  @Override
  void execute(DelegateExecution execution, PlannedWork work) {
    works.close(work.uuid(), outcome(execution));
  }

  private static String outcome(DelegateExecution execution) {
    String outcome = PlannedWorkProcess.OUTCOME.get(execution);
    if (!"leave".equals(HostFailureProcess.DECISION.get(execution))) {
      return outcome;
    }
    return "%sLeft by %s\n%s"
        .formatted(
            outcome == null ? "" : outcome + "\n",
            Texts.decidedBy(execution),
            HostFailureProcess.EVIDENCE.get(execution));
  }
}
