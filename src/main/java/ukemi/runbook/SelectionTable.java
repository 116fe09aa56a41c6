package ukemi.runbook;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import ukemi.compute.Compute;
import ukemi.compute.Images;
import ukemi.compute.Instance;
import ukemi.compute.ServerGroup;
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
  private static final String SERVER_GROUP = "serverGroup";
  private static final String IMAGE_PROPERTIES = "imageProperties";

  private final DmnEngine dmn =
      DmnEngineConfiguration.createDefaultDmnEngineConfiguration().buildEngine();
  private final RepositoryService repository;
  private final Compute compute;
  private final Images images;

  SelectionTable(RepositoryService repository, Compute compute, Images images) {
    this.repository = repository;
    this.compute = compute;
    this.images = images;
  }

  /**
   * The table that was deployed together with that process. Where there is none, or it fails, all
   * guests are recovered: a guest that stays down for a slip of the pen is worse.
   *
   * @throws ukemi.compute.ComputeUnavailable when it asks for server groups, and Nova does not
   *     answer
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
    String model = model(table);
    Surroundings surroundings =
        new Surroundings(
            model.contains(SERVER_GROUP) ? compute.serverGroups() : List.of(),
            model.contains(IMAGE_PROPERTIES) ? new HashMap<>() : null);
    try {
      DmnDecision decision =
          dmn.parseDecision(KEY, new ByteArrayInputStream(model.getBytes(StandardCharsets.UTF_8)));
      return (guest, marked, wanted) -> select(decision, surroundings, guest, marked, wanted);
    } catch (RuntimeException e) {
      LOG.warn("the table {} of deployment {} fails", KEY, process.getDeploymentId(), e);
      return (guest, marked, wanted) -> failed(guest, marked, e);
    }
  }

  private String model(DecisionDefinition table) {
    try (InputStream model = repository.getDecisionModel(table.getId())) {
      return new String(model.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What a table may ask for that Nova does not show with a guest, read when it does.
   *
   * @param images what is known of them by now; null when it does not ask
   */
  private record Surroundings(List<ServerGroup> groups, Map<String, Map<String, String>> images) {}

  private GuestSelection select(
      DmnDecision decision,
      Surroundings surroundings,
      Instance guest,
      boolean marked,
      String wanted) {
    try {
      Map<String, Object> variables = variables(guest, marked, wanted);
      add(variables, surroundings, guest);
      DmnDecisionResult result = dmn.evaluateDecision(decision, variables);
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

  /** A guest is in one server group at most. */
  private void add(Map<String, Object> variables, Surroundings surroundings, Instance guest) {
    Optional<ServerGroup> group =
        surroundings.groups().stream()
            .filter(one -> one.members().contains(guest.id()))
            .findFirst();
    variables.put(SERVER_GROUP, group.map(ServerGroup::name).orElse(null));
    variables.put(SERVER_GROUP + "Policy", group.map(ServerGroup::policy).orElse(null));
    if (surroundings.images() != null) {
      String image = guest.traits().image();
      variables.put(
          IMAGE_PROPERTIES,
          image == null
              ? Map.of()
              : surroundings.images().computeIfAbsent(image, images::properties));
    }
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
