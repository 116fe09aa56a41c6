package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.evacuation.Reserves;
import ukemi.notification.RecoveryRun;

/** What was used is a reserve no more; what was not is given back. */
@Component
class SettleReserves extends RunTask {

  private final Reserves reserves;

  SettleReserves(Reserves reserves) {
    this.reserves = reserves;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    reserves.settle(run);
  }
}
