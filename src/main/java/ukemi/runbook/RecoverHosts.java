package ukemi.runbook;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.database.DatabaseClock;
import ukemi.plannedwork.AfterWork;
import ukemi.plannedwork.AfterWork.Recovered;
import ukemi.plannedwork.PlannedWork;

/** Begins a recovery of each host that planned work has left down, when a person wants it. */
@Component
class RecoverHosts extends WorkTask {

  private final AfterWork after;
  private final DatabaseClock clock;

  RecoverHosts(AfterWork after, DatabaseClock clock) {
    this.after = after;
    this.clock = clock;
  }

  @Override
  void execute(DelegateExecution execution, PlannedWork work) {
    Recovered recovered =
        after.recover(work, names(PlannedWorkProcess.ONLY_HOSTS.get(execution)), clock.now());
    if (!recovered.begun().isEmpty()) {
      String before = PlannedWorkProcess.OUTCOME.get(execution);
      PlannedWorkProcess.OUTCOME.set(
          execution,
          Texts.cut(
              (before == null ? "" : before + "\n")
                  + "Recoveries begun by %s: %s"
                      .formatted(
                          HostFailureProcess.DECIDED_BY.get(execution),
                          String.join(", ", recovered.begun()))));
    }
    PlannedWorkProcess.REFUSED.set(
        execution,
        recovered.refused().isEmpty() ? null : Texts.cut(String.join("\n", recovered.refused())));
  }

  private static Set<String> names(String text) {
    return Arrays.stream((text == null ? "" : text).split("[,\\s]+"))
        .filter(name -> !name.isBlank())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
