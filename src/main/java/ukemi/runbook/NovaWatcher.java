package ukemi.runbook;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import ukemi.database.ClusterLock;
import ukemi.evacuation.LandingWatch;
import ukemi.evacuation.Reserves;
import ukemi.fencing.Fencing;
import ukemi.fencing.HeartbeatVerdict;
import ukemi.fencing.Heartbeats;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;

/**
 * Reads from Nova what open runs wait for: heartbeats, and guests under way. One node at a time;
 * silent without open work. What cannot be read for one run keeps no other waiting, and is kept for
 * people to see.
 */
@Component
class NovaWatcher {

  private static final Logger LOG = LoggerFactory.getLogger(NovaWatcher.class);

  /** A host that has been silent is still read, since a sign of life voids its proof. */
  private static final Duration AFTER_SILENCE = Duration.ofSeconds(5);

  /** A failure that took longer ends the round: the next begins with the runs not read in it. */
  private static final Duration SLOW = Duration.ofSeconds(5);

  private static final Duration BETWEEN_ROUNDS = Duration.ofSeconds(1);
  private static final Duration PAUSE_OF_SETTLING = Duration.ofSeconds(15);

  private final ClusterLock lock;
  private final RecoveryRuns runs;
  private final Heartbeats heartbeats;
  private final Fencing fencing;
  private final LandingWatch landings;
  private final Reserves reserves;
  private final Correlator correlator;

  /** When this node reads a silent host next; losing it costs one early read. */
  private final Map<UUID, Instant> nextRead = new HashMap<>();

  private final Map<UUID, Instant> triedAt = new HashMap<>();

  /** What this node has last told of a run, for the log; null = it can be read. */
  private final Map<UUID, String> told = new HashMap<>();

  private Instant nextRound = Instant.MIN;
  private Instant nextLook = Instant.MIN;
  private Instant nextSettling = Instant.MIN;

  /** Runs whose guests could not be read when they were last looked for, and why. */
  private Map<UUID, String> notLanded = Map.of();

  NovaWatcher(
      ClusterLock lock,
      RecoveryRuns runs,
      Heartbeats heartbeats,
      Fencing fencing,
      LandingWatch landings,
      Reserves reserves,
      Correlator correlator) {
    this.lock = lock;
    this.runs = runs;
    this.heartbeats = heartbeats;
    this.fencing = fencing;
    this.landings = landings;
    this.reserves = reserves;
    this.correlator = correlator;
  }

  @Scheduled(fixedDelay = 100)
  void roundWhenDue() {
    Instant now = Instant.now();
    if (!now.isBefore(nextRound)) {
      nextRound = now.plus(BETWEEN_ROUNDS);
      round();
    } else if (!now.isBefore(nextLook)) {
      nextLook = nextRound; // unless we learn better
      if (landings.hasWork()) {
        lock.runAlone("nova-watcher", this::lookForLandings);
      }
    }
  }

  void round() {
    if (!runs.open().isEmpty() || landings.hasWork() || reserves.anyLeftOver()) {
      lock.runAlone("nova-watcher", this::readAll);
    }
  }

  private void readAll() {
    lookForLandings();
    readHosts();
    settleReserves();
  }

  private void lookForLandings() {
    LandingWatch.Look look = landings.look();
    nextLook = Instant.now().plus(look.pause());
    notLanded = look.problems();
    if (look.settled() > 0) {
      correlator.landed(); // the next guests get their slots at once
    }
  }

  private void readHosts() {
    List<RecoveryRun> open = runs.open();
    List<UUID> ids = open.stream().map(RecoveryRun::id).toList();
    List.of(nextRead, triedAt, told).forEach(map -> map.keySet().retainAll(ids));
    Map<UUID, String> problems = new HashMap<>(notLanded);
    String nobodyAnswers = null;
    for (RecoveryRun run : dueLongestUnreadFirst(open)) {
      if (nobodyAnswers != null) {
        problems.putIfAbsent(run.id(), nobodyAnswers);
        continue;
      }
      Instant began = Instant.now();
      triedAt.put(run.id(), began);
      try {
        read(run);
      } catch (RuntimeException e) {
        problems.putIfAbsent(run.id(), e.getMessage() == null ? e.toString() : e.getMessage());
        if (Instant.now().isAfter(began.plus(SLOW))) {
          nobodyAnswers = e.getMessage();
        }
      }
    }
    open.forEach(run -> tell(run, problems.get(run.id())));
  }

  /** What could not be settled at once is tried again now and then. */
  private void settleReserves() {
    Instant now = Instant.now();
    if (now.isAfter(nextSettling) && reserves.anyLeftOver()) {
      nextSettling = now.plus(PAUSE_OF_SETTLING);
      reserves.settleLeftOver();
    }
  }

  private List<RecoveryRun> dueLongestUnreadFirst(List<RecoveryRun> open) {
    Instant now = Instant.now();
    return open.stream()
        .filter(run -> !now.isBefore(nextRead.getOrDefault(run.id(), Instant.MIN)))
        .sorted(Comparator.comparing(run -> triedAt.getOrDefault(run.id(), Instant.MIN)))
        .toList();
  }

  private void read(RecoveryRun run) {
    heartbeats.read(run);
    HeartbeatVerdict verdict = heartbeats.verdict(run.id());
    boolean wasSilent = nextRead.containsKey(run.id()); // our own write looks like a sign of life
    if (verdict == HeartbeatVerdict.SILENT
        || verdict == HeartbeatVerdict.UNKNOWN_YET && wasSilent) {
      nextRead.put(run.id(), Instant.now().plus(AFTER_SILENCE));
    } else {
      nextRead.remove(run.id());
    }
    fencing.voidIfContradicted(run.id());
  }

  private void tell(RecoveryRun run, String problem) {
    runs.novaProblem(run.id(), problem);
    String before = told.put(run.id(), problem);
    if (problem != null && before == null) {
      LOG.warn("Nova cannot be read for {}: {}", run.hostName(), problem);
    } else if (problem == null && before != null) {
      LOG.info("Nova can be read again for {}", run.hostName());
    }
  }
}
