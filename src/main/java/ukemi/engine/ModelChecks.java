package ukemi.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;

/**
 * The rules that every drawing keeps, ours and an operator's. The engine itself would take a model
 * that breaks them and fail, or evacuate twice, in the middle of a recovery.
 */
public class ModelChecks {

  private final Function<String, Optional<Class<?>>> beans;

  /**
   * With the beans that a drawing may name.
   *
   * @param beans the class of the bean of that name; empty when there is none
   */
  public ModelChecks(Function<String, Optional<Class<?>>> beans) {
    this.beans = beans;
  }

  /**
   * All rules that the files break; empty = they may be deployed together.
   *
   * @param files content by file name: .bpmn, .dmn, .form; others are passed over
   */
  public List<ModelProblem> problems(Map<String, byte[]> files) {
    ModelSet set = ModelSet.read(files);
    if (!set.unreadable().isEmpty()) {
      return List.copyOf(set.unreadable()); // the other rules would blame files for what is missing
    }
    List<ModelProblem> problems = new ArrayList<>();
    set.models()
        .forEach((file, model) -> check(file, problems, report -> check(set, file, model, report)));
    set.tables()
        .forEach(
            (file, table) ->
                check(file, problems, report -> TableRules.check(set, file, table, report)));
    return problems;
  }

  /** A file so odd that a rule can't cope with it is not deployed either. */
  private static void check(String file, List<ModelProblem> problems, Consumer<Report> rules) {
    try {
      rules.accept((element, problem) -> problems.add(new ModelProblem(file, element, problem)));
    } catch (RuntimeException e) {
      problems.add(new ModelProblem(file, null, "can't be checked: " + e));
    }
  }

  private void check(ModelSet set, String file, BpmnModelInstance model, Report report) {
    ProcessRules.check(file, model, report);
    TaskRules.check(model, beans, report);
    ReferenceRules.check(set, model, report);
    WaitRules.check(model, report);
    ExpressionRules.check(model, beans, report);
    new ErrorRules(set, beans).check(model, report);
  }

  /** Takes the problems of one file. */
  interface Report {
    void add(String element, String problem);
  }
}
