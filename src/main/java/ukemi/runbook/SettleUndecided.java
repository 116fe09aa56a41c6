package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.evacuation.Guests;
import ukemi.notification.RecoveryRun;

/** Takes the guests about which a person was asked, or leaves them. */
@Component
class SettleUndecided extends RunTask {

  private final Guests guests;

  SettleUndecided(Guests guests) {
    this.guests = guests;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    guests.decide(
        run.id(),
        "recover".equals(HostFailureProcess.DECISION.get(execution)),
        HostFailureProcess.DECIDED_BY.get(execution));
    EvacuateHostProcess.STEP.set(execution, EvacuateHostProcess.NONE);
  }
}
