package ukemi.runbook;

import java.time.Instant;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.springframework.stereotype.Component;
import ukemi.database.DatabaseClock;

/**
 * Fencing begins: for the first time, as a person wants it tried again, or again by itself. What
 * stood against it before says nothing of it.
 */
@Component
class BeginFencing implements ExecutionListener {

  private final DatabaseClock clock;

  BeginFencing(DatabaseClock clock) {
    this.clock = clock;
  }

  @Override
  public void notify(DelegateExecution execution) {
    boolean byItself =
        FenceHostProcess.ASKED_AT.get(execution) != null
            && HostFailureProcess.DECISION.get(execution) == null;
    FenceHostProcess.TRIED_AGAIN_AT.set(
        execution, (byItself ? clock.now() : Instant.EPOCH).toString());
    FenceHostProcess.ASKED_AT.clear(execution);
    FenceHostProcess.REFUSAL.clear(execution);
    FenceHostProcess.OBJECTION.clear(execution);
  }
}
