package ukemi.runbook;

import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.dmn.engine.DmnDecision;
import org.camunda.bpm.dmn.engine.DmnDecisionResult;
import org.camunda.bpm.dmn.engine.DmnEngine;
import org.camunda.bpm.dmn.engine.DmnEngineConfiguration;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.repository.DecisionDefinition;
import org.camunda.bpm.engine.repository.ProcessDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import ukemi.compute.Instance;
import ukemi.evacuation.GuestSelection;
import ukemi.evacuation.GuestSelection.Response;
import ukemi.evacuation.GuestSelector;

/**
 * The table {@code instance-selection.dmn} of a run's own deployment. It is evaluated without the
 * engine's history: a host may have hundreds of guests, and what was decided is kept with each.
 */
@Component
class SelectionTable {

  private static final Logger LOG = LoggerFactory.getLogger(SelectionTable.class);

  private static final String KEY = "instance-selection";

  private final DmnEngine dmn =
      DmnEngineConfiguration.createDefaultDmnEngineConfiguration().buildEngine();
  private final RepositoryService repository;

  SelectionTable(RepositoryService repository) {
    this.repository = repository;
  }

  /**
   * The table that was deployed together with that process. Where there is none, or it fails, all
   * guests are recovered: a guest that stays down for a slip of the pen is worse.
   */
  GuestSelector of(String processDefinitionId) {
    ProcessDefinition process = repository.getProcessDefinition(processDefinitionId);
    DecisionDefinition table =
        repository
            .createDecisionDefinitionQuery()
            .deploymentId(process.getDeploymentId())
            .decisionDefinitionKey(KEY)
            .singleResult();
    if (table == null) {
      return (guest, marked, wanted) -> GuestSelection.usual(marked, null);
    }
    try (InputStream model = repository.getDecisionModel(table.getId())) {
      DmnDecision decision = dmn.parseDecision(KEY, model);
      return (guest, marked, wanted) -> select(decision, guest, marked, wanted);
    } catch (Exception e) {
      LOG.warn("the table {} of deployment {} fails", KEY, process.getDeploymentId(), e);
      return (guest, marked, wanted) -> failed(guest, marked, e);
    }
  }

  private GuestSelection select(
      DmnDecision decision, Instance guest, boolean marked, String wanted) {
    try {
      DmnDecisionResult result = dmn.evaluateDecision(decision, variables(guest, marked, wanted));
      if (result.isEmpty()) {
        return GuestSelection.usual(marked, "no rule of the table instance-selection fits it");
      }
      return selection(result.getSingleResult().getEntryMap());
    } catch (RuntimeException e) {
      return failed(guest, marked, e);
    }
  }

  private static Map<String, Object> variables(Instance guest, boolean marked, String wanted) {
    Map<String, Object> variables = new HashMap<>();
    variables.put("name", guest.name());
    variables.put("state", wanted);
    variables.put("marked", marked);
    variables.put("metadata", guest.metadata());
    variables.put("tags", List.copyOf(guest.traits().tags()));
    variables.put("project", guest.traits().project());
    variables.put("flavor", guest.traits().flavor());
    variables.put("flavorProperties", guest.traits().flavorProperties());
    variables.put("image", guest.traits().image());
    variables.put("localDisk", guest.traits().localDisk());
    variables.put("volumes", guest.traits().volumes());
    return variables;
  }

  private static GuestSelection selection(Map<String, Object> row) {
    Object note = row.get("note");
    return new GuestSelection(
        switch (String.valueOf(row.get("response"))) {
          case "recover" -> Response.RECOVER;
          case "leave" -> Response.LEAVE;
          case "ask" -> Response.ASK;
          default ->
              throw new IllegalArgumentException(
                  "response is %s; expected: recover, leave or ask".formatted(row.get("response")));
        },
        number(row, "priority"),
        number(row, "wave"),
        note == null || note.toString().isBlank() ? null : Texts.cut(note.toString()));
  }

  private static int number(Map<String, Object> row, String output) {
    Object value = row.get(output);
    if (value == null) {
      return 0;
    }
    if (value instanceof Number number) {
      return number.intValue();
    }
    throw new IllegalArgumentException(output + " is " + value + "; expected: a number");
  }

  private static GuestSelection failed(Instance guest, boolean marked, Exception e) {
    LOG.warn("{} ({}): the table {} fails: {}", guest.name(), guest.id(), KEY, e.getMessage());
    return GuestSelection.usual(
        marked, Texts.cut("the table instance-selection failed: " + e.getMessage()));
  }
}
