package ukemi.engine;

import com.fasterxml.jackson.databind.JsonNode;
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
import org.camunda.bpm.model.dmn.DmnModelInstance;
import org.camunda.bpm.model.dmn.instance.Decision;

/**
 * Files that are deployed together, read.
 *
 * @param models processes by file name
 * @param tables decisions by file name
 * @param forms ids of forms
 * @param decisions ids of decisions
 * @param unreadable what could not be read, and why
 */
record ModelSet(
    Map<String, BpmnModelInstance> models,
    Map<String, DmnModelInstance> tables,
    Set<String> forms,
    Set<String> decisions,
    List<ModelProblem> unreadable) {

  static ModelSet read(Map<String, byte[]> files) {
    ModelSet set =
        new ModelSet(
            new TreeMap<>(), new TreeMap<>(), new HashSet<>(), new HashSet<>(), new ArrayList<>());
    files.forEach((path, content) -> set.add(path.substring(path.lastIndexOf('/') + 1), content));
    return set;
  }

  private void add(String file, byte[] content) {
    try {
      if (file.endsWith(".bpmn")) {
        models.put(file, Bpmn.readModelFromStream(new ByteArrayInputStream(content)));
      } else if (file.endsWith(".dmn")) {
        DmnModelInstance table = Dmn.readModelFromStream(new ByteArrayInputStream(content));
        tables.put(file, table);
        table
            .getModelElementsByType(Decision.class)
            .forEach(decision -> decisions.add(decision.getId()));
      } else if (file.endsWith(".form")) {
        JsonNode form = new ObjectMapper().readTree(content);
        String id = form.path("id").asText();
        if (!file.equals(id + ".form")) {
          unreadable.add(new ModelProblem(file, null, "the form's id is \"%s\"".formatted(id)));
        }
        if (!form.path("components").isArray()) {
          unreadable.add(new ModelProblem(file, null, "has no list of components"));
        }
        forms.add(id);
      }
    } catch (RuntimeException | IOException e) {
      // whatever it is: an operator's file must never stop the program
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
