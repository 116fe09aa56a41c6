package ukemi.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What Nova does after it has accepted a cold migration or the confirmation of one, in the order
 * seen in Nova 26: the guest is switched off on its host, and is resized on another one until that
 * is confirmed. Guarded by the world.
 */
final class ColdMigrations {

  private static final String NO_VALID_HOST =
      "No valid host was found. No valid host found for cold migrate";

  /** Guests that are about to arrive while arrivals are held; null = they are not. */
  private List<Runnable> held;

  private final World world;
  private final Evacuations evacuations;

  ColdMigrations(World world, Evacuations evacuations) {
    this.world = world;
    this.evacuations = evacuations;
  }

  void begin(Guest guest, Optional<String> target, InstanceAction action) {
    Host source = world.host(guest.host);
    Migration migration = world.addMigration(guest, null);
    migration.type = "migration";
    migration.status = "pre-migrating";
    task(guest, "resize_prep");
    boolean wasActive = guest.vmState.equals("active");
    after(
        0.2,
        () -> {
          Optional<Host> chosen =
              world.hosts().stream()
                  .filter(host -> target.map(host.name::equals).orElse(true))
                  .filter(host -> evacuations.takes(host, guest))
                  .min(Comparator.comparingLong(this::load));
          if (chosen.isEmpty()) {
            migration.status("error", Instant.now());
            action.fail("conductor_migrate_server", NO_VALID_HOST);
            task(guest, null); // its state stays, and Nova shows no fault with it
            return;
          }
          prepare(guest, migration, source, chosen.get(), wasActive);
        });
  }

  private void prepare(
      Guest guest, Migration migration, Host source, Host target, boolean wasActive) {
    if (!target.alive()) {
      return; // the order waits in its queue
    }
    migration.target = target.name;
    migration.targetNode = target.hypervisorName;
    migration.targetAddress = target.address;
    step(0.3, guest, source, () -> leave(guest, migration, source, target, wasActive));
  }

  private void leave(
      Guest guest, Migration migration, Host source, Host target, boolean wasActive) {
    migration.status("migrating", Instant.now());
    task(guest, "resize_migrating");
    guest.copies.put(source.name, false);
    step(
        0.2,
        guest,
        source,
        () -> {
          migration.status("post-migrating", Instant.now());
          guest.host = target.name;
          task(guest, "resize_migrated");
          step(
              0.3,
              guest,
              target,
              () -> whenNotHeld(() -> arrive(guest, migration, target, wasActive)));
        });
  }

  /** From now on no guest arrives. */
  void hold() {
    held = new ArrayList<>();
  }

  /** Those that are held arrive. */
  void release() {
    List<Runnable> arrivals = held;
    held = null;
    arrivals.forEach(Runnable::run);
  }

  private void whenNotHeld(Runnable arrival) {
    if (held == null) {
      arrival.run();
    } else {
      held.add(arrival);
    }
  }

  private void arrive(Guest guest, Migration migration, Host target, boolean wasActive) {
    guest.copies.put(target.name, wasActive);
    world.watchForTwice(guest);
    guest.powerState = wasActive ? 1 : 4;
    guest.vmState = "resized";
    guest.launched = Instant.now();
    migration.status("finished", Instant.now());
    task(guest, null);
  }

  /** For a while the guest is still called resized, with no task in progress. */
  void confirm(Guest guest, Migration migration) {
    Host source = world.host(migration.source);
    migration.status("confirming", Instant.now());
    step(
        0.2,
        guest,
        source,
        () -> {
          guest.copies.remove(source.name);
          migration.status("confirmed", Instant.now());
          after(
              0.1,
              () -> {
                guest.vmState = guest.powerState == 4 ? "stopped" : "active";
                guest.updated = Instant.now();
              });
        });
  }

  private long load(Host host) {
    return world.guests().stream().filter(guest -> host.name.equals(guest.host)).count();
  }

  private static void task(Guest guest, String task) {
    guest.taskState = task;
    guest.updated = Instant.now();
  }

  /** A step of that host's nova-compute: it is lost when that is dead, or the guest gone. */
  private void step(double share, Guest guest, Host host, Runnable work) {
    after(
        share,
        () -> {
          if (host.alive() && world.hasGuest(guest.id)) {
            work.run();
          }
        });
  }

  private void after(double share, Runnable work) {
    Duration time = world.settings.time("coldMigrationTime");
    world.later(Duration.ofNanos((long) (time.toNanos() * share)), work);
  }
}
