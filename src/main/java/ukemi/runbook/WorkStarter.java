package ukemi.runbook;

import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.RuntimeService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import ukemi.database.ClusterLock;
import ukemi.database.DatabaseClock;
import ukemi.plannedwork.PlannedWork;
import ukemi.plannedwork.PlannedWorks;
import ukemi.plannedwork.WorkProcesses;

/**
 * Starts the process of planned work, in the transaction that stores it, and again when somebody
 * has deleted it: the end of the work must not be forgotten. Tells it when the work was ended.
 */
@Component
class WorkStarter implements WorkProcesses {

  private static final Logger LOG = LoggerFactory.getLogger(WorkStarter.class);

  private final RuntimeService runtime;
  private final PlannedWorks works;
  private final DatabaseClock clock;
  private final ClusterLock lock;

  WorkStarter(RuntimeService runtime, PlannedWorks works, DatabaseClock clock, ClusterLock lock) {
    this.runtime = runtime;
    this.works = works;
    this.clock = clock;
    this.lock = lock;
  }

  @Override
  public void start(PlannedWork work) {
    Map<String, Object> variables = PlannedWorkProcess.variables(work, clock.now());
    variables.put(PlannedWorkProcess.REFUSED.name(), null);
    variables.put(PlannedWorkProcess.OPEN_RECOVERIES.name(), openRecoveries(work));
    runtime.startProcessInstanceByKey(PlannedWorkProcess.KEY, work.uuid().toString(), variables);
  }

  /** Those under way, for a person. */
  String openRecoveries(PlannedWork work) {
    String open =
        works.openRecoveries(work).stream()
            .map(
                one ->
                    "%s (%s, notification %s)"
                        .formatted(one.host(), one.type(), one.notificationUuid()))
            .collect(Collectors.joining("\n"));
    return open.isEmpty() ? "none" : Texts.cut(open);
  }

  /** Often: it wakes those that were ended, too. */
  @Scheduled(fixedDelay = 2000)
  void round() {
    lock.runAlone("planned-work", this::look);
  }

  private void look() {
    for (PlannedWork work : works.unfinished()) {
      try {
        if (!hasProcess(work.uuid())) {
          startAgain(work.uuid());
        } else if (work.endedAt() != null) {
          wake(work.uuid());
        }
      } catch (RuntimeException e) {
        LOG.warn("planned work {}, trying again: {}", work.uuid(), e.toString());
      }
    }
  }

  /** Unless it has closed between the two looks: work and process end together. */
  private void startAgain(UUID uuid) {
    works
        .find(uuid)
        .filter(work -> work.closedAt() == null)
        .ifPresent(
            work -> {
              LOG.warn("planned work {} had no process: it gets one", uuid);
              start(work);
            });
  }

  /** A process that is between two steps is not waiting, and reads that the work has ended. */
  private void wake(UUID uuid) {
    runtime
        .createExecutionQuery()
        .processInstanceBusinessKey(uuid.toString())
        .messageEventSubscriptionName(PlannedWorkProcess.WORK_ENDED)
        .list()
        .forEach(
            waiting ->
                runtime.messageEventReceived(PlannedWorkProcess.WORK_ENDED, waiting.getId()));
  }

  private boolean hasProcess(UUID work) {
    return runtime.createProcessInstanceQuery().processInstanceBusinessKey(work.toString()).count()
        > 0;
  }
}
