package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.restart.GuestMove;
import ukemi.restart.GuestRestart;
import ukemi.restart.GuestRun;

/** Puts together what is decided by: the guest as Nova shows it now. */
@Component
class AssessGuest extends GuestTask {

  private static final String NOTHING = "Nothing";

  private final GuestRestart restart;
  private final GuestMove move;

  AssessGuest(GuestRestart restart, GuestMove move) {
    this.restart = restart;
    this.move = move;
  }

  @Override
  void execute(DelegateExecution execution, GuestRun run) {
    String outcome = outcome(execution, run);
    GuestRestart.Assessment guest = restart.assess(run);
    InstanceFailureProcess.INSTANCE_NAME.set(execution, guest.name());
    InstanceFailureProcess.STATE.set(execution, guest.state());
    InstanceFailureProcess.TASK.set(execution, guest.task());
    InstanceFailureProcess.COMPUTE_SERVICE.set(execution, guest.computeService());
    InstanceFailureProcess.COVERED.set(execution, guest.covered());
    InstanceFailureProcess.HOST_RECOVERY.set(execution, guest.hostRecovery());
    InstanceFailureProcess.ELSEWHERE.set(execution, guest.elsewhere());
    InstanceFailureProcess.OLD.set(execution, guest.old());
    InstanceFailureProcess.RESTARTS.set(execution, guest.restarts());
    InstanceFailureProcess.TOO_OFTEN.set(execution, guest.tooOften());
    // a table that fails sets neither, and a person is asked
    InstanceFailureProcess.ANSWER.set(execution, null);
    HostFailureProcess.POLICY_PROBLEM.set(execution, null);
    // what a person has said holds for one try
    HostFailureProcess.DECISION.set(execution, null);
    writeDown(execution, outcome);
  }

  /** Why the last try came to nothing; null when there was none. */
  private String outcome(DelegateExecution execution, GuestRun run) {
    String trying = InstanceFailureProcess.TRYING.get(execution);
    String problem = InstanceFailureProcess.PROBLEM.get(execution);
    if (trying == null || problem != null) {
      return problem;
    }
    return trying.equals(MoveGuest.WORD)
        ? move.whyNot(run)
        : "not done in time; " + restart.describe(run);
  }

  private static void writeDown(DelegateExecution execution, String outcome) {
    String trying = InstanceFailureProcess.TRYING.get(execution);
    String before = InstanceFailureProcess.TRIED.get(execution);
    if (trying != null) {
      String line = trying + ": " + outcome;
      boolean first = before == null || before.equals(NOTHING);
      InstanceFailureProcess.TRIED.set(execution, Texts.cut(first ? line : before + "\n" + line));
    } else if (before == null) {
      InstanceFailureProcess.TRIED.set(execution, NOTHING);
    }
    InstanceFailureProcess.TRYING.set(execution, null);
    InstanceFailureProcess.PROBLEM.set(execution, null);
  }
}
