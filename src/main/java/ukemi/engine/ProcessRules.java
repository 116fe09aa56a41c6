package ukemi.engine;

import java.util.Collection;
import java.util.stream.Stream;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.Association;
import org.camunda.bpm.model.bpmn.instance.BaseElement;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.Process;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;
import org.camunda.bpm.model.bpmn.instance.TextAnnotation;

/** A file holds one process of its own name, with a time to live, drawn completely. */
final class ProcessRules {

  private ProcessRules() {}

  static void check(String file, BpmnModelInstance model, ModelChecks.Report report) {
    Collection<Process> processes = model.getModelElementsByType(Process.class);
    if (processes.size() != 1) {
      report.add(null, "has %d processes in place of one".formatted(processes.size()));
    }
    for (Process process : processes) {
      if (!file.equals(process.getId() + ".bpmn")) {
        report.add(process.getId(), "the process id differs from the file's name");
      }
      if (!process.isExecutable()) {
        report.add(process.getId(), "is not executable");
      }
      String timeToLive = process.getCamundaHistoryTimeToLiveString();
      if (timeToLive == null || timeToLive.isBlank()) {
        report.add(process.getId(), "has no history time to live");
      }
    }
    Stream.of(FlowNode.class, SequenceFlow.class, TextAnnotation.class, Association.class)
        .flatMap(type -> model.getModelElementsByType(type).stream())
        .map(BaseElement.class::cast)
        .filter(element -> element.getDiagramElement() == null)
        .forEach(element -> report.add(element.getId(), "is not in the diagram"));
  }
}
