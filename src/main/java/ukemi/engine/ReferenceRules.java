package ukemi.engine;

import static org.camunda.bpm.model.bpmn.impl.BpmnModelConstants.CAMUNDA_NS;

import java.util.Set;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.BusinessRuleTask;
import org.camunda.bpm.model.bpmn.instance.CallActivity;
import org.camunda.bpm.model.bpmn.instance.CatchEvent;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.Message;
import org.camunda.bpm.model.bpmn.instance.MessageEventDefinition;
import org.camunda.bpm.model.bpmn.instance.ReceiveTask;
import org.camunda.bpm.model.bpmn.instance.StartEvent;
import org.camunda.bpm.model.bpmn.instance.UserTask;

/**
 * What a drawing refers to is in the same deployment and bound to it, so that a run keeps the
 * drawings it was started with.
 */
final class ReferenceRules {

  private static final String DEPLOYMENT = "deployment";

  private ReferenceRules() {}

  static void check(ModelSet set, BpmnModelInstance model, ModelChecks.Report report) {
    for (CallActivity call : model.getModelElementsByType(CallActivity.class)) {
      called(set, call, report);
    }
    for (BusinessRuleTask task : model.getModelElementsByType(BusinessRuleTask.class)) {
      reference(
          task,
          "decision",
          task.getCamundaDecisionRef(),
          task.getCamundaDecisionRefBinding(),
          set.decisions(),
          report);
    }
    for (UserTask task : model.getModelElementsByType(UserTask.class)) {
      form(set, task, report);
    }
    for (StartEvent event : model.getModelElementsByType(StartEvent.class)) {
      form(set, event, report);
    }
    messages(model, report);
  }

  private static void called(ModelSet set, CallActivity call, ModelChecks.Report report) {
    String called = call.getCalledElement();
    if (called == null) {
      report.add(call.getId(), "calls no process");
      return;
    }
    if (!isExpression(called) && set.process(called).isEmpty()) {
      report.add(call.getId(), "calls %s, which is not in the set".formatted(called));
    }
    if (!DEPLOYMENT.equals(call.getCamundaCalledElementBinding())) {
      report.add(call.getId(), "its called element must be bound to \"deployment\"");
    }
  }

  private static void form(ModelSet set, FlowNode node, ModelChecks.Report report) {
    if (node.getAttributeValueNs(CAMUNDA_NS, "formKey") != null) {
      report.add(node.getId(), "has a form key; use a form reference, which can be bound");
    }
    String form = node.getAttributeValueNs(CAMUNDA_NS, "formRef");
    if (form != null) {
      String binding = node.getAttributeValueNs(CAMUNDA_NS, "formRefBinding");
      reference(node, "form", form, binding, set.forms(), report);
    }
  }

  private static void reference(
      FlowNode node,
      String kind,
      String id,
      String binding,
      Set<String> existing,
      ModelChecks.Report report) {
    if (id == null) {
      report.add(node.getId(), "names no %s".formatted(kind));
      return;
    }
    if (!isExpression(id) && !existing.contains(id)) {
      report.add(node.getId(), "its %s %s is not in the set".formatted(kind, id));
    }
    if (!DEPLOYMENT.equals(binding)) {
      report.add(node.getId(), "its %s must be bound to \"deployment\"".formatted(kind));
    }
  }

  private static void messages(BpmnModelInstance model, ModelChecks.Report report) {
    for (ReceiveTask task : model.getModelElementsByType(ReceiveTask.class)) {
      message(task.getId(), task.getMessage(), report);
    }
    for (MessageEventDefinition definition :
        model.getModelElementsByType(MessageEventDefinition.class)) {
      if (definition.getParentElement() instanceof CatchEvent event) {
        message(event.getId(), definition.getMessage(), report);
      }
    }
  }

  private static void message(String element, Message message, ModelChecks.Report report) {
    if (message == null || message.getName() == null || message.getName().isBlank()) {
      report.add(element, "waits for a message that is not declared or has no name");
    }
  }

  private static boolean isExpression(String text) {
    return text.contains("${") || text.contains("#{");
  }
}
