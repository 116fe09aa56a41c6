package ukemi.engine;

import java.util.Collection;
import java.util.stream.Stream;
import javax.xml.datatype.DatatypeConfigurationException;
import javax.xml.datatype.DatatypeFactory;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.BoundaryEvent;
import org.camunda.bpm.model.bpmn.instance.CatchEvent;
import org.camunda.bpm.model.bpmn.instance.ConditionalEventDefinition;
import org.camunda.bpm.model.bpmn.instance.EventBasedGateway;
import org.camunda.bpm.model.bpmn.instance.EventDefinition;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.IntermediateCatchEvent;
import org.camunda.bpm.model.bpmn.instance.MessageEventDefinition;
import org.camunda.bpm.model.bpmn.instance.ReceiveTask;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;
import org.camunda.bpm.model.bpmn.instance.SignalEventDefinition;
import org.camunda.bpm.model.bpmn.instance.StartEvent;
import org.camunda.bpm.model.bpmn.instance.SubProcess;
import org.camunda.bpm.model.bpmn.instance.TimerEventDefinition;
import org.camunda.bpm.model.bpmn.instance.camunda.CamundaProperty;
import org.camunda.bpm.model.xml.ModelInstance;
import org.camunda.bpm.model.xml.instance.ModelElementInstance;

/**
 * Whatever waits for somebody else's message has a deadline, or says why it needs none: in an
 * extension property {@value #REASON} of the waiting element. A deadline that is written down is
 * one: the engine would notice only when it begins to wait.
 */
final class WaitRules {

  static final String REASON = "waitsForeverBecause";

  private WaitRules() {}

  static void check(BpmnModelInstance model, ModelChecks.Report report) {
    durations(model, report);
    for (ReceiveTask task : model.getModelElementsByType(ReceiveTask.class)) {
      deadline(task, report);
    }
    for (IntermediateCatchEvent event :
        model.getModelElementsByType(IntermediateCatchEvent.class)) {
      if (waitsForOthers(event) && !followsGateway(event)) {
        deadline(event, report);
      }
    }
    for (EventBasedGateway gateway : model.getModelElementsByType(EventBasedGateway.class)) {
      boolean hasTimer =
          flows(model)
              .filter(flow -> gateway.equals(flow.getSource()))
              .anyMatch(flow -> flow.getTarget() instanceof CatchEvent event && isTimer(event));
      if (!hasTimer) {
        deadline(gateway, report);
      }
    }
  }

  private static void durations(BpmnModelInstance model, ModelChecks.Report report) {
    for (TimerEventDefinition timer : model.getModelElementsByType(TimerEventDefinition.class)) {
      String text = timer.getTimeDuration() == null ? "" : timer.getTimeDuration().getTextContent();
      if (!text.isBlank() && !text.contains("{") && !isDuration(text.strip())) {
        report.add(
            ((FlowNode) timer.getParentElement()).getId(),
            "%s is no time; expected: such as PT30S, PT5M or PT1H".formatted(text.strip()));
      }
    }
  }

  private static boolean isDuration(String text) {
    try {
      DatatypeFactory.newInstance().newDuration(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    } catch (DatatypeConfigurationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void deadline(FlowNode node, ModelChecks.Report report) {
    if (!hasBoundaryTimer(node) && !isLimitedFromOutside(node) && !hasReason(node)) {
      report.add(node.getId(), "waits without a deadline");
    }
  }

  private static boolean isLimitedFromOutside(FlowNode node) {
    ModelElementInstance scope = node.getParentElement();
    while (scope != null) {
      if (scope instanceof SubProcess subProcess && hasBoundaryTimer(subProcess)
          || hasTimerEventSubProcess(scope)) {
        return true;
      }
      scope = scope.getParentElement();
    }
    return false;
  }

  private static boolean hasTimerEventSubProcess(ModelElementInstance scope) {
    return scope.getChildElementsByType(SubProcess.class).stream()
        .filter(SubProcess::triggeredByEvent)
        .flatMap(subProcess -> subProcess.getChildElementsByType(StartEvent.class).stream())
        .anyMatch(WaitRules::isTimer);
  }

  private static boolean hasBoundaryTimer(FlowNode node) {
    return node.getModelInstance().getModelElementsByType(BoundaryEvent.class).stream()
        .anyMatch(event -> node.equals(event.getAttachedTo()) && isTimer(event));
  }

  private static boolean isTimer(CatchEvent event) {
    return definitions(event).stream().anyMatch(TimerEventDefinition.class::isInstance);
  }

  private static boolean waitsForOthers(CatchEvent event) {
    return definitions(event).stream()
        .anyMatch(
            definition ->
                definition instanceof MessageEventDefinition
                    || definition instanceof SignalEventDefinition
                    || definition instanceof ConditionalEventDefinition);
  }

  private static Collection<EventDefinition> definitions(CatchEvent event) {
    return event.getEventDefinitions();
  }

  private static boolean followsGateway(FlowNode node) {
    return flows(node.getModelInstance())
        .anyMatch(
            flow -> node.equals(flow.getTarget()) && flow.getSource() instanceof EventBasedGateway);
  }

  /** The flows themselves: a node's lists of them are optional in BPMN. */
  private static Stream<SequenceFlow> flows(ModelInstance model) {
    return model.getModelElementsByType(SequenceFlow.class).stream();
  }

  private static boolean hasReason(FlowNode node) {
    return node.getExtensionElements() != null
        && node.getExtensionElements().getElementsQuery().list().stream()
            .flatMap(element -> element.getChildElementsByType(CamundaProperty.class).stream())
            .anyMatch(
                property ->
                    REASON.equals(property.getCamundaName())
                        && property.getCamundaValue() != null
                        && !property.getCamundaValue().isBlank());
  }
}
