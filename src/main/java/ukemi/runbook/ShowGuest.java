package ukemi.runbook;

import java.util.Map;
import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.springframework.stereotype.Component;
import ukemi.restart.GuestRestart;
import ukemi.restart.GuestRun;
import ukemi.restart.GuestRuns;

/** Fills the form about a failed guest with why a person is asked and what is known now. */
@Component
class ShowGuest implements TaskListener {

  private final GuestRuns runs;
  private final GuestRestart restart;

  ShowGuest(GuestRuns runs, GuestRestart restart) {
    this.runs = runs;
    this.restart = restart;
  }

  @Override
  public void notify(DelegateTask task) {
    GuestRun run = runs.get(UUID.fromString(HostFailureProcess.RUN_ID.get(task)));
    HostFailureProcess.WHY.set(task, Texts.cut(why(task)));
    HostFailureProcess.EVIDENCE.set(task, Texts.cut(restart.describe(run)));
    // nobody finds another person's word already filled in
    HostFailureProcess.DECISION.clear(task);
    HostFailureProcess.COMMENT.clear(task);
  }

  private static String why(DelegateTask task) {
    String problem = HostFailureProcess.POLICY_PROBLEM.get(task);
    if (problem != null) {
      return "The table instance-response could not be evaluated: " + problem;
    }
    Map<?, ?> answer = InstanceFailureProcess.ANSWER.get(task);
    return answer == null
        ? "No rule of the table instance-response fits this failure"
        : String.valueOf(answer.get("reason"));
  }
}
