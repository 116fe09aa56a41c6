package ukemi.runbook;

import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.MismatchingMessageCorrelationException;
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
 * has deleted it: the end of the work must not be forgotten.
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

  @Override
  public void ended(PlannedWork work) {
    try {
      runtime
          .createMessageCorrelation(PlannedWorkProcess.WORK_ENDED)
          .processInstanceBusinessKey(work.uuid().toString())
          .correlate();
    } catch (MismatchingMessageCorrelationException e) {
      // it is between two steps, and reads that the work has ended when it comes to the next
      LOG.info("planned work {} was ended while nothing waited for it", work.uuid());
    }
  }

  @Scheduled(initialDelay = 10_000, fixedDelay = 10_000)
  void round() {
    lock.runAlone("planned-work", this::startMissing);
  }

  private void startMissing() {
    works.unfinished().stream()
        .map(PlannedWork::uuid)
        .filter(work -> !hasProcess(work))
        // it may have closed between the two looks; both end together
        .flatMap(work -> works.find(work).stream())
        .filter(work -> work.closedAt() == null)
        .forEach(
            work -> {
              LOG.warn("planned work {} had no process: it gets one", work.uuid());
              start(work);
            });
  }

  private boolean hasProcess(UUID work) {
    return runtime.createProcessInstanceQuery().processInstanceBusinessKey(work.toString()).count()
        > 0;
  }
}
