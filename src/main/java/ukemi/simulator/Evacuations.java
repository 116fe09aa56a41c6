package ukemi.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;

/**
 * What Nova does after it has accepted an evacuation, in the order of Nova 26's code: schedule,
 * claim on the target, build there, and at the end first the state, then the host, then the
 * migration. Guarded by the world.
 */
final class Evacuations {

  private static final Duration RETRY = Duration.ofMillis(200);

  /** A failure that is still to come. */
  private record Planned(EvacuationFailure failure, int times) {}

  private final World world;
  private final Random random;
  private final Queue<Evacuation> waiting = new ArrayDeque<>();
  private final List<Evacuation> working = new ArrayList<>();
  private final List<Evacuation> parked = new ArrayList<>();
  private final Map<UUID, Planned> guestFailures = new HashMap<>();

  Evacuations(World world) {
    this.world = world;
    random = new Random(world.settings.number("seed"));
    world.computeStartListeners.add(this::deliverParked);
  }

  void begin(Guest guest, Migration migration, Optional<String> target) {
    waiting.add(new Evacuation(guest, migration, target));
    world.later(Duration.ZERO, this::workOn);
  }

  void fail(UUID guest, EvacuationFailure failure, int times) {
    guestFailures.put(guest, new Planned(failure, times));
  }

  void failNone() {
    guestFailures.clear();
  }

  private void workOn() {
    while (!waiting.isEmpty() && working.size() < world.settings.number("evacuationsAtOnce")) {
      Evacuation next = waiting.remove();
      working.add(next);
      next.schedule();
    }
  }

  private void deliverParked(String host) {
    List<Evacuation> arrived =
        parked.stream().filter(evacuation -> evacuation.chosen.name.equals(host)).toList();
    parked.removeAll(arrived);
    arrived.forEach(
        evacuation -> {
          if (evacuation.hasGoneOn()) {
            evacuation.migration.status("failed", Instant.now());
          } else {
            working.add(evacuation);
            evacuation.claim();
          }
        });
  }

  private Optional<EvacuationFailure> take(UUID guest) {
    Planned planned = guestFailures.get(guest);
    if (planned == null) {
      return Optional.empty();
    }
    if (planned.times <= 1) {
      guestFailures.remove(guest);
    } else {
      guestFailures.put(guest, new Planned(planned.failure, planned.times - 1));
    }
    return Optional.of(planned.failure);
  }

  boolean takes(Host host, Guest guest) {
    long claimed =
        working.stream()
            .filter(evacuation -> evacuation.chosen == host && !evacuation.landed)
            .count();
    long there = world.guests().stream().filter(other -> host.name.equals(other.host)).count();
    return !host.name.equals(guest.host)
        && !host.disabled
        && !host.traitDisabled
        && world.isUp(host)
        && claimed + there < host.capacity;
  }

  private long load(Host host) {
    return working.stream().filter(evacuation -> evacuation.chosen == host).count()
        + world.guests().stream().filter(guest -> host.name.equals(guest.host)).count();
  }

  private final class Evacuation {

    private final Guest guest;
    private final Migration migration;
    private final Optional<String> target;
    private final Duration time;
    private final String stateBefore;
    private Host chosen;
    private int chosenLife;
    private boolean landed;
    private Optional<EvacuationFailure> failure = Optional.empty();

    Evacuation(Guest guest, Migration migration, Optional<String> target) {
      this.guest = guest;
      this.migration = migration;
      this.target = target;
      stateBefore = guest.vmState;
      long spread = world.settings.time("evacuationTimeSpread").toNanos();
      time =
          (guest.evacuationTime == null
                  ? world.settings.time("evacuationTime")
                  : guest.evacuationTime)
              .plusNanos(spread == 0 ? 0 : (long) (random.nextDouble() * spread));
    }

    void schedule() {
      failure = take(guest.id);
      if (is(EvacuationFailure.NEVER_STARTS)) {
        over();
        return;
      }
      Optional<Host> host =
          is(EvacuationFailure.NO_VALID_HOST)
              ? Optional.empty()
              : world.hosts().stream()
                  .filter(candidate -> target.map(candidate.name::equals).orElse(true))
                  .filter(candidate -> takes(candidate, guest))
                  .min(Comparator.comparingLong(Evacuations.this::load));
      if (host.isEmpty()) {
        migration.status("error", Instant.now());
        fault("No valid host was found. There are not enough hosts available.");
        over();
        return;
      }
      chosen = host.get();
      after(0.1, this::claim);
    }

    /** The message has reached the target, or waits in its queue until nova-compute is there. */
    private void claim() {
      if (!chosen.alive()) {
        parked.add(this);
        over();
        return;
      }
      chosenLife = chosen.computeLife;
      if (is(EvacuationFailure.CLAIM_REFUSED)) {
        migration.status("failed", Instant.now());
        guest.taskState = null;
        guest.updated = Instant.now();
        over();
        return;
      }
      migration.target = chosen.name;
      migration.targetNode = chosen.hypervisorName;
      migration.targetAddress = chosen.address;
      migration.status("pre-migrating", Instant.now());
      after(0.15, step(() -> task("rebuild_block_device_mapping")));
      after(0.3, step(() -> task("rebuild_spawning")));
      after(0.5, step(this::spawn));
    }

    /** For what comes late: nova-compute saves it with expected_task_state rebuilding, or fails. */
    private boolean hasGoneOn() {
      return !world.hasGuest(guest.id)
          || !"rebuilding".equals(guest.taskState)
          || world.migrations.stream()
              .anyMatch(
                  other ->
                      other.guest.equals(guest.id)
                          && other.type.equals("evacuation")
                          && other.id > migration.id);
    }

    private void spawn() {
      if (is(EvacuationFailure.SPAWN_FAILED)) {
        migration.status("failed", Instant.now());
        fault("internal error: process exited while connecting to monitor");
        over();
        return;
      }
      if (guest.copies.getOrDefault(chosen.name, false)) {
        migration.status("failed", Instant.now());
        fault("Instance " + guest.name + " already exists.");
        over();
        return;
      }
      guest.copies.put(chosen.name, true);
      world.watchForTwice(guest);
      after(0.25, step(this::settle));
    }

    /** Nova saves the state before the host: for a moment it looks as if nothing had moved. */
    private void settle() {
      guest.vmState = "active";
      guest.powerState = 1;
      guest.launched = Instant.now();
      task(null);
      if (stateBefore.equals("stopped")) {
        task("powering-off");
        guest.copies.put(chosen.name, false);
        guest.vmState = "stopped";
        guest.powerState = 4;
        task(null);
      }
      after(0.05, step(this::land));
    }

    private void land() {
      guest.host = chosen.name;
      guest.fault = null;
      guest.updated = Instant.now();
      landed = true;
      after(
          0.05,
          step(
              () -> {
                migration.status("done", Instant.now());
                over();
              }));
    }

    private boolean is(EvacuationFailure kind) {
      return failure.filter(kind::equals).isPresent();
    }

    private void task(String state) {
      guest.taskState = state;
      guest.updated = Instant.now();
    }

    private void fault(String message) {
      guest.vmState = "error";
      guest.fault = new Guest.Fault(500, message, Instant.now());
      task(null);
    }

    private void over() {
      working.remove(this);
      workOn();
    }

    private void after(double share, Runnable work) {
      world.later(Duration.ofNanos((long) (time.toNanos() * share)), work);
    }

    /** A step of the target's nova-compute: it waits while that hangs and is lost if it died. */
    private Runnable step(Runnable work) {
      return () -> {
        if (chosen.computeLife != chosenLife) {
          if (working.contains(this)) {
            over();
          }
        } else if (!chosen.alive()) {
          world.later(RETRY, step(work));
        } else if (!world.hasGuest(guest.id)) {
          migration.status("failed", Instant.now());
          over();
        } else {
          work.run();
        }
      };
    }
  }
}
