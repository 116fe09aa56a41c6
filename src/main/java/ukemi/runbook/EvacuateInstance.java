package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;
import ukemi.evacuation.Evacuator;
import ukemi.fault.Boundaries;
import ukemi.fault.Boundary;

/** Makes the one evacuate call of the guest's attempt. */
@Component
class EvacuateInstance implements JavaDelegate {

  private final Evacuator evacuator;

  EvacuateInstance(Evacuator evacuator) {
    this.evacuator = evacuator;
  }

  @Override
  public void execute(DelegateExecution execution) {
    UUID vmove = UUID.fromString(EvacuateInstanceProcess.VMOVE_ID.get(execution));
    evacuator.evacuate(vmove, EvacuateHostProcess.RESERVE.get(execution));
    Boundaries.reached(Boundary.EVACUATE_BEFORE_COMMIT);
  }
}
