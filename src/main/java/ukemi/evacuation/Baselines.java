package ukemi.evacuation;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;
import ukemi.compute.Compute;
import ukemi.compute.EvacuationMigration;
import ukemi.database.DatabaseClock;

/**
 * The highest evacuation migration of a guest before our call (rule R6). Guests of one host that
 * got their slots together share a reading: Nova is busy enough then.
 */
@Component
class Baselines {

  private final Compute compute;
  private final DatabaseClock clock;
  private final Map<String, Reading> readings = new ConcurrentHashMap<>();

  /**
   * @param ids the highest of each guest
   * @param highest of all
   */
  private record Reading(Instant begun, Map<UUID, Long> ids, long highest) {}

  Baselines(Compute compute, DatabaseClock clock) {
    this.compute = compute;
    this.clock = clock;
  }

  /** Its id, read after the slot was granted; 0 when there is none. */
  long of(Attempt attempt) {
    Reading last = readings.get(attempt.sourceHost());
    if (last == null || !last.begun().isAfter(attempt.grantedAt())) {
      last = read(attempt.sourceHost(), last);
    }
    return last.ids().getOrDefault(attempt.instance(), 0L);
  }

  /** Two may read at the same time: one waiting for the other would wait as long as Nova hangs. */
  private Reading read(String host, Reading before) {
    Instant begun = clock.now();
    Map<UUID, Long> ids = before == null ? new HashMap<>() : new HashMap<>(before.ids());
    long highest = before == null ? 0 : before.highest();
    for (EvacuationMigration migration : compute.evacuationsFrom(host, highest)) {
      ids.merge(migration.instance(), migration.id(), Math::max);
      highest = Math.max(highest, migration.id());
    }
    Reading reading = new Reading(begun, ids, highest);
    return readings.merge(
        host, reading, (one, other) -> one.begun().isAfter(other.begun()) ? one : other);
  }

  /** Forgets the hosts from which nobody is evacuated now. */
  void forgetAllBut(Set<String> hosts) {
    readings.keySet().retainAll(hosts);
  }
}
