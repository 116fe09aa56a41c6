package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import ukemi.evacuation.Guests;
import ukemi.evacuation.Reserves;
import ukemi.notification.Holds;

/** Lets what was held after a restore go on where it was; each step reads the world first. */
@Component
class ResumeRecoveries implements JavaDelegate {

  private static final Logger LOG = LoggerFactory.getLogger(ResumeRecoveries.class);

  private final Holds holds;
  private final HeldProcesses held;
  private final Guests guests;
  private final Reserves reserves;

  ResumeRecoveries(Holds holds, HeldProcesses held, Guests guests, Reserves reserves) {
    this.holds = holds;
    this.held = held;
    this.guests = guests;
    this.reserves = reserves;
  }

  @Override
  public void execute(DelegateExecution execution) {
    holds
        .open()
        .ifPresent(
            hold -> {
              String person = HostFailureProcess.DECIDED_BY.get(execution);
              holds.runs().stream()
                  .filter(run -> run.closedAt() != null && run.closedAt().isAfter(hold.heldAt()))
                  .forEach(run -> giveUp(run.id()));
              held.resume(hold);
              holds.decided(hold.id(), "goOn", person);
              LOG.info("{} lets what was held after the restore go on", person);
            });
  }

  /** Somebody has deleted it in Cockpit while it was held, so that it does not go on. */
  private void giveUp(UUID run) {
    String why = "its recovery was cancelled while it was held after a restore";
    guests.giveUp(run, why);
    reserves.giveUp(run, why);
  }
}
