package ukemi.runbook;

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

  private final AfterWork after;

  LookAfterWork(AfterWork after) {
    this.after = after;
  }

  @Override
  void execute(DelegateExecution execution, PlannedWork work) {
    Findings found = after.look(work);
    PlannedWorkProcess.FINDINGS.set(execution, found.isAnything() ? found.summary() : null);
    HostFailureProcess.EVIDENCE.set(execution, Texts.cut(text(work, found)));
    if (!found.isAnything() && PlannedWorkProcess.OUTCOME.get(execution) == null) {
      PlannedWorkProcess.OUTCOME.set(
          execution,
          work.isCalledOff()
              ? "Called off before it had begun"
              : "Nothing was left" + passed(found));
    }
  }

  private static String text(PlannedWork work, Findings found) {
    List<String> lines = found.lines();
    StringBuilder text = new StringBuilder();
    if (found.novaProblem() != null) {
      text.append("Nova cannot be asked: ")
          .append(found.novaProblem())
          .append(
              ". What the hosts are in now is not known; hosts of which nothing was reported are"
                  + " missing here. Look again later.\n");
    }
    text.append(String.join("\n", lines.subList(0, Math.min(LISTED, lines.size()))));
    if (lines.size() > LISTED) {
      text.append(
          "\nand %d more: all notifications that were ignored for it name it by \"%s\""
              .formatted(lines.size() - LISTED, work.title()));
    }
    return text + passed(found);
  }

  private static String passed(Findings found) {
    return found.passedOn() == 0
        ? ""
        : "\n%d failures of hosts that other planned work is about are shown at the end of that"
            .formatted(found.passedOn());
  }
}
