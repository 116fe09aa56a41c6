package ukemi.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** A compute host as it really is, and its nova-compute as Nova knows it. Guarded by the world. */
final class Host {

  enum System {
    RUNNING,
    BOOTING,
    /** Has power and does nothing; may wake up again as if nothing had been. */
    HUNG,
    DEAD
  }

  final String name;
  final String address;
  final String hypervisorName;
  final int number;
  final UUID serviceId = UUID.randomUUID();
  final UUID hypervisorId = UUID.randomUUID();

  boolean power = true;
  System system = System.RUNNING;
  boolean computeRunning = true;

  /** Counts the deaths of nova-compute: work begun in an earlier life is lost. */
  int computeLife;

  boolean disabled;
  String disabledReason;
  boolean forcedDown;

  /** The trait COMPUTE_STATUS_DISABLED in Placement. */
  boolean traitDisabled;

  int capacity = Integer.MAX_VALUE;
  private Instant beatingSince;
  private Instant lastBeat;
  private Instant rowChanged;

  Host(int number, String name, String address, String hypervisorName, Instant now) {
    this.number = number;
    this.name = name;
    this.address = address;
    this.hypervisorName = hypervisorName;
    beatingSince = now;
    lastBeat = now;
    rowChanged = now;
  }

  /** Whether nova-compute works: it reports, and answers calls. */
  boolean alive() {
    return power && system == System.RUNNING && computeRunning;
  }

  /** To be called after every change of what {@link #alive()} depends on. */
  void aliveMayHaveChanged(Instant now, Duration reportInterval) {
    if (alive() && beatingSince == null) {
      beatingSince = now;
    } else if (!alive() && beatingSince != null) {
      lastBeat = lastSeenUp(now, reportInterval);
      beatingSince = null;
    }
  }

  /** Every change of the service's row moves updated_at, but not the heartbeat. */
  void rowChanged(Instant now) {
    rowChanged = now;
  }

  Instant lastSeenUp(Instant now, Duration reportInterval) {
    if (beatingSince == null) {
      return lastBeat;
    }
    long beats = Duration.between(beatingSince, now).toNanos() / reportInterval.toNanos();
    return beatingSince.plus(reportInterval.multipliedBy(beats));
  }

  Instant updatedAt(Instant now, Duration reportInterval) {
    Instant seen = lastSeenUp(now, reportInterval);
    return seen.isAfter(rowChanged) ? seen : rowChanged;
  }
}
