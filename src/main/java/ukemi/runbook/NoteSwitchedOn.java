package ukemi.runbook;

import org.springframework.stereotype.Component;
import ukemi.hostreturn.HostReturn;
import ukemi.hostreturn.ReturnToService;

/** Keeps who said that a machine is on which Ukemi did not switch on, and why. */
@Component
class NoteSwitchedOn extends NoteGoingOn {

  private final ReturnToService steps;

  NoteSwitchedOn(ReturnToService steps) {
    this.steps = steps;
  }

  @Override
  void note(HostReturn hostReturn, String decidedBy) {
    steps.takeAsSwitchedOn(hostReturn, decidedBy);
  }
}
