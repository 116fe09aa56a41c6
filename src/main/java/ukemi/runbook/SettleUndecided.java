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
    boolean recover =
        switch (String.valueOf(EvacuateHostProcess.GUESTS_DECISION.get(execution))) {
          case "recover" -> true;
          case "leave" -> false;
          default -> throw new IllegalArgumentException("expected: recover or leave");
        };
    guests.decide(run.id(), recover, HostFailureProcess.DECIDED_BY.get(execution));
    EvacuateHostProcess.GUESTS_DECISION.clear(execution);
    if (recover) {
      EvacuateHostProcess.STEP.set(execution, EvacuateHostProcess.NONE);
    }
  }
}
