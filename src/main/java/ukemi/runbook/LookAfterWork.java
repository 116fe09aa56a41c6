package ukemi.runbook;

import java.util.ArrayList;
import java.util.List;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.plannedwork.AfterWork;
import ukemi.plannedwork.Findings;
import ukemi.plannedwork.PlannedWork;

/** Looks for what is left when planned work is over. */
@Component
class LookAfterWork extends WorkTask {

  private static final int LISTED = 30;

  /** Of the characters that a text may have, those for the lines; names and reasons are long. */
  private static final int LINES = 3000;

  private static final int LINE = 500;

  private final AfterWork after;

  LookAfterWork(AfterWork after) {
    this.after = after;
  }

  @Override
  void execute(DelegateExecution execution, PlannedWork work) {
    if (!"recover".equals(HostFailureProcess.DECISION.get(execution))) {
      PlannedWorkProcess.REFUSED.set(execution, null); // of an answer before
    }
    Findings found = after.look(work);
    PlannedWorkProcess.FINDINGS.set(execution, found.isAnything() ? found.summary() : null);
    HostFailureProcess.EVIDENCE.set(execution, Texts.cut(text(work, found)));
    if (!found.isAnything()) {
      String before = PlannedWorkProcess.OUTCOME.get(execution);
      String now = work.isCalledOff() ? "Called off before it had begun" : "Nothing was left";
      String refused = PlannedWorkProcess.REFUSED.get(execution);
      PlannedWorkProcess.OUTCOME.set(
          execution,
          Texts.cut(
              (before == null ? now : before)
                  + (refused == null ? "" : "\nNot done: " + refused)
                  + elsewhere(found)));
    }
  }

  private static String text(PlannedWork work, Findings found) {
    StringBuilder text = new StringBuilder();
    if (found.novaProblem() != null) {
      text.append("Nova cannot be asked: ")
          .append(Texts.cut(found.novaProblem(), LINE))
          .append(
              ". What the hosts are in now is not known; hosts of which nothing was reported are"
                  + " missing here. Look again later.\n");
    }
    List<String> listed = listed(found.lines());
    text.append(String.join("\n", listed));
    int more = found.lines().size() - listed.size();
    if (more > 0) {
      text.append(
          "\nand %d more: GET /v1/planned-work/%s names the notifications"
              .formatted(more, work.uuid()));
    }
    return text + elsewhere(found);
  }

  private static List<String> listed(List<String> lines) {
    List<String> listed = new ArrayList<>();
    int length = 0;
    for (String line : lines) {
      String cut = Texts.cut(line, LINE);
      length += cut.length() + 1;
      if (listed.size() == LISTED || length > LINES) {
        break;
      }
      listed.add(cut);
    }
    return listed;
  }

  private static String elsewhere(Findings found) {
    StringBuilder text = new StringBuilder();
    if (found.passedOn() > 0) {
      text.append(
          "\n%d failures of hosts that other planned work is about are shown at the end of that"
              .formatted(found.passedOn()));
    }
    if (!found.seenTo().isEmpty()) {
      text.append("\nBeing recovered, or recovered since: ")
          .append(Texts.cut(String.join(", ", found.seenTo()), LINE));
    }
    return text.toString();
  }
}
