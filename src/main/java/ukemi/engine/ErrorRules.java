package ukemi.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.BoundaryEvent;
import org.camunda.bpm.model.bpmn.instance.CallActivity;
import org.camunda.bpm.model.bpmn.instance.EndEvent;
import org.camunda.bpm.model.bpmn.instance.ErrorEventDefinition;
import org.camunda.bpm.model.bpmn.instance.EventDefinition;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.Process;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;
import org.camunda.bpm.model.bpmn.instance.StartEvent;
import org.camunda.bpm.model.bpmn.instance.SubProcess;
import org.camunda.bpm.model.xml.instance.ModelElementInstance;
import org.springframework.util.StringUtils;

/**
 * Every BPMN error that a process throws is caught in it or, when it is a child, by the one that
 * calls it. The engine would end the process silently.
 */
final class ErrorRules {

  /** An error code and the element it comes from. */
  private record Thrown(FlowNode from, String code) {}

  private final ModelSet set;
  private final Function<String, Optional<Class<?>>> beans;

  ErrorRules(ModelSet set, Function<String, Optional<Class<?>>> beans) {
    this.set = set;
    this.beans = beans;
  }

  void check(BpmnModelInstance model, ModelChecks.Report report) {
    for (Process process : model.getModelElementsByType(Process.class)) {
      if (!set.calls(process.getId())) {
        for (Thrown thrown : escaping(process)) {
          report.add(thrown.from().getId(), "throws " + thrown.code() + ", which nothing catches");
        }
      }
    }
    for (CallActivity call : model.getModelElementsByType(CallActivity.class)) {
      for (String code : codesOf(call)) {
        if (!isCaught(call, code)) {
          report.add(
              call.getId(),
              "its child %s throws %s, which nothing catches"
                  .formatted(call.getCalledElement(), code));
        }
      }
    }
    for (EndEvent end : model.getModelElementsByType(EndEvent.class)) {
      for (ErrorEventDefinition error : errors(end.getEventDefinitions())) {
        if (code(error) == null) {
          report.add(end.getId(), "throws an error without a code");
        }
      }
    }
  }

  private Set<String> codesOf(CallActivity call) {
    Set<String> codes = new TreeSet<>();
    if (call.getCalledElement() != null) {
      set.process(call.getCalledElement())
          .ifPresent(child -> escaping(child).forEach(thrown -> codes.add(thrown.code())));
    }
    return codes;
  }

  /** What the process throws and does not catch itself; what its own children throw is apart. */
  private List<Thrown> escaping(Process process) {
    List<Thrown> escaping = new ArrayList<>();
    BpmnModelInstance model = (BpmnModelInstance) process.getModelInstance();
    for (EndEvent end : model.getModelElementsByType(EndEvent.class)) {
      for (ErrorEventDefinition error : errors(end.getEventDefinitions())) {
        if (code(error) != null) {
          escaping.add(new Thrown(end, code(error)));
        }
      }
    }
    for (ServiceTask task : model.getModelElementsByType(ServiceTask.class)) {
      beans
          .apply(StringUtils.uncapitalizeAsProperty(task.getId()))
          .map(type -> type.getAnnotation(PlannedErrors.class))
          .ifPresent(
              planned -> {
                for (String code : planned.value()) {
                  escaping.add(new Thrown(task, code));
                }
              });
    }
    escaping.removeIf(
        thrown -> !isIn(process, thrown.from()) || isCaught(thrown.from(), thrown.code()));
    return escaping;
  }

  private static boolean isIn(Process process, FlowNode node) {
    ModelElementInstance scope = node.getParentElement();
    while (scope instanceof SubProcess) {
      scope = scope.getParentElement();
    }
    return process.equals(scope);
  }

  private static boolean isCaught(FlowNode from, String code) {
    ModelElementInstance element = from;
    while (element instanceof FlowNode node) {
      if (hasBoundary(node, code) || hasEventSubProcess(node, code)) {
        return true;
      }
      element = node.getParentElement();
    }
    return false;
  }

  private static boolean hasBoundary(FlowNode node, String code) {
    return node.getModelInstance().getModelElementsByType(BoundaryEvent.class).stream()
        .filter(event -> node.equals(event.getAttachedTo()))
        .anyMatch(event -> catches(event.getEventDefinitions(), code));
  }

  /** Beside the node, in the same scope; one that is running can't catch its own errors. */
  private static boolean hasEventSubProcess(FlowNode node, String code) {
    return node.getParentElement().getChildElementsByType(SubProcess.class).stream()
        .filter(subProcess -> subProcess.triggeredByEvent() && !subProcess.equals(node))
        .flatMap(subProcess -> subProcess.getChildElementsByType(StartEvent.class).stream())
        .anyMatch(start -> catches(start.getEventDefinitions(), code));
  }

  private static boolean catches(Collection<EventDefinition> definitions, String code) {
    return errors(definitions).stream()
        .anyMatch(error -> code(error) == null || code(error).equals(code));
  }

  private static List<ErrorEventDefinition> errors(Collection<EventDefinition> definitions) {
    return definitions.stream()
        .filter(ErrorEventDefinition.class::isInstance)
        .map(ErrorEventDefinition.class::cast)
        .toList();
  }

  private static String code(ErrorEventDefinition definition) {
    return definition.getError() == null ? null : definition.getError().getErrorCode();
  }
}
