package ukemi.restart;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import ukemi.compute.ColdMigration;
import ukemi.compute.Compute;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeUnavailable;
import ukemi.compute.Instance;
import ukemi.database.DatabaseClock;
import ukemi.evacuation.EvacuationSettings;
import ukemi.evacuation.GuestSettings;
import ukemi.fault.Boundaries;
import ukemi.fault.Boundary;
import ukemi.notification.RecoveryRun;

/**
 * Moves a guest that does not come back on its host to another one, by a cold migration: Nova keeps
 * flavor, ports and volumes. Only while the host's nova-compute is up, which sees to it that the
 * guest runs there no more; without it that takes a proof that the host is off (R1), which only the
 * recovery of a host has. The intent is committed before the call, as for an evacuation.
 */
@Service
public class GuestMove {

  private static final Logger LOG = LoggerFactory.getLogger(GuestMove.class);

  private static final String LOCK_REASON =
      "Ukemi: it does not come back on its host, it is being moved to another";

  /** Beside the longest request: Nova sets the task before it answers. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  /** A move may copy a disk over the network of its host, where others still run. */
  private static final int OF_ONE_HOST = 2;

  /** A failure that took longer ends the round. */
  private static final Duration SLOW = Duration.ofSeconds(5);

  /** Two looks so far apart have to agree that Nova has never taken an order. */
  private static final Duration SURE = Duration.ofSeconds(5);

  private final Compute compute;
  private final GuestRuns runs;
  private final Moves moves;
  private final Confirmation confirmation;
  private final HostState hosts;
  private final GuestRestart restart;
  private final GuestSettings settings;
  private final EvacuationSettings evacuations;
  private final DatabaseClock clock;

  GuestMove(
      Compute compute,
      GuestRuns runs,
      Moves moves,
      Confirmation confirmation,
      HostState hosts,
      GuestRestart restart,
      GuestSettings settings,
      EvacuationSettings evacuations,
      DatabaseClock clock) {
    this.compute = compute;
    this.runs = runs;
    this.moves = moves;
    this.confirmation = confirmation;
    this.hosts = hosts;
    this.restart = restart;
    this.settings = settings;
    this.evacuations = evacuations;
    this.clock = clock;
  }

  /** How far a move is. */
  public enum Progress {
    UNDER_WAY,
    /** It is to be confirmed, or there is nothing to confirm (any more). */
    MOVED,
    FAILED
  }

  /**
   * Asks Nova to move the stopped guest, once for each number.
   *
   * @param number of the try, 1 for the first of the run; the same one again after a crash
   * @throws NotMoved when it must not be asked, or refuses
   * @throws ComputeUnavailable when Nova does not answer, or may still be taking an earlier call
   */
  public void move(GuestRun run, int number) throws NotMoved {
    Instant lastAskedAt = runs.moveAskedAt(run.id()).orElse(null);
    Optional<Move> before = runs.move(run.id()).filter(move -> move.number() == number);
    long after = before.map(Move::after).orElseGet(() -> highest(run));
    boolean isInNova = before.filter(move -> !moves.since(run, move).isEmpty()).isPresent();
    Instance guest = guest(run); // after them: Nova leaves out those of a cell out of reach
    if (isInNova || before.isPresent() && wasTaken(run, guest, before.get())) {
      return;
    }
    if (GuestRestart.isActive(guest)) {
      return; // somebody has started it
    }
    requireMovable(guest);
    lock(run, guest);
    Optional<Instant> askedAt =
        runs.aboutToMove(run.id(), number, guest.host(), after, lastAskedAt);
    if (askedAt.isEmpty()) {
      throw notKept(run, guest);
    }
    Boundaries.reached(Boundary.MOVE_INTENT_STORED);
    try {
      compute.coldMigrate(guest.id());
      Boundaries.reached(Boundary.MOVE_ANSWERED);
    } catch (ComputeRefused e) {
      if (before.isPresent() && isTakenByNow(run)) {
        return; // an earlier call, whose answer was lost, is why this one is refused
      }
      runs.moveFailed(run.id(), askedAt.get());
      throw new NotMoved("Nova does not move it: " + e.getMessage());
    }
  }

  /** Why a call was not even written down. */
  private RuntimeException notKept(GuestRun run, Instance guest) throws NotMoved {
    if (runs.get(run.id()).closedAt() != null) {
      throw new NotMoved("it is not dealt with any more");
    }
    Optional<RecoveryRun> recovery = hosts.recovery(guest.host());
    if (recovery.isPresent()) {
      throw new NotMoved(
          "its host is being recovered, see notification " + recovery.get().notificationUuid());
    }
    return new ComputeUnavailable("another call to move " + guest.name() + " is under way", null);
  }

  private boolean isTakenByNow(GuestRun run) {
    return runs.move(run.id()).filter(move -> !moves.since(run, move).isEmpty()).isPresent()
        || compute.instance(run.instance()).filter(GuestMove::isBeingMoved).isPresent();
  }

  private static boolean isBeingMoved(Instance guest) {
    return guest.taskState() != null && guest.taskState().startsWith("resize");
  }

  /** After a crash, or a call without an answer: only Nova knows. */
  private boolean wasTaken(GuestRun run, Instance guest, Move move) {
    if (isBeingMoved(guest) || !move.from().equals(guest.host())) {
      return true;
    }
    if (clock.now().isBefore(move.askedAt().plus(compute.evacuateTimeout()).plus(GRACE))) {
      throw new ComputeUnavailable("Nova may still take the order to move " + guest.name(), null);
    }
    Optional<Instant> missing = runs.moveMissing(run.id(), move.askedAt());
    if (missing.filter(since -> !clock.now().isBefore(since.plus(SURE))).isEmpty()) {
      throw new ComputeUnavailable(
          "Nova shows nothing of the order to move %s, it is looked for once more"
              .formatted(guest.name()),
          null);
    }
    return false;
  }

  private void requireMovable(Instance guest) throws NotMoved {
    if (guest.taskState() != null) {
      throw new NotMoved("Nova is at work on it (%s)".formatted(guest.taskState()));
    }
    if (!guest.vmState().equals("stopped")) {
      throw new NotMoved("it is %s, not stopped".formatted(guest.vmState()));
    }
    Optional<String> why = hosts.whyNotAlive(guest.host());
    if (why.isPresent()) {
      throw new NotMoved(why.get() + ", and nothing proves that the host is off");
    }
  }

  private void lock(GuestRun run, Instance guest) throws NotMoved {
    if (guest.locked() || settings.lock() == GuestSettings.Lock.NEVER) {
      return;
    }
    runs.aboutToLock(run.id());
    try {
      compute.lock(guest.id(), LOCK_REASON);
      Boundaries.reached(Boundary.MOVE_LOCKED);
    } catch (ComputeRefused e) {
      throw new NotMoved("Nova does not lock it: " + e.getMessage());
    }
  }

  /**
   * How far the move is, as Nova shows it.
   *
   * @throws ComputeUnavailable when Nova does not answer
   */
  public Progress progress(GuestRun run) {
    Optional<ColdMigration> ours = moves.follow(run);
    Optional<Instance> found = compute.instance(run.instance());
    if (found.isEmpty() || restart.hostRecovery(found.get()).isPresent()) {
      return Progress.FAILED;
    }
    Instance guest = found.get();
    if (guest.taskState() != null) {
      // what its target would have to do is never done
      return deadTarget(ours).isPresent() ? Progress.FAILED : Progress.UNDER_WAY;
    }
    return switch (guest.vmState()) {
      case "resized" -> ours.isPresent() ? Progress.MOVED : Progress.FAILED;
      case "active" -> Progress.MOVED;
      // also when somebody has confirmed it, or moved it himself
      case "stopped" -> isElsewhere(run, guest) ? Progress.MOVED : Progress.FAILED;
      default -> Progress.FAILED;
    };
  }

  /** Where it was to go, when that is being recovered. */
  private Optional<String> deadTarget(Optional<ColdMigration> ours) {
    return ours.map(ColdMigration::destination)
        .filter(target -> hosts.recovery(target).isPresent());
  }

  /**
   * Whether a move has ended when nobody waited for it any more, and is to be confirmed. Only the
   * one that Nova has shown before: what is new is of the person who is asked.
   */
  public boolean isMovedLate(GuestRun run) {
    Optional<Move> move = runs.move(run.id()).filter(known -> known.confirmedAt() == null);
    Optional<ColdMigration> ours = move.isEmpty() ? Optional.empty() : moves.known(run);
    if (ours.isEmpty()) {
      return false;
    }
    Optional<Instance> guest =
        compute.instance(run.instance()).filter(found -> found.taskState() == null);
    if (guest.isPresent() && Moves.isOver(ours.get())) {
      runs.moveFailed(run.id(), move.get().askedAt());
      return false;
    }
    return guest.filter(found -> found.vmState().equals("resized")).isPresent()
        && ours.get().isToBeConfirmed()
        && hosts.whyNotToBeTouched(ours.get().source()).isEmpty();
  }

  /**
   * Asks Nova to confirm our move, unless that is done or under way.
   *
   * @throws NotMoved when it is none of ours, or Nova refuses
   * @throws ComputeUnavailable when Nova does not answer
   */
  public void confirm(GuestRun run) throws NotMoved {
    Optional<ColdMigration> ours = moves.ours(run);
    Instance guest = guest(run);
    if (!guest.vmState().equals("resized")) {
      return;
    }
    ColdMigration migration =
        ours.orElseThrow(
            () ->
                new NotMoved("somebody else has resized it, who has to confirm or to revert that"));
    confirmation.ask(run, guest, migration);
  }

  /** Whether Nova has done what follows a confirmation; also when something has come between. */
  public boolean isConfirmed(GuestRun run) {
    Optional<Instance> found = compute.instance(run.instance());
    boolean underWay =
        found
            .filter(guest -> guest.taskState() != null || guest.vmState().equals("resized"))
            .isPresent();
    if (!underWay) {
      runs.moveSettled(run.id());
    }
    return !underWay || restart.hostRecovery(found.get()).isPresent();
  }

  /** Why the last try came to nothing, for a person. */
  public String whyNot(GuestRun run) {
    Optional<Instance> guest = compute.instance(run.instance());
    String now = restart.describe(guest);
    Optional<ColdMigration> migration = moves.ours(run);
    if (guest.filter(found -> found.taskState() != null).isPresent()) {
      return deadTarget(migration)
          .map(
              target ->
                  ("%s, where it was to go, has failed, and Nova may be at work on it for ever:"
                          + " its state has to be reset in Nova; %s")
                      .formatted(target, now))
          .orElse("not done in time; " + now);
    }
    if (migration.filter(found -> found.status().startsWith("revert")).isPresent()) {
      return "somebody has reverted it";
    }
    return inNovasWords(run).orElse(now);
  }

  /** Good to have, and no more than that. */
  private Optional<String> inNovasWords(GuestRun run) {
    try {
      return compute.whyNotMigrated(run.instance());
    } catch (RuntimeException e) {
      LOG.info("{}: Nova does not tell why it was not moved: {}", run.instance(), e.toString());
      return Optional.of("Nova does not tell why");
    }
  }

  /** What a person has to know when the run ends before its move; empty when there is none. */
  public String leftBehind(GuestRun run) {
    return runs.move(run.id()).filter(move -> move.confirmedAt() == null).isPresent()
        ? "\nIts move to another host may still come about: confirm or revert it in Nova"
        : "";
  }

  /**
   * Gives the move of the run its turn, when few enough are under way.
   *
   * @return whether it has it
   */
  public boolean grant(GuestRun run) {
    return runs.grantMove(run.id(), evacuations.inFlight(), OF_ONE_HOST);
  }

  /**
   * Gives the turns of moves that nobody waits for to others, once Nova is at work on them no more.
   *
   * @return whether all could be read
   */
  public boolean release() {
    boolean done = true;
    for (GuestRun run : runs.movesNotAwaited()) {
      long began = System.nanoTime();
      try {
        if (compute.instance(run.instance()).filter(guest -> guest.taskState() != null).isEmpty()) {
          runs.moveSettled(run.id());
        }
      } catch (ComputeUnavailable | ComputeRefused e) {
        LOG.warn("the move of {} still counts: {}", run.instance(), e.getMessage());
        done = false;
        if (System.nanoTime() - began > SLOW.toNanos()) {
          return false;
        }
      }
    }
    return done;
  }

  /**
   * Where the guest is after a move of this run; empty when there was none, or it came to nothing.
   */
  public Optional<String> movedTo(GuestRun run) {
    return runs.wasToBeMoved(run.id())
        ? compute
            .instance(run.instance())
            .map(Instance::host)
            .filter(host -> !host.equals(run.hostName()))
        : Optional.empty();
  }

  /**
   * Lifts our locks of guests that are on their way no more. What cannot be read stays for later,
   * and keeps no other waiting unless Nova took long to say so.
   *
   * @return whether none is left for later
   */
  public boolean unlock() {
    boolean done = true;
    for (GuestRun run : runs.toUnlock()) {
      long began = System.nanoTime();
      try {
        unlock(run);
      } catch (ComputeUnavailable e) {
        LOG.warn("{} is still locked: {}", run.instance(), e.getMessage());
        done = false;
        if (System.nanoTime() - began > SLOW.toNanos()) {
          return false;
        }
      }
    }
    return done;
  }

  private void unlock(GuestRun run) {
    try {
      if (compute.instance(run.instance()).filter(GuestMove::isLockedByUs).isPresent()) {
        compute.unlock(run.instance());
      }
      runs.unlocked(run.id());
    } catch (ComputeRefused e) {
      LOG.warn("{} stays locked: {}", run.instance(), e.getMessage());
      runs.staysLocked(run, "It is still locked, Nova refuses to unlock it: " + e.getMessage());
    }
  }

  /** Its owner, or an operator, may have locked it anew since. */
  private static boolean isLockedByUs(Instance guest) {
    return guest.locked() && LOCK_REASON.equals(guest.lockedReason());
  }

  private Instance guest(GuestRun run) throws NotMoved {
    try {
      return restart.guest(run);
    } catch (NotRestarted e) {
      throw new NotMoved(e.getMessage());
    }
  }

  private boolean isElsewhere(GuestRun run, Instance guest) {
    return runs.move(run.id()).filter(move -> !move.from().equals(guest.host())).isPresent();
  }

  private long highest(GuestRun run) {
    return compute.coldMigrations(run.instance(), 0).stream()
        .mapToLong(ColdMigration::id)
        .max()
        .orElse(0);
  }
}
