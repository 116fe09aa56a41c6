package ukemi.runbook;

import java.time.Instant;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.fencing.Confirmation;
import ukemi.fencing.ConfirmationResult;
import ukemi.fencing.Fencing;
import ukemi.notification.RecoveryRun;

/** Holds a person's word against what the world shows since. */
@Component
class CheckConfirmation extends RunTask {

  private final Fencing fencing;

  CheckConfirmation(Fencing fencing) {
    this.fencing = fencing;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    ConfirmationResult result =
        fencing.confirm(
            run,
            new Confirmation(
                HostFailureProcess.DECIDED_BY.get(execution),
                FenceHostProcess.TYPED_HOST.get(execution),
                FenceHostProcess.REASON.get(execution),
                Instant.parse(HostFailureProcess.DECIDED_AT.get(execution)),
                Boolean.TRUE.equals(FenceHostProcess.OVERRIDE.get(execution))));
    FenceHostProcess.ACCEPTED.set(execution, result instanceof ConfirmationResult.Accepted);
    FenceHostProcess.OBJECTION.set(
        execution,
        result instanceof ConfirmationResult.Refused refused ? Texts.cut(refused.reason()) : null);
  }
}
