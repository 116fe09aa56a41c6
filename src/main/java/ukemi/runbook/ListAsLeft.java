package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;
import ukemi.evacuation.Settlement;

/** Lists a guest that Nova has not settled in time. */
@Component
class ListAsLeft implements JavaDelegate {

  private final Settlement settlement;

  ListAsLeft(Settlement settlement) {
    this.settlement = settlement;
  }

  @Override
  public void execute(DelegateExecution execution) {
    UUID vmove = UUID.fromString(EvacuateInstanceProcess.VMOVE_ID.get(execution));
    settlement.listAsLeft(vmove);
  }
}
