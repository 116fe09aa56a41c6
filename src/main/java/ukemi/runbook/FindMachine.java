package ukemi.runbook;

import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.engine.PlannedErrors;
import ukemi.fencing.Fencing;
import ukemi.fencing.FencingRefused;
import ukemi.notification.RecoveryRun;

/** Finds the one machine that is this host, or says why a person must decide. */
@Component
@PlannedErrors(FenceHostProcess.FENCING_REFUSED)
class FindMachine extends RunTask {

  private final Fencing fencing;

  FindMachine(Fencing fencing) {
    this.fencing = fencing;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    try {
      fencing.identify(run);
    } catch (FencingRefused e) {
      throw new BpmnError(FenceHostProcess.FENCING_REFUSED, e.getMessage());
    }
  }
}
