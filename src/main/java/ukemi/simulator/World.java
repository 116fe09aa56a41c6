package ukemi.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Hosts, guests and migrations. Everything in it is read and changed under its own monitor; nobody
 * waits while holding it.
 */
final class World {

  final Settings settings;
  final Truth truth = new Truth(this);
  final List<Migration> migrations = new ArrayList<>();
  final List<Consumer<String>> powerOffListeners = new CopyOnWriteArrayList<>();
  final List<Consumer<String>> powerOnListeners = new CopyOnWriteArrayList<>();

  /** Told the name of every host whose nova-compute has been started. */
  final List<Consumer<String>> computeStartListeners = new CopyOnWriteArrayList<>();

  private final ScheduledExecutorService clock;
  private final Executor threads;
  private final Map<String, Host> hosts = new LinkedHashMap<>();
  private final Map<UUID, Guest> guests = new LinkedHashMap<>();
  private long guestNumber;
  private long migrationNumber;

  World(Settings settings, ScheduledExecutorService clock, Executor threads) {
    this.settings = settings;
    this.clock = clock;
    this.threads = threads;
  }

  /** Runs it later under the world's monitor. */
  void later(Duration delay, Runnable work) {
    if (!clock.isShutdown()) {
      clock.schedule(
          () -> {
            synchronized (this) {
              try {
                work.run();
              } catch (RuntimeException e) {
                // A scheduler would swallow it, and the simulated world would quietly stand still.
                e.printStackTrace();
              }
            }
          },
          delay.toNanos(),
          TimeUnit.NANOSECONDS);
    }
  }

  /** Tells the listeners on a thread of its own, which may take its time. */
  void tell(List<Consumer<String>> listeners, String host) {
    listeners.forEach(listener -> threads.execute(() -> listener.accept(host)));
  }

  Instant novaNow() {
    return Instant.now().plus(settings.time("novaClockOffset"));
  }

  synchronized Host addHost(String name, String address, String hypervisorName) {
    if (hosts.containsKey(name)) {
      throw new IllegalArgumentException("host " + name + " is there already");
    }
    Host host = new Host(hosts.size() + 1, name, address, hypervisorName, Instant.now());
    hosts.put(name, host);
    return host;
  }

  synchronized Guest addGuest(
      UUID id, String host, String name, Map<String, String> metadata, String projectId) {
    host(host);
    Guest guest = new Guest(++guestNumber, id, name, metadata, projectId, host, Instant.now());
    guests.put(id, guest);
    return guest;
  }

  Host host(String name) {
    Host host = hosts.get(name);
    if (host == null) {
      throw new IllegalArgumentException("no host " + name);
    }
    return host;
  }

  boolean hasHost(String name) {
    return hosts.containsKey(name);
  }

  Collection<Host> hosts() {
    return hosts.values();
  }

  Guest guest(UUID id) {
    Guest guest = guests.get(id);
    if (guest == null) {
      throw new IllegalArgumentException("no guest " + id);
    }
    return guest;
  }

  boolean hasGuest(UUID id) {
    return guests.containsKey(id);
  }

  Collection<Guest> guests() {
    return guests.values();
  }

  synchronized void deleteGuest(UUID id) {
    guests.remove(id);
  }

  Migration addMigration(Guest guest, String target) {
    Migration migration =
        new Migration(++migrationNumber, guest, host(guest.host), target, Instant.now());
    migrations.add(migration);
    return migration;
  }

  boolean isUp(Host host) {
    Instant now = Instant.now();
    Duration silence = Duration.between(host.lastSeenUp(now, settings.time("reportInterval")), now);
    return !host.forcedDown && silence.compareTo(settings.time("serviceDownTime")) <= 0;
  }

  Instant updatedAt(Host host) {
    return host.updatedAt(Instant.now(), settings.time("reportInterval"));
  }

  synchronized void killCompute(String name) {
    Host host = host(name);
    host.computeRunning = false;
    computeDied(host);
  }

  synchronized void startCompute(String name) {
    Host host = host(name);
    host.computeRunning = true;
    changed(host);
    if (host.alive()) {
      computeStarted(host);
    }
  }

  /** The operating system dies, and its guests with it; the power stays on. */
  synchronized void crash(String name) {
    Host host = host(name);
    host.system = Host.System.DEAD;
    guestsDied(host);
    computeDied(host);
  }

  /** Nothing answers any more, but what ran there may go on at any time. */
  synchronized void hang(String name) {
    Host host = host(name);
    host.system = Host.System.HUNG;
    changed(host);
  }

  void losePower(String name) {
    synchronized (this) {
      Host host = host(name);
      if (host.power) {
        truth.record(new Truth.PowerChange(Instant.now(), name, false));
      }
      host.power = false;
      host.system = Host.System.DEAD;
      guestsDied(host);
      computeDied(host);
    }
  }

  /** Power comes back and the system boots; on a running host it is a hard reset. */
  synchronized void powerOn(String name, Duration bootTime) {
    Host host = host(name);
    if (!host.power) {
      truth.record(new Truth.PowerChange(Instant.now(), name, true));
    }
    guestsDied(host);
    computeDied(host);
    host.power = true;
    host.system = Host.System.BOOTING;
    host.computeRunning = true;
    int life = host.computeLife;
    Runnable booted =
        () -> {
          if (host.computeLife == life && host.system == Host.System.BOOTING) {
            host.system = Host.System.RUNNING;
            changed(host);
            computeStarted(host);
          }
        };
    if (bootTime.isZero()) {
      booted.run();
    } else {
      later(bootTime, booted);
    }
  }

  /** All well again: a hung host wakes up as if nothing had been, a dead one has booted. */
  synchronized void heal(String name) {
    Host host = host(name);
    if (host.power && host.system == Host.System.HUNG) {
      host.system = Host.System.RUNNING;
      changed(host);
    } else if (!host.power || host.system != Host.System.RUNNING) {
      powerOn(name, Duration.ZERO);
    }
    if (!host.computeRunning) {
      startCompute(name);
    }
  }

  /** To be called whenever a copy may have begun to run. */
  void watchForTwice(Guest guest) {
    Set<String> on = guest.runningOn();
    if (on.size() > 1 && !on.equals(guest.twice)) {
      truth.record(new Truth.TwiceRunning(Instant.now(), guest.id, guest.name, on));
    }
    guest.twice = on.size() > 1 ? on : Set.of();
  }

  private void changed(Host host) {
    host.aliveMayHaveChanged(Instant.now(), settings.time("reportInterval"));
  }

  private void computeDied(Host host) {
    host.computeLife++;
    changed(host);
  }

  private void guestsDied(Host host) {
    guests.values().forEach(guest -> guest.copies.replace(host.name, false));
  }

  /** What a nova-compute does when it starts: it settles what was evacuated from it. */
  private void computeStarted(Host host) {
    Instant now = Instant.now();
    for (Migration migration : migrations) {
      if (migration.source.equals(host.name)
          && migration.type.equals("evacuation")
          && Set.of("accepted", "pre-migrating", "done").contains(migration.status)) {
        Guest guest = guests.get(migration.guest);
        if (guest != null) { // that of a deleted guest stays as it is for ever
          guest.copies.remove(host.name);
          migration.status("completed", now);
        }
      }
    }
    for (Guest guest : guests.values()) {
      boolean off = !guest.copies.getOrDefault(host.name, false);
      // resume_guests_state_on_host_boot is off by default; Nova then calls the guest stopped
      if (guest.host.equals(host.name)
          && off
          && guest.vmState.equals("active")
          && guest.taskState == null) {
        guest.vmState = "stopped";
        guest.powerState = 4;
        guest.updated = now;
      }
    }
    host.traitDisabled = host.disabled;
    computeStartListeners.forEach(listener -> listener.accept(host.name));
  }
}
