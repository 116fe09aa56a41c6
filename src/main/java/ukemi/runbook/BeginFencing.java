package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.springframework.stereotype.Component;
import ukemi.database.DatabaseClock;

/** A try to fence begins: what stood against the last one says nothing of it. */
@Component
class BeginFencing implements ExecutionListener {

  private final DatabaseClock clock;

  BeginFencing(DatabaseClock clock) {
    this.clock = clock;
  }

  @Override
  public void notify(DelegateExecution execution) {
    FenceHostProcess.REFUSAL.clear(execution);
    FenceHostProcess.OBJECTION.clear(execution);
    FenceHostProcess.TRIED_AT.set(execution, clock.now().toString());
  }
}
