package ukemi.engine;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.camunda.bpm.engine.ActivityTypes;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.history.HistoricActivityInstance;
import org.springframework.stereotype.Component;

/** What the process of a notification has done, as the engine remembers it. */
@Component
public class ProcessHistory {

  /**
   * What a drawing shows as a task; gateways and events are left out, and tables decide, not do.
   */
  private static final Set<String> TASKS =
      Set.of(
          ActivityTypes.TASK_SERVICE,
          ActivityTypes.TASK_SEND_TASK,
          ActivityTypes.TASK_SCRIPT,
          ActivityTypes.TASK_USER_TASK,
          ActivityTypes.CALL_ACTIVITY);

  /** The engine's id of the frame round the parallel instances of an activity. */
  private static final String FRAME = "#" + ActivityTypes.MULTI_INSTANCE_BODY;

  /** Bears the notification's key, but is not what the notification has led to. */
  private static final List<String> LATER = List.of("return-to-service");

  private final HistoryService history;

  ProcessHistory(HistoryService history) {
    this.history = history;
  }

  /**
   * A task of a drawing that was begun.
   *
   * @param activity its id in the drawing
   * @param name what the drawing calls it; may hold expressions
   * @param ended null = it is under way
   * @param cancelled whether it was ended before it was done
   * @param person who has a user task; null = nobody, or it is none
   * @param inside what the process that it calls has done; of many at once nothing
   */
  public record Step(
      String activity,
      String name,
      Instant begun,
      Instant ended,
      boolean cancelled,
      String person,
      List<Step> inside) {}

  /** All that was begun, oldest first; nothing when there is no process, or it is forgotten. */
  public List<Step> of(UUID notification) {
    return history
        .createHistoricProcessInstanceQuery()
        .processInstanceBusinessKey(notification.toString())
        .processDefinitionKeyNotIn(LATER)
        .rootProcessInstances()
        .orderByProcessInstanceStartTime()
        .asc()
        .list()
        .stream()
        .flatMap(process -> steps(process.getId()).stream())
        .toList();
  }

  private List<Step> steps(String process) {
    List<HistoricActivityInstance> begun =
        history
            .createHistoricActivityInstanceQuery()
            .processInstanceId(process)
            .orderByHistoricActivityInstanceStartTime()
            .asc()
            .orderPartiallyByOccurrence()
            .asc()
            .list();
    Set<String> framed = new HashSet<>();
    // the frame itself is kept without a name
    Map<String, String> names = new HashMap<>();
    for (HistoricActivityInstance one : begun) {
      if (one.getActivityId().endsWith(FRAME)) {
        framed.add(unframed(one));
      } else {
        names.put(one.getActivityId(), one.getActivityName());
      }
    }
    return begun.stream()
        .filter(
            one ->
                one.getActivityId().endsWith(FRAME)
                    || TASKS.contains(one.getActivityType())
                        && !framed.contains(one.getActivityId()))
        .map(one -> step(one, names.get(unframed(one))))
        .toList();
  }

  private Step step(HistoricActivityInstance one, String name) {
    return new Step(
        unframed(one),
        name == null ? unframed(one) : name,
        one.getStartTime().toInstant(),
        one.getEndTime() == null ? null : one.getEndTime().toInstant(),
        one.isCanceled(),
        one.getAssignee(),
        one.getCalledProcessInstanceId() == null
            ? List.of()
            : steps(one.getCalledProcessInstanceId()));
  }

  private static String unframed(HistoricActivityInstance one) {
    return one.getActivityId().replace(FRAME, "");
  }
}
