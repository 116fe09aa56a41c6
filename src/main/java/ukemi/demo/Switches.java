package ukemi.demo;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import ukemi.simulator.MachineFault;

/**
 * What can be done to the demo's hosts. Everything answers with a sentence for a person, or throws
 * a {@link Refusal} that names what would be right.
 */
final class Switches implements AutoCloseable {

  /** Those of Masakari. */
  static final List<String> METHODS =
      List.of("auto", "reserved_host", "auto_priority", "rh_priority");

  /** With it even a second dead host needs no person. */
  static final String FIRST_METHOD = "auto_priority";

  /** What a monitor needs to notice a dead host. */
  private static final Duration NOTICED_AFTER = Duration.ofSeconds(2);

  private static final Duration REPORTED_AGAIN_AFTER = Duration.ofSeconds(2);

  private final DemoCloud cloud;
  private final Operator operator;
  private final Set<String> dead = new HashSet<>();
  private final Set<String> bmcBroken = new HashSet<>();
  private final List<Recovery> recoveries = new ArrayList<>();
  private final ScheduledExecutorService monitor =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "demo-monitor");
            thread.setDaemon(true);
            return thread;
          });

  Switches(DemoCloud cloud, Operator operator) {
    this.cloud = cloud;
    this.operator = operator;
  }

  /** The names of all hosts. */
  List<String> hosts() {
    return cloud.hosts();
  }

  /** Makes the segment with its hosts. */
  void setUp() {
    operator.setUp(cloud.hosts(), DemoCloud.RESERVE, FIRST_METHOD);
  }

  /** The recoveries that nobody has told to forget, oldest first. */
  synchronized List<Recovery> all() {
    return List.copyOf(recoveries);
  }

  /** This recovery has ended, and has been shown. */
  synchronized void forget(Recovery recovery) {
    recoveries.remove(recovery);
  }

  private List<Recovery> open() {
    return recoveries.stream().filter(recovery -> !recovery.isOver()).toList();
  }

  /** The host dies, and two seconds later a monitor reports it to Ukemi. */
  synchronized String kill(String host) {
    requireHost(host);
    if (dead.contains(host)) {
      throw new Refusal(
          409, "%s is dead already. %s".formatted(host, listed("Alive", withDead(false))));
    }
    Recovery recovery = new Recovery(cloud, host, bmcBroken.contains(host));
    cloud.simulated().crash(host);
    dead.add(host);
    recoveries.add(recovery);
    monitor.schedule(() -> report(recovery), NOTICED_AFTER.toMillis(), TimeUnit.MILLISECONDS);
    return "%s dies, and %s with it. The demo's terminal shows its recovery."
        .formatted(host, guests(recovery.guestCount()));
  }

  /** As monitors do: again and again until it is taken. */
  private void report(Recovery recovery) {
    try {
      recovery.reported(operator.hostStopped(recovery.host()));
    } catch (Refusal | UncheckedIOException e) {
      recovery.notReported(String.valueOf(e.getMessage()));
      monitor.schedule(
          () -> report(recovery), REPORTED_AGAIN_AFTER.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** MAAS no longer reaches the host's BMC, so nothing can prove the host off. */
  synchronized String breakBmc(String host) {
    requireHost(host);
    cloud.simulated().machineFault(host, MachineFault.BMC_LOST);
    bmcBroken.add(host);
    open().stream().filter(recovery -> recovery.host().equals(host)).forEach(Recovery::bmcBroken);
    return "MAAS does not reach the BMC of %s any more: %s"
        .formatted(
            host,
            dead.contains(host)
                ? "if it is not proven off yet, a person is asked in Tasklist."
                : "when it dies, nothing can prove it off, and a person is asked in Tasklist.");
  }

  /** A person pulls the plug of a dead host. */
  synchronized String pullPlug(String host) {
    requireHost(host);
    if (!dead.contains(host)) {
      throw new Refusal(
          409, "%s is alive: kill it first. %s".formatted(host, listed("Dead", withDead(true))));
    }
    cloud.simulated().losePower(host);
    return "%s is without power now. If Tasklist asks, you may confirm it.".formatted(host);
  }

  /** The host comes back as new; it becomes the reserve when there is none. */
  synchronized String repair(String host) {
    requireHost(host);
    if (open().stream().anyMatch(recovery -> recovery.host().equals(host))) {
      throw new Refusal(
          409,
          host
              + " is being recovered: wait until that has ended. Does Tasklist ask for something?");
    }
    boolean wasDead = dead.contains(host);
    if (!wasDead && !bmcBroken.contains(host)) {
      throw new Refusal(409, "%s is well. %s".formatted(host, listed("Dead or broken", broken())));
    }
    cloud.simulated().clearMachineFaults(host);
    bmcBroken.remove(host);
    if (!wasDead) {
      return "MAAS reaches the BMC of %s again.".formatted(host);
    }
    cloud.simulated().heal(host);
    boolean asReserve = !operator.hasReserve() && cloud.truth().guestsOn(host).isEmpty();
    operator.putBack(host, asReserve);
    dead.remove(host);
    return asReserve
        ? host + " is repaired. There was no reserve any more, so it is the reserve now."
        : host + " is repaired and takes guests again.";
  }

  /** Sets the recovery method of the segment; Ukemi refuses it while a recovery is open. */
  String method(String method) {
    if (!METHODS.contains(method)) {
      throw new Refusal(
          404,
          "There is no recovery method %s. %s"
              .formatted(method, listed("Recovery methods", METHODS)));
    }
    operator.method(method);
    return "The next recovery follows %s.".formatted(method);
  }

  /** The hosts with their guests, and the recovery method. */
  synchronized List<String> state() {
    List<String> lines = new ArrayList<>();
    lines.add("%-11s %-8s %-7s %s".formatted("HOST", "STATE", "GUESTS", "NAMES"));
    for (String host : cloud.hosts()) {
      List<String> guests = cloud.guestsOn(host);
      lines.add(
          "%-11s %-8s %-7d %s"
              .formatted(
                  host,
                  stateOf(host),
                  guests.size(),
                  String.join(" ", guests) + (bmcBroken.contains(host) ? " (BMC broken)" : ""))
              .stripTrailing());
    }
    lines.add("");
    lines.add("Recovery method: " + operator.method());
    open()
        .forEach(
            recovery -> {
              Progress progress = recovery.look();
              lines.add(
                  "Being recovered: %s, %d of %d guests are back%s"
                      .formatted(
                          progress.host(),
                          progress.back(),
                          progress.guests().size(),
                          progress.notice() == null || progress.notice().message() == null
                              ? ""
                              : ". " + progress.notice().message()));
            });
    return lines;
  }

  private String stateOf(String host) {
    if (dead.contains(host)) {
      return "dead";
    }
    return operator.isReserve(host) ? "reserve" : "up";
  }

  private void requireHost(String host) {
    if (!cloud.hosts().contains(host)) {
      throw new Refusal(
          404, "There is no host %s. %s".formatted(host, listed("Hosts", cloud.hosts())));
    }
  }

  private List<String> withDead(boolean isDead) {
    return cloud.hosts().stream().filter(host -> dead.contains(host) == isDead).toList();
  }

  private List<String> broken() {
    return cloud.hosts().stream()
        .filter(host -> dead.contains(host) || bmcBroken.contains(host))
        .toList();
  }

  private static String listed(String what, List<String> names) {
    return what + ": " + (names.isEmpty() ? "none" : String.join(", ", names)) + ".";
  }

  private static String guests(int count) {
    return count == 1 ? "1 guest" : count == 0 ? "no guest" : count + " guests";
  }

  @Override
  public void close() {
    monitor.shutdownNow();
  }
}
