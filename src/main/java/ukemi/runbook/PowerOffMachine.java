package ukemi.runbook;

import java.time.Instant;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.engine.PlannedErrors;
import ukemi.fencing.Fencing;
import ukemi.fencing.FencingRefused;
import ukemi.notification.RecoveryRun;

/** Orders the power off. What came of it is read live, not taken from the answer. */
@Component
@PlannedErrors(FenceHostProcess.FENCING_REFUSED)
class PowerOffMachine extends RunTask {

  private final Fencing fencing;

  PowerOffMachine(Fencing fencing) {
    this.fencing = fencing;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    try {
      fencing.powerOff(
          run,
          Optional.ofNullable(FenceHostProcess.TRIED_AGAIN_AT.get(execution))
              .map(Instant::parse)
              .orElse(Instant.EPOCH));
    } catch (FencingRefused e) {
      throw new BpmnError(FenceHostProcess.FENCING_REFUSED, e.getMessage());
    }
  }
}
