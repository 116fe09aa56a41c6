package ukemi.evacuation;

import static java.util.stream.Collectors.toMap;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import ukemi.compute.Compute;
import ukemi.compute.EvacuationMigration;
import ukemi.compute.Instance;
import ukemi.database.DatabaseClock;

/**
 * What this node has read from Nova of hosts whose guests are evacuated, shared among the guests:
 * Nova is busy enough then.
 */
@Component
class SourceReadings {

  /** Somebody who evacuates a guest by hand is seen when he began this long before our call. */
  private static final Duration MIGRATIONS_ARE_FRESH = Duration.ofSeconds(1);

  /** What else changes a guest of a dead host, Nova tells when it is asked to evacuate it. */
  private static final Duration LIST_IS_FRESH = Duration.ofSeconds(30);

  private final Compute compute;
  private final DatabaseClock clock;
  private final LongSupplier nanoTime;
  private final Map<String, Migrations> migrations = new ConcurrentHashMap<>();
  private final Map<String, Listed> lists = new ConcurrentHashMap<>();

  /**
   * Evacuations away from a host.
   *
   * @param begun by the database's clock
   * @param nanos the same moment by our own
   * @param ids the highest of each guest
   * @param highest of all
   */
  private record Migrations(Instant begun, long nanos, Map<UUID, Long> ids, long highest) {}

  private record Listed(long nanos, Map<UUID, Instance> guests) {}

  @Autowired
  SourceReadings(Compute compute, DatabaseClock clock) {
    this(compute, clock, System::nanoTime);
  }

  SourceReadings(Compute compute, DatabaseClock clock, LongSupplier nanoTime) {
    this.compute = compute;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /** Reads which guests the host has, and their migrations for those that get their slots soon. */
  List<Instance> guestsOn(String host) {
    long began = nanoTime.getAsLong();
    List<Instance> guests = compute.instancesOn(host);
    lists.put(
        host, new Listed(began, guests.stream().collect(toMap(Instance::id, guest -> guest))));
    if (!guests.isEmpty()) {
      read(host, migrations.get(host));
    }
    return guests;
  }

  /** Reads the host's evacuation migrations with a higher id, the highest first. */
  List<EvacuationMigration> evacuationsFrom(String host, long greaterThan) {
    Migrations before = migrations.get(host);
    long reached = before == null ? 0 : before.highest();
    Instant begun = clock.now();
    long nanos = nanoTime.getAsLong();
    List<EvacuationMigration> found = compute.evacuationsFrom(host, greaterThan);
    if (greaterThan <= reached) {
      keep(host, before, begun, nanos, found);
    }
    return found;
  }

  /**
   * The highest evacuation migration of the guest before our call (rule R6); 0 when there is none.
   * For a guest that we have asked for before it is read after the slot was granted, so that it
   * includes what became of that.
   */
  long baseline(Attempt attempt) {
    Migrations last = migrations.get(attempt.sourceHost());
    boolean usable =
        last != null
            && isFresh(last.nanos(), MIGRATIONS_ARE_FRESH)
            && (attempt.firstOfGuest() || last.begun().isAfter(attempt.grantedAt()));
    Migrations known = usable ? last : read(attempt.sourceHost(), last);
    return known.ids().getOrDefault(attempt.instance(), 0L);
  }

  /**
   * The guest as it was listed a moment ago, if nobody has begun to evacuate it since.
   *
   * @param baseline see {@link #baseline}
   */
  Optional<Instance> listed(Attempt attempt, long baseline) {
    Listed list = lists.get(attempt.sourceHost());
    return list != null
            && attempt.firstOfGuest()
            && baseline == 0
            && isFresh(list.nanos(), LIST_IS_FRESH)
        ? Optional.ofNullable(list.guests().get(attempt.instance()))
        : Optional.empty();
  }

  /** Forgets what is too old to be used. */
  void forgetOld() {
    lists.values().removeIf(list -> !isFresh(list.nanos(), LIST_IS_FRESH));
    migrations.values().removeIf(reading -> !isFresh(reading.nanos(), LIST_IS_FRESH));
  }

  /** Two may read at the same time: one waiting for the other would wait as long as Nova hangs. */
  private Migrations read(String host, Migrations before) {
    Instant begun = clock.now();
    long nanos = nanoTime.getAsLong();
    return keep(
        host,
        before,
        begun,
        nanos,
        compute.evacuationsFrom(host, before == null ? 0 : before.highest()));
  }

  private Migrations keep(
      String host, Migrations before, Instant begun, long nanos, List<EvacuationMigration> found) {
    Map<UUID, Long> ids = before == null ? new HashMap<>() : new HashMap<>(before.ids());
    long highest = before == null ? 0 : before.highest();
    for (EvacuationMigration migration : found) {
      ids.merge(migration.instance(), migration.id(), Math::max);
      highest = Math.max(highest, migration.id());
    }
    return migrations.merge(
        host,
        new Migrations(begun, nanos, ids, highest),
        (one, other) -> one.begun().isAfter(other.begun()) ? one : other);
  }

  private boolean isFresh(long nanos, Duration span) {
    return nanoTime.getAsLong() - nanos < span.toNanos();
  }
}
