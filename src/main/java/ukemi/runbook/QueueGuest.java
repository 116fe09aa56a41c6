package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;
import ukemi.evacuation.Guests;

/** Puts the guest into the queue for a slot. */
@Component
class QueueGuest implements JavaDelegate {

  private final Guests guests;

  QueueGuest(Guests guests) {
    this.guests = guests;
  }

  @Override
  public void execute(DelegateExecution execution) {
    UUID vmove = UUID.fromString(EvacuateInstanceProcess.VMOVE_ID.get(execution));
    guests.queue(vmove, execution.getProcessInstanceId());
  }
}
