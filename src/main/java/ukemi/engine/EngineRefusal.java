package ukemi.engine;

import java.sql.SQLException;
import java.util.List;
import org.camunda.bpm.engine.ParseException;
import org.camunda.bpm.engine.ProcessEngineException;

/** What the engine itself has against a set that keeps our rules. */
final class EngineRefusal {

  private EngineRefusal() {}

  static List<ModelProblem> problems(ParseException refusal) {
    return refusal.getResorceReports().stream()
        .flatMap(
            report ->
                report.getErrors().stream()
                    .map(
                        error ->
                            new ModelProblem(
                                report.getResourceName(),
                                error.getMainElementId(),
                                "line %d: %s".formatted(error.getLine(), error.getMessage()))))
        .toList();
  }

  /**
   * The file is the one that the engine names.
   *
   * @throws ProcessEngineException when the database failed, which is no fault of the set
   */
  static List<ModelProblem> problems(ProcessEngineException refusal, RunbookSet set) {
    StringBuilder words = new StringBuilder();
    for (Throwable cause = refusal; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException) {
        throw refusal;
      }
      words.append(words.isEmpty() ? "" : ": ").append(cause.getMessage());
    }
    String file =
        set.files().keySet().stream()
            .filter(name -> words.indexOf(name) >= 0)
            .findFirst()
            .orElse("the set");
    return List.of(new ModelProblem(file, null, "the engine refuses it: " + words));
  }
}
