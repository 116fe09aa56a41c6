package ukemi.runbook;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.camunda.bpm.engine.task.IdentityLink;
import org.springframework.stereotype.Component;
import ukemi.engine.CurrentPerson;
import ukemi.notification.DecisionRefused;
import ukemi.notification.Decisions;
import ukemi.notification.Decisions.Choice;

/** Keeps the answer to a question of the recovery policy, or refuses it and says why. */
@Component
class KeepDecision implements TaskListener {

  private static final Duration LONGEST_HOLD = Duration.ofDays(7);

  private final CurrentPerson person;
  private final Decisions decisions;

  KeepDecision(CurrentPerson person, Decisions decisions) {
    this.person = person;
    this.decisions = decisions;
  }

  @Override
  public void notify(DelegateTask task) {
    Set<String> asked =
        task.getCandidates().stream()
            .map(IdentityLink::getGroupId)
            .filter(Objects::nonNull)
            .collect(Collectors.toSet());
    if (!person.isMemberOf(asked)) {
      throw refused(task, "only members of " + String.join(", ", asked) + " may answer it");
    }
    Choice choice = choice(task);
    try {
      decisions.answer(
          task.getId(),
          choice,
          HostFailureProcess.DECIDED_BY.get(task),
          comment(task),
          choice == Choice.HOLD ? holdFor(task) : null);
    } catch (DecisionRefused e) {
      throw refused(task, e.getMessage());
    }
  }

  private static String comment(DelegateTask task) {
    String comment = HostFailureProcess.COMMENT.get(task);
    return comment == null ? HostFailureProcess.NOTE.get(task) : comment;
  }

  private static Choice choice(DelegateTask task) {
    String given = HostFailureProcess.DECISION.get(task);
    return Arrays.stream(Choice.values())
        .filter(choice -> choice.name().toLowerCase(java.util.Locale.ROOT).equals(given))
        .findFirst()
        .orElseThrow(() -> refused(task, "choose approve, deny or hold"));
  }

  /** The drawing waits for so long. */
  private static Duration holdFor(DelegateTask task) {
    try {
      Duration given = Duration.parse(String.valueOf(HostFailureProcess.HOLD_FOR.get(task)));
      if (given.compareTo(Duration.ZERO) > 0 && given.compareTo(LONGEST_HOLD) <= 0) {
        return given;
      }
    } catch (DateTimeParseException e) {
      // said below
    }
    throw refused(task, "it can be held for up to seven days, such as PT1H");
  }

  private static ProcessEngineException refused(DelegateTask task, String why) {
    return new ProcessEngineException("\"" + task.getName() + "\" is not taken: " + why);
  }
}
