package ukemi.runbook;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.BoundaryEvent;
import org.camunda.bpm.model.bpmn.instance.CallActivity;
import org.camunda.bpm.model.bpmn.instance.EndEvent;
import org.camunda.bpm.model.bpmn.instance.ErrorEventDefinition;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.Process;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;
import org.camunda.bpm.model.bpmn.instance.StartEvent;
import org.camunda.bpm.model.bpmn.instance.SubProcess;
import org.camunda.bpm.model.bpmn.instance.UserTask;
import org.camunda.bpm.model.xml.instance.ModelElementInstance;

/** Where a token can get to in our drawings, from process to process. */
final class ModelWalk {

  private final Map<String, Set<String>> next = new HashMap<>();
  private final Set<String> userTasks = new HashSet<>();
  private final Set<String> forbidden;

  /**
   * @param forbidden ids of nodes and flows that no path may use
   */
  ModelWalk(String... forbidden) {
    this.forbidden = Set.of(forbidden);
    List<BpmnModelInstance> models =
        DrawnProcesses.drawings().stream().map(ModelWalk::model).toList();
    models.forEach(model -> add(model, models));
  }

  static List<String> serviceTasks(Path file) {
    return model(file).getModelElementsByType(ServiceTask.class).stream()
        .map(ServiceTask::getId)
        .toList();
  }

  private static BpmnModelInstance model(Path file) {
    return Bpmn.readModelFromFile(file.toFile());
  }

  private void add(BpmnModelInstance model, List<BpmnModelInstance> all) {
    for (FlowNode node : model.getModelElementsByType(FlowNode.class)) {
      if (node instanceof SubProcess event && event.triggeredByEvent()) {
        event
            .getParentElement()
            .getChildElementsByType(StartEvent.class)
            .forEach(start -> edge(start.getId(), node.getId()));
      }
      if (node instanceof SubProcess subProcess) {
        inside(node.getId(), subProcess);
      } else if (node instanceof CallActivity call) {
        inside(node.getId(), process(all, call.getCalledElement()));
      } else {
        edge(node.getId(), out(node.getId()));
      }
      if (node instanceof BoundaryEvent event) {
        edge(event.getAttachedTo().getId(), node.getId());
      }
      if (node instanceof UserTask) {
        userTasks.add(node.getId());
      }
    }
    for (SequenceFlow flow : model.getModelElementsByType(SequenceFlow.class)) {
      edge(out(flow.getSource().getId()), flow.getId());
      edge(flow.getId(), flow.getTarget().getId());
    }
  }

  private static Process process(List<BpmnModelInstance> all, String id) {
    return all.stream()
        .map(model -> model.<Process>getModelElementById(id))
        .filter(java.util.Objects::nonNull)
        .findFirst()
        .orElseThrow();
  }

  private void inside(String activity, ModelElementInstance scope) {
    scope.getChildElementsByType(StartEvent.class).forEach(start -> edge(activity, start.getId()));
    scope.getChildElementsByType(EndEvent.class).stream()
        .filter(end -> !throwsError(end)) // that leads to the boundary
        .forEach(end -> edge(out(end.getId()), out(activity)));
  }

  private static boolean throwsError(EndEvent end) {
    return end.getEventDefinitions().stream().anyMatch(ErrorEventDefinition.class::isInstance);
  }

  private static String out(String node) {
    return node + " has ended";
  }

  private void edge(String from, String to) {
    if (!forbidden.contains(from) && !forbidden.contains(to)) {
      next.computeIfAbsent(from, none -> new HashSet<>()).add(to);
    }
  }

  /** Ids of all that a token can get to from there. */
  Set<String> reachable(String from) {
    Set<String> seen = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(Set.of(from));
    while (!open.isEmpty()) {
      for (String to : next.getOrDefault(open.remove(), Set.of())) {
        if (seen.add(to)) {
          open.add(to);
        }
      }
    }
    return seen;
  }

  Set<String> userTasks() {
    return userTasks;
  }
}
