package ukemi.runbook;

import org.springframework.stereotype.Component;
import ukemi.hostreturn.HostReturn;
import ukemi.hostreturn.ReturnToService;

/** Keeps who let a return go on although Nova still shows old guests of the host, and why. */
@Component
class NoteOldGuests extends NoteGoingOn {

  private final ReturnToService steps;

  NoteOldGuests(ReturnToService steps) {
    this.steps = steps;
  }

  @Override
  void note(HostReturn hostReturn, String decidedBy) {
    steps.passOverOldGuests(hostReturn, decidedBy);
  }
}
