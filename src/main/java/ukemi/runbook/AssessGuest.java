package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.restart.GuestRestart;
import ukemi.restart.GuestRun;

/** Puts together what is decided by: the guest as Nova shows it now. */
@Component
class AssessGuest extends GuestTask {

  private final GuestRestart restart;

  AssessGuest(GuestRestart restart) {
    this.restart = restart;
  }

  @Override
  void execute(DelegateExecution execution, GuestRun run) {
    GuestRestart.Assessment guest = restart.assess(run);
    InstanceFailureProcess.INSTANCE_NAME.set(execution, guest.name());
    InstanceFailureProcess.STATE.set(execution, guest.state());
    InstanceFailureProcess.COVERED.set(execution, guest.covered());
    InstanceFailureProcess.HOST_RECOVERY.set(execution, guest.hostRecovery());
    InstanceFailureProcess.ELSEWHERE.set(execution, guest.elsewhere());
    InstanceFailureProcess.OLD.set(execution, guest.old());
    InstanceFailureProcess.RESTARTS.set(execution, guest.restarts());
    InstanceFailureProcess.TOO_OFTEN.set(execution, guest.tooOften());
    // a table that fails sets neither, and a person is asked
    InstanceFailureProcess.ANSWER.set(execution, null);
    HostFailureProcess.POLICY_PROBLEM.set(execution, null);
  }
}
