package ukemi.engine;

import static org.camunda.bpm.model.bpmn.impl.BpmnModelConstants.CAMUNDA_NS;

import java.util.Optional;
import java.util.function.Function;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.BaseElement;
import org.camunda.bpm.model.bpmn.instance.MultiInstanceLoopCharacteristics;
import org.camunda.bpm.model.bpmn.instance.SendTask;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;
import org.camunda.bpm.model.bpmn.instance.Task;
import org.camunda.bpm.model.bpmn.instance.UserTask;
import org.camunda.bpm.model.bpmn.instance.camunda.CamundaExecutionListener;
import org.camunda.bpm.model.bpmn.instance.camunda.CamundaTaskListener;
import org.camunda.bpm.model.xml.instance.ModelElementInstance;
import org.springframework.util.StringUtils;

/**
 * A task is a bean of its own name in its own transaction; loops are joined in a transaction of the
 * parent.
 */
final class TaskRules {

  private static final String RUNBOOK = "ukemi.runbook.";

  private TaskRules() {}

  static void check(
      BpmnModelInstance model,
      Function<String, Optional<Class<?>>> beans,
      ModelChecks.Report report) {
    for (ServiceTask task : model.getModelElementsByType(ServiceTask.class)) {
      automatic(task, task.getCamundaDelegateExpression(), beans, report);
    }
    for (SendTask task : model.getModelElementsByType(SendTask.class)) {
      automatic(task, task.getCamundaDelegateExpression(), beans, report);
    }
    for (UserTask task : model.getModelElementsByType(UserTask.class)) {
      if (task.getCamundaCandidateGroupsList().isEmpty()) {
        report.add(task.getId(), "has no candidate groups, so nobody sees it");
      }
    }
    listeners(model, beans, report);
    concurrency(model, report);
  }

  private static void automatic(
      Task task,
      String expression,
      Function<String, Optional<Class<?>>> beans,
      ModelChecks.Report report) {
    String bean = StringUtils.uncapitalizeAsProperty(task.getId());
    String expected = "${" + bean + "}";
    if (!expected.equals(expression)) {
      report.add(task.getId(), "its delegate expression must be %s".formatted(expected));
    } else {
      String type = RUNBOOK + task.getId();
      if (beans.apply(bean).filter(found -> found.getName().equals(type)).isEmpty()) {
        report.add(task.getId(), "there is no bean %s of class %s".formatted(bean, type));
      }
    }
    if (!task.isCamundaAsyncBefore()) {
      report.add(task.getId(), "must be asynchronous before");
    }
  }

  private static void listeners(
      BpmnModelInstance model,
      Function<String, Optional<Class<?>>> beans,
      ModelChecks.Report report) {
    for (CamundaExecutionListener listener :
        model.getModelElementsByType(CamundaExecutionListener.class)) {
      listener(listener, listener.getCamundaDelegateExpression(), beans, report);
    }
    for (CamundaTaskListener listener : model.getModelElementsByType(CamundaTaskListener.class)) {
      listener(listener, listener.getCamundaDelegateExpression(), beans, report);
    }
  }

  private static void listener(
      ModelElementInstance listener,
      String expression,
      Function<String, Optional<Class<?>>> beans,
      ModelChecks.Report report) {
    if (expression != null && beans.apply(expression.replaceAll("[${}]", "")).isEmpty()) {
      BaseElement owner = (BaseElement) listener.getParentElement().getParentElement();
      report.add(owner.getId(), "there is no bean for its listener %s".formatted(expression));
    }
  }

  private static void concurrency(BpmnModelInstance model, ModelChecks.Report report) {
    for (BaseElement element : model.getModelElementsByType(BaseElement.class)) {
      if ("false".equals(element.getAttributeValueNs(CAMUNDA_NS, "exclusive"))) {
        report.add(
            owner(element), "exclusive=\"false\": a conflict would run the task's work again");
      }
    }
    for (MultiInstanceLoopCharacteristics loop :
        model.getModelElementsByType(MultiInstanceLoopCharacteristics.class)) {
      if (!loop.isSequential() && !loop.isCamundaAsyncAfter()) {
        report.add(
            owner(loop),
            "its parallel loop must be asynchronous after (camunda:asyncAfter on"
                + " multiInstanceLoopCharacteristics), or a conflict at the join runs work again");
      }
    }
  }

  private static String owner(BaseElement element) {
    return element instanceof MultiInstanceLoopCharacteristics
        ? ((BaseElement) element.getParentElement()).getId()
        : element.getId();
  }
}
