package ukemi.restart;

import java.util.Optional;
import org.springframework.stereotype.Service;
import ukemi.compute.ColdMigration;
import ukemi.compute.Compute;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeUnavailable;
import ukemi.compute.Instance;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;

/**
 * Stops and starts a failed guest on its host (masakari-engine.md 3). Each step reads the guest
 * first, and asks Nova for nothing that is so already or under way.
 */
@Service
public class GuestRestart {

  /** {@link Assessment#state} of a guest that Nova does not know. */
  public static final String GONE = "gone";

  private static final String NONE = "none";
  private static final String UP = "up";
  private static final String DOWN = "down";

  private final Compute compute;
  private final GuestRuns runs;
  private final Moves moves;
  private final Confirmation confirmation;
  private final RecoveryRuns recoveries;
  private final HostState hosts;
  private final RestartSettings settings;

  GuestRestart(
      Compute compute,
      GuestRuns runs,
      Moves moves,
      Confirmation confirmation,
      RecoveryRuns recoveries,
      HostState hosts,
      RestartSettings settings) {
    this.compute = compute;
    this.runs = runs;
    this.moves = moves;
    this.confirmation = confirmation;
    this.recoveries = recoveries;
    this.hosts = hosts;
    this.settings = settings;
  }

  /**
   * What is decided by.
   *
   * @param name of the guest; its uuid when Nova does not know it
   * @param state Nova's vm_state, or {@link #GONE}
   * @param covered whether the settings cover it
   * @param hostRecovery the notification whose recovery of its host is open; "none" = none is
   * @param task what Nova is at work on, such as "powering-off"; "none" = nothing
   * @param computeService whether the nova-compute of its host is "up" or "down"; one that is
   *     silent is down, also when Nova calls it up
   * @param elsewhere whether Nova shows it on another host than the one that reported it, where no
   *     move of ours has brought it
   * @param old whether it was reported long ago
   * @param restarts how often it was restarted within the last hour
   * @param tooOften whether that is the limit
   */
  public record Assessment(
      String name,
      String state,
      String task,
      String computeService,
      boolean covered,
      String hostRecovery,
      boolean elsewhere,
      boolean old,
      int restarts,
      boolean tooOften) {}

  /**
   * Looks at the guest as it is now.
   *
   * @throws ComputeUnavailable when Nova does not answer
   */
  public Assessment assess(GuestRun run) {
    Optional<ColdMigration> move = moves.ours(run);
    Optional<Instance> found = compute.instance(run.instance());
    String computeService =
        found.filter(guest -> hosts.whyNotAlive(guest.host()).isEmpty()).isPresent() ? UP : DOWN;
    boolean movedThere =
        found.filter(guest -> move.filter(it -> it.hasBrought(guest)).isPresent()).isPresent();
    boolean elsewhere =
        !movedThere && found.filter(guest -> !run.isAtHome(guest.host())).isPresent();
    if (found.filter(guest -> !isActive(guest)).isPresent()) {
      runs.seenDown(run.id());
    }
    boolean settled = found.filter(guest -> guest.taskState() != null).isEmpty();
    runs.notMoving(run.id(), movedThere ? found.get().host() : null, settled);
    int restarts = runs.restartsInLastHour(run);
    return new Assessment(
        found.map(Instance::name).orElse(run.instance().toString()),
        found.map(Instance::vmState).orElse(GONE),
        found.map(Instance::taskState).orElse(NONE),
        computeService,
        found.map(guest -> settings.covers(guest.metadata())).orElse(false),
        found
            .flatMap(this::hostRecovery)
            .map(recovery -> recovery.notificationUuid().toString())
            .orElse(NONE),
        elsewhere,
        runs.isOld(run),
        restarts,
        restarts >= settings.limitPerHour());
  }

  /**
   * Asks Nova to stop the guest, unless it is stopped or stopping. One that our own move has
   * brought to another host is stopped there as soon as that is confirmed.
   *
   * @throws NotRestarted when it must not be asked, or refuses
   * @throws ComputeUnavailable when Nova does not answer
   */
  public void stop(GuestRun run) throws NotRestarted {
    Instance guest = guest(run);
    if (isStoppedOrStopping(guest)) {
      return;
    }
    if (isMoved(run, guest)) {
      return;
    }
    runs.aboutToRestart(run.id());
    try {
      if (guest.vmState().equals("resized")) {
        // Nova stops no resized guest; it can't be reverted any more (masakari-engine.md 3)
        compute.resetToActive(guest.id());
      }
      compute.stop(guest.id());
    } catch (ComputeRefused e) {
      // Nova stops a guest itself when it sees that it has died
      if (compute.instance(guest.id()).filter(GuestRestart::isStoppedOrStopping).isEmpty()) {
        throw new NotRestarted("Nova does not stop it: " + e.getMessage());
      }
    }
  }

  /** Whether it waits, by a move of ours, for its confirmation, which is asked for then. */
  private boolean isMoved(GuestRun run, Instance guest) throws NotRestarted {
    Optional<ColdMigration> ours =
        moves.known(run).filter(migration -> guest.vmState().equals("resized"));
    if (ours.isEmpty() || Moves.isOver(ours.get())) {
      return false;
    }
    try {
      confirmation.ask(run, guest, ours.get());
      return true;
    } catch (NotMoved e) {
      throw new NotRestarted(e.getMessage());
    }
  }

  /**
   * Asks Nova to start the guest, unless it is active or starting.
   *
   * @throws NotRestarted when it must not be asked, or refuses
   * @throws ComputeUnavailable when Nova does not answer
   */
  public void start(GuestRun run) throws NotRestarted {
    Instance guest = guest(run);
    if (isActiveOrStarting(guest)) {
      return;
    }
    runs.aboutToRestart(run.id());
    try {
      compute.start(guest.id());
    } catch (ComputeRefused e) {
      if (compute.instance(guest.id()).filter(GuestRestart::isActiveOrStarting).isEmpty()) {
        throw new NotRestarted("Nova does not start it: " + e.getMessage());
      }
    }
  }

  Instance guest(GuestRun run) throws NotRestarted {
    Instance guest =
        compute
            .instance(run.instance())
            .orElseThrow(() -> new NotRestarted("Nova does not know it any more"));
    Optional<RecoveryRun> recovery = hostRecovery(guest);
    if (recovery.isPresent()) {
      throw new NotRestarted(
          "its host is being recovered, see notification " + recovery.get().notificationUuid());
    }
    return guest;
  }

  Optional<RecoveryRun> hostRecovery(Instance guest) {
    return hosts.recovery(guest.host());
  }

  /** Whether Nova shows the guest stopped, with no task in progress; false when it is unknown. */
  public boolean isStopped(GuestRun run) {
    return compute.instance(run.instance()).filter(GuestRestart::isStopped).isPresent();
  }

  /** Whether Nova shows the guest active, with no task in progress; false when it is unknown. */
  public boolean isActive(GuestRun run) {
    return compute.instance(run.instance()).filter(GuestRestart::isActive).isPresent();
  }

  /**
   * Whether Nova shows the guest active after it did not: one that was active all the time has not
   * come back.
   */
  public boolean isBack(GuestRun run) {
    boolean active = isActive(run);
    if (!active) {
      runs.seenDown(run.id());
    }
    return active && run.seenDownAt() != null;
  }

  /** Whether that recovery of its host, as {@link Assessment} names it, is over. */
  public boolean isOver(String hostRecovery) {
    return recoveries.open().stream()
        .noneMatch(recovery -> recovery.notificationUuid().toString().equals(hostRecovery));
  }

  private static boolean isStoppedOrStopping(Instance guest) {
    return isStopped(guest) || "powering-off".equals(guest.taskState());
  }

  private static boolean isActiveOrStarting(Instance guest) {
    return isActive(guest) || "powering-on".equals(guest.taskState());
  }

  private static boolean isStopped(Instance guest) {
    return guest.vmState().equals("stopped") && guest.taskState() == null;
  }

  static boolean isActive(Instance guest) {
    return guest.vmState().equals("active") && guest.taskState() == null;
  }

  /** What Nova shows of the guest, for a person. What cannot be read is said to be so. */
  public String describe(GuestRun run) {
    try {
      return describe(compute.instance(run.instance()));
    } catch (ComputeUnavailable | ComputeRefused e) {
      return "Nova cannot be read now: " + e.getMessage();
    }
  }

  String describe(Optional<Instance> found) {
    return found
        .map(
            guest ->
                "Nova shows it %s on %s%s%s"
                    .formatted(
                        guest.vmState(),
                        guest.host(),
                        guest.taskState() == null ? "" : ", " + guest.taskState(),
                        guest.fault() == null ? "" : "\nFault: " + guest.fault()))
        .orElse("Nova does not know it");
  }
}
