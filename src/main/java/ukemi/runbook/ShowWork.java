package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.springframework.stereotype.Component;

/** Nobody finds another person's word in a form about planned work. */
@Component
class ShowWork implements TaskListener {

  @Override
  public void notify(DelegateTask task) {
    HostFailureProcess.DECISION.clear(task);
    HostFailureProcess.COMMENT.clear(task);
    PlannedWorkProcess.NEW_END.clear(task);
    PlannedWorkProcess.ONLY_HOSTS.clear(task);
  }
}
