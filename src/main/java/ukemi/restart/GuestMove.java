package ukemi.restart;

import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import ukemi.compute.ColdMigration;
import ukemi.compute.Compute;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeService;
import ukemi.compute.ComputeUnavailable;
import ukemi.compute.Instance;
import ukemi.database.DatabaseClock;
import ukemi.evacuation.GuestSettings;
import ukemi.fault.Boundaries;
import ukemi.fault.Boundary;

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

  private final Compute compute;
  private final GuestRuns runs;
  private final Moves moves;
  private final GuestRestart restart;
  private final GuestSettings settings;
  private final DatabaseClock clock;

  GuestMove(
      Compute compute,
      GuestRuns runs,
      Moves moves,
      GuestRestart restart,
      GuestSettings settings,
      DatabaseClock clock) {
    this.compute = compute;
    this.runs = runs;
    this.moves = moves;
    this.restart = restart;
    this.settings = settings;
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
    Optional<Move> before = runs.move(run.id()).filter(move -> move.number() == number);
    long after = before.map(Move::after).orElseGet(() -> highest(run));
    boolean isInNova = before.filter(move -> !moves.since(run, move).isEmpty()).isPresent();
    Instance guest = guest(run); // after them: Nova leaves out those of a cell out of reach
    if (isInNova || before.isPresent() && wasTaken(guest, before.get())) {
      return;
    }
    if (GuestRestart.isActive(guest)) {
      return; // somebody has started it
    }
    requireMovable(guest);
    lock(run, guest);
    runs.aboutToMove(run.id(), number, guest.host(), after);
    Boundaries.reached(Boundary.MOVE_INTENT_STORED);
    try {
      compute.coldMigrate(guest.id());
      Boundaries.reached(Boundary.MOVE_ANSWERED);
    } catch (ComputeRefused e) {
      runs.moveRefused(run.id());
      throw new NotMoved("Nova does not move it: " + e.getMessage());
    }
  }

  /** After a crash, or a call without an answer: only Nova knows. */
  private boolean wasTaken(Instance guest, Move move) {
    boolean underWay = guest.taskState() != null && guest.taskState().startsWith("resize");
    if (underWay || !move.from().equals(guest.host())) {
      return true;
    }
    if (clock.now().isBefore(move.askedAt().plus(compute.evacuateTimeout()).plus(GRACE))) {
      throw new ComputeUnavailable("Nova may still take the order to move " + guest.name(), null);
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
    if (!compute.service(guest.host()).map(ComputeService::up).orElse(false)) {
      throw new NotMoved(
          "nova-compute on %s is down, and nothing proves that the host is off"
              .formatted(guest.host()));
    }
  }

  private void lock(GuestRun run, Instance guest) throws NotMoved {
    if (guest.locked() || settings.lock() == GuestSettings.Lock.NEVER) {
      return;
    }
    runs.locked(run.id());
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
    Optional<ColdMigration> ours = moves.ours(run);
    Optional<Instance> found = compute.instance(run.instance());
    if (found.isEmpty() || restart.hostRecovery(found.get()).isPresent()) {
      return Progress.FAILED;
    }
    Instance guest = found.get();
    if (guest.taskState() != null) {
      return Progress.UNDER_WAY;
    }
    return switch (guest.vmState()) {
      case "resized" -> ours.isPresent() ? Progress.MOVED : Progress.FAILED;
      case "active" -> Progress.MOVED;
      // also when somebody has confirmed it, or moved it himself
      case "stopped" -> isElsewhere(run, guest) ? Progress.MOVED : Progress.FAILED;
      default -> Progress.FAILED;
    };
  }

  /** Whether a move has ended when nobody waited for it any more, and is to be confirmed. */
  public boolean isMovedLate(GuestRun run) {
    return runs.move(run.id()).filter(move -> move.confirmedAt() == null).isPresent()
        && compute
            .instance(run.instance())
            .filter(guest -> guest.vmState().equals("resized") && guest.taskState() == null)
            .isPresent()
        && moves.ours(run).filter(ColdMigration::isToBeConfirmed).isPresent();
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
    if (!migration.isToBeConfirmed()) {
      return; // for a moment it is still called resized
    }
    runs.aboutToConfirm(run.id());
    try {
      compute.confirmResize(guest.id());
      Boundaries.reached(Boundary.MOVE_CONFIRMED);
    } catch (ComputeRefused e) {
      if (compute.instance(guest.id()).filter(now -> now.vmState().equals("resized")).isPresent()) {
        throw new NotMoved(
            "it is on %s, but Nova does not confirm that: %s"
                .formatted(guest.host(), e.getMessage()));
      }
    }
  }

  /** Whether Nova has done what follows a confirmation; also when something has come between. */
  public boolean isConfirmed(GuestRun run) {
    return compute
        .instance(run.instance())
        .filter(guest -> restart.hostRecovery(guest).isEmpty())
        .filter(guest -> guest.taskState() != null || guest.vmState().equals("resized"))
        .isEmpty();
  }

  /** Why the last try came to nothing, for a person. */
  public String whyNot(GuestRun run) {
    Optional<Instance> guest = compute.instance(run.instance());
    String now = restart.describe(guest);
    Optional<ColdMigration> migration = moves.ours(run);
    if (guest.filter(found -> found.taskState() != null).isPresent()) {
      return "not done in time; " + now;
    }
    if (migration.filter(found -> found.status().startsWith("revert")).isPresent()) {
      return "somebody has reverted it";
    }
    return compute.whyNotMigrated(run.instance()).orElse(now);
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
   * Lifts our locks of guests that are on their way no more. What cannot be read stays for later.
   */
  public void unlock() {
    for (GuestRun run : runs.toUnlock()) {
      try {
        compute.unlock(run.instance());
        runs.unlocked(run.id());
      } catch (ComputeRefused e) {
        LOG.warn("{} stays locked: {}", run.instance(), e.getMessage());
        runs.unlocked(run.id());
      } catch (ComputeUnavailable e) {
        LOG.warn("{} is still locked: {}", run.instance(), e.getMessage());
        return;
      }
    }
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
