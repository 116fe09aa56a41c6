package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.springframework.stereotype.Component;

/** Nobody finds another person's word in a form about the return of a host. */
@Component
class ShowReturn implements TaskListener {

  @Override
  public void notify(DelegateTask task) {
    HostFailureProcess.DECISION.clear(task);
    HostFailureProcess.COMMENT.clear(task);
  }
}
