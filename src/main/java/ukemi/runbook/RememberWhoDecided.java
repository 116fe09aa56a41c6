package ukemi.runbook;

import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.springframework.stereotype.Component;
import ukemi.database.DatabaseClock;
import ukemi.engine.CurrentPerson;

/** Keeps who completed a user task, and when; a decision without a name is refused. */
@Component
class RememberWhoDecided implements TaskListener {

  private final CurrentPerson person;
  private final DatabaseClock clock;

  RememberWhoDecided(CurrentPerson person, DatabaseClock clock) {
    this.person = person;
    this.clock = clock;
  }

  @Override
  public void notify(DelegateTask task) {
    String id =
        person
            .id()
            .orElseThrow(
                () ->
                    new ProcessEngineException(
                        "A decision needs a name: log in to complete \"" + task.getName() + "\""));
    HostFailureProcess.DECIDED_BY.set(task, id);
    HostFailureProcess.DECIDED_AT.set(task, clock.now().toString());
  }
}
