package ukemi.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.CallActivity;
import org.camunda.bpm.model.bpmn.instance.Process;
import org.camunda.bpm.model.dmn.Dmn;
import org.camunda.bpm.model.dmn.instance.Decision;
import org.camunda.bpm.model.xml.ModelException;

/**
 * Files that are deployed together, read.
 *
 * @param models processes by file name
 * @param forms ids of forms
 * @param decisions ids of decisions
 * @param unreadable what could not be read, and why
 */
record ModelSet(
    Map<String, BpmnModelInstance> models,
    Set<String> forms,
    Set<String> decisions,
    List<ModelProblem> unreadable) {

  static ModelSet read(Map<String, byte[]> files) {
    ModelSet set =
        new ModelSet(new TreeMap<>(), new HashSet<>(), new HashSet<>(), new ArrayList<>());
    files.forEach((path, content) -> set.add(path.substring(path.lastIndexOf('/') + 1), content));
    return set;
  }

  private void add(String file, byte[] content) {
    try {
      if (file.endsWith(".bpmn")) {
        models.put(file, Bpmn.readModelFromStream(new ByteArrayInputStream(content)));
      } else if (file.endsWith(".dmn")) {
        Dmn.readModelFromStream(new ByteArrayInputStream(content))
            .getModelElementsByType(Decision.class)
            .forEach(decision -> decisions.add(decision.getId()));
      } else if (file.endsWith(".form")) {
        String id = new ObjectMapper().readTree(content).path("id").asText();
        if (!file.equals(id + ".form")) {
          unreadable.add(new ModelProblem(file, null, "the form's id is \"%s\"".formatted(id)));
        }
        forms.add(id);
      }
    } catch (ModelException | IOException e) {
      unreadable.add(new ModelProblem(file, null, "can't be read: " + reason(e)));
    }
  }

  private static String reason(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest.getMessage();
  }

  /** The process of that id. */
  Optional<Process> process(String id) {
    return models.values().stream()
        .flatMap(model -> model.getModelElementsByType(Process.class).stream())
        .filter(process -> id.equals(process.getId()))
        .findFirst();
  }

  boolean calls(String processId) {
    return models.values().stream()
        .flatMap(model -> model.getModelElementsByType(CallActivity.class).stream())
        .anyMatch(call -> processId.equals(call.getCalledElement()));
  }
}
