package ukemi.simulator;

import java.time.Duration;
import java.util.Map;

/** Live queries and power orders: what MAAS answers, and what then happens to the machine. */
final class MaasPower {

  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  private final World world;

  MaasPower(World world) {
    this.world = world;
  }

  Answer query(Machine machine) throws InterruptedException {
    MachineFault slow;
    synchronized (world) {
      if (machine.powerType().isEmpty()) {
        return Answer.text(503, "No BMC is defined.  Cannot power control node.");
      }
      if (machine.powerType().equals("manual")) {
        return state("unknown");
      }
      if (machine.take(MachineFault.NO_RACK)) {
        machine.cached("unknown");
        slow = MachineFault.NO_RACK;
      } else if (machine.take(MachineFault.BMC_LOST)) {
        slow = MachineFault.BMC_LOST;
      } else {
        return reachable(machine);
      }
    }
    if (slow == MachineFault.NO_RACK) {
      SimulatedMaas.sleep(world.settings.time("noRackDelay"));
      return noRack(machine);
    }
    SimulatedMaas.sleep(world.settings.time("bmcTimeout"));
    return Answer.text(
        504,
        "Unexpected exception: TimeoutError. See /var/log/maas/regiond.log on the region server"
            + " for more information.");
  }

  private static Answer reachable(Machine machine) {
    if (machine.take(MachineFault.BMC_LOGIN_REFUSED)) {
      machine.cached("error");
      machine.statusMessage = "Failed to query node's BMC - Username invalid";
      return state("error");
    }
    String now = machine.reallyNow();
    if (machine.take(MachineFault.SHOWN_AS_OFF)) {
      now = "off";
    } else if (machine.take(MachineFault.FLAPPING)) {
      machine.flap = !machine.flap;
      now = machine.flap ? "off" : "on";
    }
    machine.cached(now);
    return state(now);
  }

  Answer off(Machine machine, boolean soft) throws InterruptedException {
    return order(machine, "off", soft);
  }

  Answer on(Machine machine) throws InterruptedException {
    synchronized (world) {
      if (machine.owner == null) {
        return Answer.text(409, "Can't start node: it hasn't been allocated.");
      }
      if (machine.status == 10 || (machine.status == 6 && machine.ephemeral)) {
        // The real one starts the installation of an operating system here.
        machine.status = 9;
      }
    }
    return order(machine, "on", false);
  }

  private Answer order(Machine machine, String wanted, boolean soft) throws InterruptedException {
    Answer before;
    boolean effect;
    synchronized (world) {
      if (!machine.controllable()) {
        return SimulatedMaas.json(null);
      }
      if (machine.take(MachineFault.CONFLICT)) {
        return Answer.of(409, "text/html; charset=utf-8", "<h1>Conflict</h1>")
            .with("Retry-After", "5");
      }
      boolean otherAction = machine.action != null && !machine.action.equals(wanted);
      if (otherAction || machine.take(MachineFault.OTHER_ACTION_RUNNING)) {
        return Answer.text(
            503,
            "Unable to change power state to '"
                + wanted
                + "' for node "
                + machine.hostname
                + ": another action is already in progress for that node.");
      }
      before = SimulatedMaas.json(machine.shown());
      if (machine.take(MachineFault.NO_RACK)) {
        machine.cached("unknown");
        before = null;
      }
      effect = before != null && reaches(machine);
      if (effect) {
        begin(machine, wanted, soft);
      }
    }
    if (before == null) {
      SimulatedMaas.sleep(world.settings.time("noRackDelay"));
      return noRack(machine);
    }
    return after(machine, wanted, effect, before);
  }

  /** Whether the BMC gets and follows the order. */
  private static boolean reaches(Machine machine) {
    boolean stuck = machine.take(MachineFault.STUCK);
    boolean refused = machine.take(MachineFault.BMC_LOGIN_REFUSED);
    boolean lost = machine.take(MachineFault.BMC_LOST);
    return !stuck && !refused && !lost;
  }

  private Answer after(Machine machine, String wanted, boolean effect, Answer before)
      throws InterruptedException {
    boolean error;
    boolean blocking;
    synchronized (world) {
      if (machine.take(MachineFault.CUT_AFTER_EFFECT)) {
        throw new Cut(Cut.Way.RESET);
      }
      error = machine.take(MachineFault.ERROR_AFTER_EFFECT);
      blocking = machine.take(MachineFault.BLOCKING);
    }
    if (blocking) {
      error |= !waitFor(machine, wanted, effect);
    }
    return error ? Answer.text(500, "exit status 1") : before;
  }

  private boolean waitFor(Machine machine, String wanted, boolean effect)
      throws InterruptedException {
    long until = System.nanoTime() + world.settings.time("bmcTimeout").toNanos();
    while (System.nanoTime() < until) {
      synchronized (world) {
        if (effect && machine.reallyNow().equals(wanted)) {
          return true;
        }
      }
      SimulatedMaas.sleep(LOOK_AGAIN);
    }
    return false;
  }

  private void begin(Machine machine, String wanted, boolean soft) {
    if (wanted.equals(machine.action)) {
      return;
    }
    machine.action = wanted;
    Duration delay =
        world.settings.time(machine.take(MachineFault.SLOW) ? "slowPowerDelay" : "powerDelay");
    Host host = machine.host;
    world.later(
        delay,
        () -> {
          machine.action = null;
          if (wanted.equals("on")) {
            world.powerOn(host.name, world.settings.time("bootTime"));
            world.tell(world.powerOnListeners, host.name);
          } else if (!soft || host.system == Host.System.RUNNING) {
            world.losePower(host.name);
            world.tell(world.powerOffListeners, host.name);
          }
          world.later(
              world.settings.time("powerCacheDelay"), () -> machine.cached(machine.reallyNow()));
        });
  }

  private static Answer state(String state) {
    return SimulatedMaas.json(Map.of("state", state));
  }

  private static Answer noRack(Machine machine) {
    return Answer.text(
        503,
        "No rack controllers can access the BMC of node "
            + machine.hostname
            + " ("
            + machine.systemId
            + ")");
  }
}
