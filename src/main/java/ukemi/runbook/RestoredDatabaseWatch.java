package ukemi.runbook;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.camunda.bpm.engine.RuntimeService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import ukemi.database.ClusterLock;
import ukemi.database.LastBeat;
import ukemi.database.LastBeat.Loss;
import ukemi.notification.Holds;
import ukemi.notification.Holds.Hold;

/**
 * Notices that the database was restored from an older back-up, holds what that calls open, and has
 * a person asked. Several nodes that notice it make one hold and one task.
 */
@Component
class RestoredDatabaseWatch implements SmartInitializingSingleton {

  private static final Logger LOG = LoggerFactory.getLogger(RestoredDatabaseWatch.class);

  private static final String ALONE = "restored-database";

  /** Several in the smallest loss that may be set. */
  private static final long BETWEEN_BEATS = Duration.ofSeconds(10).toNanos();

  private final LastBeat beat;
  private final HeldProcesses held;
  private final Holds holds;
  private final RuntimeService runtime;
  private final ClusterLock lock;
  private Long beatenAt;

  RestoredDatabaseWatch(
      LastBeat beat, HeldProcesses held, Holds holds, RuntimeService runtime, ClusterLock lock) {
    this.beat = beat;
    this.held = held;
    this.holds = holds;
    this.runtime = runtime;
    this.lock = lock;
  }

  /** Before a job runs or a watcher looks. */
  @Override
  public void afterSingletonsInstantiated() {
    notice();
  }

  /** Often, because a node may live through a restore. */
  @Scheduled(fixedDelay = 1000)
  synchronized void round() {
    boolean noticed = notice();
    long now = System.nanoTime();
    if (noticed || beatenAt == null || now - beatenAt >= BETWEEN_BEATS) {
      beat.beat();
      beatenAt = now;
      lock.runAlone(ALONE, this::ask);
    }
  }

  private boolean notice() {
    Optional<Loss> loss = beat.loss();
    loss.ifPresent(
        lost -> lock.runInTurn(ALONE, () -> held.hold(lost).ifPresent(many -> tell(lost, many))));
    return loss.isPresent();
  }

  private static void tell(Loss loss, int many) {
    LOG.error(
        "The database was restored from an older back-up: {}. {} processes that were open then are"
            + " held. Decide in Tasklist whether they go on; recoveries that were begun since the"
            + " back-up are not known any more",
        Texts.of(loss.remembered(), loss.found()),
        many);
  }

  /** Also again, when somebody has deleted the question. */
  private void ask() {
    Optional<Hold> open = holds.open();
    if (open.isEmpty()) {
      return;
    }
    String key = "hold-" + open.get().id();
    if (runtime.createProcessInstanceQuery().processInstanceBusinessKey(key).count() == 0) {
      runtime.startProcessInstanceByKey(
          RestoredDatabaseProcess.KEY,
          key,
          Map.of(
              RestoredDatabaseProcess.LOSS.name(),
              Texts.of(open.get().remembered(), open.get().found())));
    }
  }
}
