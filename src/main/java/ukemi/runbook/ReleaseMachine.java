package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.evacuation.Guests;
import ukemi.fencing.Fencing;
import ukemi.notification.RecoveryRun;

/** Lifts our lock, unless Nova is still at work on guests, and stops reading the power. */
@Component
class ReleaseMachine extends RunTask {

  private final Fencing fencing;
  private final Guests guests;

  ReleaseMachine(Fencing fencing, Guests guests) {
    this.fencing = fencing;
    this.guests = guests;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    if (guests.underWay(run.id()) == 0) {
      fencing.unlatch(run);
    }
    fencing.stopWatching(run.id());
  }
}
