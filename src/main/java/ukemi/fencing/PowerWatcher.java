package ukemi.fencing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import ukemi.database.DatabaseClock;
import ukemi.fault.Boundaries;
import ukemi.fault.Boundary;
import ukemi.fencing.PowerWatches.Due;
import ukemi.fencing.PowerWatches.PowerWatch;

/**
 * Reads the power of watched machines, again and again, on threads of its own: one query may take a
 * minute. Which node reads is settled in the database, so that a killed node's readings go on
 * elsewhere.
 */
@Component
class PowerWatcher implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(PowerWatcher.class);

  /** MAAS should see no more at once from a node. */
  private static final int QUERIES_AT_ONCE = 4;

  /**
   * Dead BMCs take a minute each; a rack of them must not keep the others from being read, whose
   * proofs would grow too old, however many persons wait.
   */
  private static final int SLOW_AT_ONCE = 2;

  /** A reading may have to find the machine first, or wait for the end of a dead node's claim. */
  private static final Duration BESIDES_THE_QUERY = Duration.ofSeconds(30);

  private static final Duration SLOW = Duration.ofSeconds(10);

  private static final Duration CLOSELY_FOR = Duration.ofMinutes(1);
  private static final Duration CLOSE = Duration.ofSeconds(3);
  private static final Duration DISTANT = Duration.ofSeconds(10);
  private static final Duration PROVEN = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration IDLE_POLL = Duration.ofSeconds(5);
  private static final Duration RENEWAL = Duration.ofSeconds(2);

  private final PowerControl power;
  private final MachineIdentity identity;
  private final PowerWatches watches;
  private final PowerReadings readings;
  private final Proofs proofs;
  private final DatabaseClock clock;
  private final OwnTransaction ownTransaction;
  private final FencingSettings settings;

  private final Semaphore free = new Semaphore(QUERIES_AT_ONCE);
  private final Semaphore wakeUps = new Semaphore(0);
  private final UUID node = UUID.randomUUID();
  private final Set<UUID> reading = ConcurrentHashMap.newKeySet();
  private final AtomicInteger slowNow = new AtomicInteger();
  private ExecutorService threads;
  private volatile boolean running;

  PowerWatcher(
      PowerControl power,
      MachineIdentity identity,
      PowerWatches watches,
      PowerReadings readings,
      Proofs proofs,
      DatabaseClock clock,
      OwnTransaction ownTransaction,
      FencingSettings settings) {
    this.power = power;
    this.identity = identity;
    this.watches = watches;
    this.readings = readings;
    this.proofs = proofs;
    this.clock = clock;
    this.ownTransaction = ownTransaction;
    this.settings = settings;
  }

  /** Looks for work at once. */
  void wakeUp() {
    wakeUps.release();
  }

  @Override
  public void start() {
    if (settings.provider() == Provider.NONE) {
      return;
    }
    running = true;
    AtomicInteger number = new AtomicInteger();
    threads =
        Executors.newFixedThreadPool(
            QUERIES_AT_ONCE + 1,
            work -> {
              Thread thread = new Thread(work, "power-watcher-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    threads.execute(this::watch);
  }

  @Override
  public void stop() {
    if (threads == null) {
      return;
    }
    running = false;
    threads.shutdownNow();
    try {
      threads.awaitTermination(2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  private void watch() {
    boolean failing = false;
    while (running) {
      try {
        Duration pause;
        try {
          renewClaims();
          claimAndRead();
          pause = pause();
          failing = false;
        } catch (RuntimeException e) {
          if (!failing && running) {
            LOG.warn("Power watcher cannot look for work, tries again: {}", e.toString());
          }
          failing = true;
          pause = IDLE_POLL;
        }
        wakeUps.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS);
        wakeUps.drainPermits();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void renewClaims() {
    List<UUID> claimed = List.copyOf(reading);
    if (!claimed.isEmpty()) {
      watches.renew(node, claimed);
    }
  }

  private void claimAndRead() {
    claimAndRead(Due.SLOW_ASKED, SLOW_AT_ONCE - slowNow.get());
    claimAndRead(Due.QUICK, QUERIES_AT_ONCE);
    claimAndRead(Due.SLOW, SLOW_AT_ONCE - slowNow.get());
  }

  private void claimAndRead(Due due, int atMost) {
    int most = Math.min(free.availablePermits(), atMost);
    if (most > 0) {
      watches.claim(node, most, due).forEach(this::beginToRead);
    }
  }

  private void beginToRead(PowerWatch watch) {
    free.acquireUninterruptibly();
    slowNow.addAndGet(watch.slow() ? 1 : 0);
    reading.add(watch.runId());
    threads.execute(
        () -> {
          try {
            read(watch);
          } catch (RuntimeException e) {
            // Not released: the claim ends by itself, and any node reads again.
            LOG.warn("Power of machine {} was not read: {}", watch.systemId(), e.toString());
          } finally {
            reading.remove(watch.runId());
            slowNow.addAndGet(watch.slow() ? -1 : 0);
            free.release();
            wakeUp();
          }
        });
  }

  /**
   * How long it may take until all machines are read for whose reading a person waits: what is
   * under way ends, and they follow.
   */
  Duration readingDeadline() {
    int rounds = (watches.asked() + SLOW_AT_ONCE - 1) / SLOW_AT_ONCE;
    return power.queryLimit().plus(BESIDES_THE_QUERY).multipliedBy(1 + rounds);
  }

  /** Until it looks for work again, unless something wakes it up. */
  Duration pause() {
    if (free.availablePermits() == 0) {
      return RENEWAL;
    }
    return watches
        .untilNext()
        .map(due -> due.compareTo(POLL) < 0 ? due.plusMillis(1) : POLL)
        .orElse(IDLE_POLL);
  }

  private void read(PowerWatch watch) {
    Instant begun = clock.now();
    String systemId = watch.systemId();
    LivePower answer;
    try {
      if (systemId.equals(PowerWatches.NOT_FOUND_YET)) {
        systemId = identity.candidate(watch.hostName()).systemId();
      }
      answer = power.query(systemId);
    } catch (FencingRefused | PowerControlUnavailable e) {
      answer = new LivePower(PowerState.UNKNOWN, e.getMessage());
    } catch (RuntimeException e) {
      answer = new LivePower(PowerState.UNKNOWN, "the query failed: " + e.getClass().getName());
    }
    if (!running) {
      // Cut off by our own end: says nothing about the machine.
      watches.release(node, watch.runId());
      return;
    }
    Boundaries.reached(Boundary.READING_TAKEN);
    Instant ended = clock.now();
    PowerReading result = new PowerReading(systemId, begun, ended, answer.state(), answer.detail());
    ownTransaction.run(
        () -> {
          readings.add(watch.runId(), result);
          watches.release(
              node, watch.runId(), begun, ended.plus(interval(watch, result)), isSlow(result));
        });
  }

  private static boolean isSlow(PowerReading reading) {
    return Duration.between(reading.begunAt(), reading.endedAt()).compareTo(SLOW) > 0;
  }

  private Duration interval(PowerWatch watch, PowerReading reading) {
    if (reading.is(PowerState.OFF)) {
      // The second "off" as soon as it counts; later ones keep the proof fresh.
      return proofs.valid(watch.runId()).isPresent() ? provenInterval() : settings.readingGap();
    }
    boolean closely = reading.endedAt().isBefore(watch.watchedSince().plus(CLOSELY_FOR));
    return closely ? CLOSE : DISTANT;
  }

  private Duration provenInterval() {
    Duration third = settings.proofAge().dividedBy(3);
    return third.compareTo(PROVEN) < 0 ? third : PROVEN;
  }
}
