package ukemi.simulator;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * What is really so in the simulated cloud, whatever its services answer. Tests judge by it. All
 * times are real ones.
 */
public final class Truth {

  /**
   * An evacuate call that Nova accepted or refused.
   *
   * @param source the host that Nova showed for the guest at the call
   * @param target the host asked for; null = the scheduler's choice
   * @param status the HTTP status of the answer, whether or not it arrived
   * @param sourceHadPower whether the source had power when the call arrived
   */
  public record EvacuateCall(
      Instant at, UUID guest, String source, String target, int status, boolean sourceHadPower) {

    /** Whether Nova took it. */
    public boolean accepted() {
      return status == 200;
    }
  }

  /**
   * A power order or a lock sent to MAAS.
   *
   * @param operation power_off, power_on, lock or unlock
   * @param mode the stop_mode as sent; null when it was not
   * @param comment as sent; null when it was not
   * @param status the HTTP status of the answer, whether or not it arrived
   */
  public record PowerOrder(
      Instant at,
      String host,
      String systemId,
      String operation,
      String mode,
      String comment,
      int status) {}

  /** A guest that ran on more than one host: its disks are lost. */
  public record TwiceRunning(Instant at, UUID guest, String name, Set<String> hosts) {}

  /** A host that got or lost power. */
  public record PowerChange(Instant at, String host, boolean on) {}

  /**
   * A request that was handled.
   *
   * @param status 0 when the connection was cut before the answer
   */
  public record Handled(
      Instant at,
      String service,
      String method,
      String path,
      String query,
      int status,
      long milliseconds) {}

  private final World world;
  private final List<EvacuateCall> evacuateCalls = new ArrayList<>();
  private final Map<UUID, List<String>> actions = new HashMap<>();
  private final List<PowerOrder> powerOrders = new ArrayList<>();
  private final List<TwiceRunning> twiceRunning = new ArrayList<>();
  private final List<PowerChange> powerChanges = new ArrayList<>();
  private final List<Handled> requests = new ArrayList<>();
  private final AtomicLong novaRequests = new AtomicLong();

  Truth(World world) {
    this.world = world;
  }

  /** Whether the host has power now. */
  public boolean hasPower(String host) {
    synchronized (world) {
      return world.host(host).power;
    }
  }

  /** The hosts on which the guest runs now; empty = it is down everywhere. */
  public Set<String> runningOn(UUID guest) {
    synchronized (world) {
      return world.guest(guest).runningOn();
    }
  }

  /** The host that Nova shows for the guest. */
  public String hostOf(UUID guest) {
    synchronized (world) {
      return world.guest(guest).host;
    }
  }

  /** "vm_state/task_state" as Nova has it; the task is "-" when there is none. */
  public String stateOf(UUID guest) {
    synchronized (world) {
      Guest found = world.guest(guest);
      return found.vmState + "/" + (found.taskState == null ? "-" : found.taskState);
    }
  }

  /** Why the guest is locked, "" when nobody said so; empty = it is not locked. */
  public Optional<String> lockOf(UUID guest) {
    synchronized (world) {
      Guest found = world.guest(guest);
      return found.locked
          ? Optional.of(found.lockedReason == null ? "" : found.lockedReason)
          : Optional.empty();
    }
  }

  /** The guests that Nova shows on the host. */
  public List<UUID> guestsOn(String host) {
    synchronized (world) {
      return world.guests().stream()
          .filter(guest -> host.equals(guest.host))
          .map(guest -> guest.id)
          .toList();
    }
  }

  /** Whether the host's nova-compute is "enabled" or "disabled", as Nova shows it. */
  public String serviceStatus(String host) {
    synchronized (world) {
      return world.host(host).disabled ? "disabled" : "enabled";
    }
  }

  /** Whether Nova calls the host's nova-compute up. */
  public boolean serviceUp(String host) {
    synchronized (world) {
      return world.isUp(world.host(host));
    }
  }

  /** Whether Nova was told that the host is down. */
  public boolean forcedDown(String host) {
    synchronized (world) {
      return world.host(host).forcedDown;
    }
  }

  /** Every guest that ever ran in two places at once; must stay empty. */
  public synchronized List<TwiceRunning> twiceRunning() {
    return List.copyOf(twiceRunning);
  }

  /** Accepted evacuate calls for guests whose host had power at that moment; must stay empty. */
  public List<EvacuateCall> evacuatedFromHostsWithPower() {
    return evacuateCalls().stream()
        .filter(call -> call.accepted() && call.sourceHadPower())
        .toList();
  }

  /** All evacuate calls, oldest first. */
  public synchronized List<EvacuateCall> evacuateCalls() {
    return List.copyOf(evacuateCalls);
  }

  /** The evacuate calls for one guest, oldest first. */
  public List<EvacuateCall> evacuateCalls(UUID guest) {
    return evacuateCalls().stream().filter(call -> call.guest().equals(guest)).toList();
  }

  /** What Nova was asked to do with the guest and has accepted, but evacuations. */
  public synchronized List<String> actions(UUID guest) {
    return List.copyOf(actions.getOrDefault(guest, List.of()));
  }

  synchronized void record(UUID guest, String action) {
    actions.computeIfAbsent(guest, first -> new ArrayList<>()).add(action);
  }

  /** All orders to MAAS, oldest first. */
  public synchronized List<PowerOrder> powerOrders() {
    return List.copyOf(powerOrders);
  }

  /** The orders for one host's machine, oldest first. */
  public List<PowerOrder> powerOrders(String host) {
    return powerOrders().stream().filter(order -> order.host().equals(host)).toList();
  }

  /** When which host got or lost power, oldest first. */
  public synchronized List<PowerChange> powerChanges() {
    return List.copyOf(powerChanges);
  }

  /** All requests to the three services, oldest first; those in progress are not in it yet. */
  public synchronized List<Handled> requests() {
    return List.copyOf(requests);
  }

  /** The requests that fit. */
  public List<Handled> requests(Predicate<Handled> fits) {
    return requests().stream().filter(fits).toList();
  }

  /** Number of requests to Nova since the start, those forgotten too. */
  public long novaRequests() {
    return novaRequests.get();
  }

  /** Forgets requests, calls and orders, but never a guest that ran twice. */
  public synchronized void forgetRequests() {
    requests.clear();
    evacuateCalls.clear();
    powerOrders.clear();
    powerChanges.clear();
  }

  synchronized void record(EvacuateCall call) {
    evacuateCalls.add(call);
  }

  synchronized void record(PowerOrder order) {
    powerOrders.add(order);
  }

  synchronized void record(TwiceRunning twice) {
    twiceRunning.add(twice);
  }

  synchronized void record(PowerChange change) {
    powerChanges.add(change);
  }

  synchronized void record(Handled handled) {
    requests.add(handled);
    if (handled.service().equals("nova")) {
      novaRequests.incrementAndGet();
    }
  }
}
