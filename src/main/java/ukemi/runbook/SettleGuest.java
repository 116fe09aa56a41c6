package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;
import ukemi.evacuation.Settlement;

/** Says whether the guest is back, is tried again or is left. */
@Component
class SettleGuest implements JavaDelegate {

  private final Settlement settlement;

  SettleGuest(Settlement settlement) {
    this.settlement = settlement;
  }

  @Override
  public void execute(DelegateExecution execution) {
    UUID vmove = UUID.fromString(EvacuateInstanceProcess.VMOVE_ID.get(execution));
    EvacuateInstanceProcess.OUTCOME.set(
        execution, settlement.settle(vmove).name().toLowerCase(java.util.Locale.ROOT));
  }
}
