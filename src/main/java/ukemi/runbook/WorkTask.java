package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.beans.factory.annotation.Autowired;
import ukemi.plannedwork.PlannedWork;
import ukemi.plannedwork.PlannedWorks;

/** A service task of planned work that is announced. */
abstract class WorkTask implements JavaDelegate {

  private PlannedWorks works;

  @Autowired
  void setWorks(PlannedWorks works) {
    this.works = works;
  }

  @Override
  public final void execute(DelegateExecution execution) {
    UUID uuid = UUID.fromString(PlannedWorkProcess.WORK_ID.get(execution));
    execute(execution, works.find(uuid).orElseThrow());
  }

  abstract void execute(DelegateExecution execution, PlannedWork work);
}
