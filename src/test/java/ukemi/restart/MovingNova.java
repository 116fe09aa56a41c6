package ukemi.restart;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import ukemi.compute.ColdMigration;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeService;
import ukemi.compute.ComputeUnavailable;
import ukemi.compute.Instance;
import ukemi.evacuation.FakeNova;

/** A Nova in memory. What becomes of a cold migration, the test says step by step. */
class MovingNova extends FakeNova {

  final Map<UUID, Instance> shown = new ConcurrentHashMap<>();
  final Map<Long, ColdMigration> moves = new ConcurrentSkipListMap<>();
  final List<String> calls = new CopyOnWriteArrayList<>();

  /** Hosts whose nova-compute Nova calls up although it is dead. */
  final Set<String> silent = ConcurrentHashMap.newKeySet();

  /** Guests that Nova does not unlock. */
  final Set<UUID> neverUnlocked = ConcurrentHashMap.newKeySet();

  Consumer<UUID> migration = this::begin;
  RuntimeException tellsNot;

  private long last = 100;

  UUID stopped(String host) {
    UUID id = UUID.randomUUID();
    show(id, host, "stopped", null);
    return id;
  }

  void show(UUID id, String host, String state, String task) {
    Instance old = shown.get(id);
    show(
        id,
        host,
        state,
        task,
        old == null ? null : old.lockedReason(),
        old != null && old.locked());
  }

  private void show(
      UUID id, String host, String state, String task, String lockedReason, boolean locked) {
    shown.put(
        id,
        new Instance(
            id,
            "web",
            host,
            state,
            task,
            4,
            locked,
            lockedReason,
            Map.of("HA_Enabled", "True"),
            null,
            ukemi.compute.InstanceTraits.NONE));
  }

  void begin(UUID id) {
    Instance guest = shown.get(id);
    migration(id, guest.host(), null, "pre-migrating");
    show(id, guest.host(), guest.vmState(), "resize_prep");
  }

  long migration(UUID id, String from, String to, String status) {
    long number = ++last;
    moves.put(number, new ColdMigration(number, id, from, to, status));
    return number;
  }

  void becomes(long number, String to, String status) {
    moves.computeIfPresent(
        number, (id, old) -> new ColdMigration(id, old.instance(), old.source(), to, status));
  }

  ColdMigration with(ColdMigration old, String status) {
    return new ColdMigration(old.id(), old.instance(), old.source(), old.destination(), status);
  }

  /** Nova has moved the guest, which waits to be confirmed. */
  void arrives(UUID id, String to) {
    becomes(last, to, "finished");
    show(id, to, "resized", null);
  }

  void confirmed(UUID id) {
    becomes(last, shown.get(id).host(), "confirmed");
    show(id, shown.get(id).host(), "stopped", null);
  }

  @Override
  public void clear() {
    super.clear();
    shown.clear();
    moves.clear();
    calls.clear();
    silent.clear();
    neverUnlocked.clear();
    migration = this::begin;
    tellsNot = null;
  }

  private void failIfUnreachable(Object what) {
    if (unreachable.contains(what)) {
      throw new ComputeUnavailable("Nova cannot reach the cell of " + what, null);
    }
  }

  @Override
  public Optional<Instance> instance(UUID id) {
    failIfUnreachable(id);
    return Optional.ofNullable(shown.get(id));
  }

  @Override
  public Optional<ComputeService> service(String host) {
    Instant now = Instant.now();
    return Optional.of(
        new ComputeService(
            host,
            host,
            !down.contains(host),
            true,
            false,
            null,
            silent.contains(host) || down.contains(host) ? now.minusSeconds(30) : now,
            now));
  }

  @Override
  public void coldMigrate(UUID id) {
    calls.add("migrate");
    migration.accept(id);
  }

  @Override
  public void confirmResize(UUID id) {
    calls.add("confirm");
    confirmed(id);
  }

  @Override
  public List<ColdMigration> coldMigrations(UUID id, long greaterThan) {
    List<ColdMigration> found = new ArrayList<>(moves.values());
    found.removeIf(move -> !move.instance().equals(id) || move.id() <= greaterThan);
    found.sort(Comparator.comparingLong(ColdMigration::id).reversed());
    return found;
  }

  @Override
  public Optional<String> whyNotMigrated(UUID id) {
    if (tellsNot != null) {
      throw tellsNot;
    }
    return Optional.empty();
  }

  @Override
  public void stop(UUID id) {
    calls.add("stop");
    show(id, shown.get(id).host(), "stopped", null);
  }

  @Override
  public void resetToActive(UUID id) {
    calls.add("reset");
    show(id, shown.get(id).host(), "active", null);
  }

  @Override
  public void lock(UUID id, String reason) {
    calls.add("lock");
    Instance guest = shown.get(id);
    show(id, guest.host(), guest.vmState(), guest.taskState(), reason, true);
  }

  @Override
  public void unlock(UUID id) {
    failIfUnreachable(id);
    if (neverUnlocked.contains(id)) {
      throw new ComputeRefused(403, "the policy does not allow it");
    }
    calls.add("unlock");
    Instance guest = shown.get(id);
    show(id, guest.host(), guest.vmState(), guest.taskState(), null, false);
  }

  @Override
  public Duration evacuateTimeout() {
    return Duration.ZERO;
  }
}
