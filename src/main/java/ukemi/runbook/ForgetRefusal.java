package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.springframework.stereotype.Component;

/** What stood against the last try to fence says nothing of the one that begins. */
@Component
class ForgetRefusal implements ExecutionListener {

  @Override
  public void notify(DelegateExecution execution) {
    FenceHostProcess.REFUSAL.clear(execution);
    FenceHostProcess.OBJECTION.clear(execution);
  }
}
