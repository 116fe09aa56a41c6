package ukemi.evacuation;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import ukemi.compute.Aggregate;
import ukemi.compute.ColdMigration;
import ukemi.compute.Compute;
import ukemi.compute.ComputeService;
import ukemi.compute.ComputeUnavailable;
import ukemi.compute.EvacuationMigration;
import ukemi.compute.Instance;
import ukemi.compute.ServerGroup;

/** A Nova in memory. What becomes of an evacuation, the test says step by step. */
public class FakeNova implements Compute {

  final Map<UUID, Instance> guests = new ConcurrentHashMap<>();
  final Map<Long, EvacuationMigration> migrations = new ConcurrentSkipListMap<>();
  final List<UUID> evacuateCalls = new CopyOnWriteArrayList<>();

  /** Where each evacuate call wanted the guest to go; "any" = Nova chooses. */
  final Map<UUID, String> targets = new ConcurrentHashMap<>();

  /** All hosts with a nova-compute, for who chooses among them. */
  public final Set<String> hosts = ConcurrentHashMap.newKeySet();

  public final Set<String> down = ConcurrentHashMap.newKeySet();

  /** Hosts whose heartbeats are fresh whenever they are read. */
  public final Set<String> alive = ConcurrentHashMap.newKeySet();

  volatile List<Aggregate> aggregates = List.of();
  final List<String> actions = new CopyOnWriteArrayList<>();
  final AtomicLong reads = new AtomicLong();

  /** What answers an evacuate call; by default Nova takes it. */
  volatile Consumer<UUID> evacuation = this::take;

  volatile Consumer<UUID> stopping = id -> {};
  volatile Consumer<UUID> resetting = id -> {};

  /** What answers when a host's forced-down is lifted; by default Nova does it. */
  public volatile Consumer<String> lifting = host -> {};

  /** Hosts that Nova was told are down. */
  public final Set<String> forcedDown = ConcurrentHashMap.newKeySet();

  /** Why hosts are disabled. */
  public final Map<String, String> disabled = new ConcurrentHashMap<>();

  /**
   * Guests and hosts of which Nova tells nothing, their cell being unreachable; or "services", all
   * of them.
   */
  public final Set<Object> unreachable = ConcurrentHashMap.newKeySet();

  /** Hosts of which it knows no nova-compute. */
  public final Set<String> unknown = ConcurrentHashMap.newKeySet();

  volatile Duration clockOff = Duration.ZERO;
  volatile Duration evacuateTimeout = Duration.ofSeconds(60);

  /** The hosts here are dead: it does not move. */
  private static final Instant LAST_HEARTBEAT = Instant.now().minusSeconds(60);

  private final AtomicLong lastMigration = new AtomicLong(100);

  /** A Nova without guests that does as it is told. */
  public void clear() {
    guests.clear();
    migrations.clear();
    evacuateCalls.clear();
    actions.clear();
    targets.clear();
    hosts.clear();
    down.clear();
    alive.clear();
    aggregates = List.of();
    unreachable.clear();
    unknown.clear();
    evacuation = this::take;
    stopping = id -> {};
    resetting = id -> {};
    lifting = host -> {};
    forcedDown.clear();
    disabled.clear();
  }

  public UUID put(String host, String vmState, Map<String, String> metadata) {
    UUID id = UUID.randomUUID();
    guests.put(id, new Instance(id, "guest-" + id, host, vmState, null, 1, false, metadata, null));
    return id;
  }

  UUID put(String host, String vmState, String taskState, int powerState) {
    UUID id = UUID.randomUUID();
    guests.put(
        id,
        new Instance(
            id, "guest-" + id, host, vmState, taskState, powerState, false, Map.of(), null));
    return id;
  }

  public void shows(UUID guest, String host, String vmState, String taskState) {
    shows(guest, host, vmState, taskState, null);
  }

  void shows(UUID guest, String host, String vmState, String taskState, String fault) {
    guests.computeIfPresent(
        guest,
        (id, old) ->
            new Instance(
                id,
                old.name(),
                host,
                vmState,
                taskState,
                old.powerState(),
                old.locked(),
                old.metadata(),
                fault));
  }

  /** Takes the order: the task is set, and a migration begun. */
  public long take(UUID guest) {
    Instance now = guests.get(guest);
    shows(guest, now.host(), now.vmState(), "rebuilding");
    return migration(guest, "accepted");
  }

  /** A new evacuation migration from where the guest is. */
  long migration(UUID guest, String status) {
    long id = lastMigration.incrementAndGet();
    migrations.put(
        id,
        new EvacuationMigration(
            id, guest, guests.get(guest).host(), null, status, Instant.now().plus(clockOff)));
    return id;
  }

  public void becomes(long migration, String status) {
    migrations.computeIfPresent(
        migration,
        (id, old) ->
            new EvacuationMigration(
                id, old.instance(), old.source(), "compute-9", status, old.createdAt()));
  }

  /** The guests that it shows on the host. */
  public List<UUID> guestsOn(String host) {
    return guests.values().stream()
        .filter(guest -> host.equals(guest.host()))
        .map(Instance::id)
        .toList();
  }

  /** What else it was told to do, in order. */
  public List<String> actions() {
    return actions;
  }

  /** The guests of the evacuate calls it got, in order. */
  public List<UUID> evacuateCalls() {
    return List.copyOf(evacuateCalls);
  }

  /** The guest's newest migration. */
  public void newestBecomes(UUID guest, String status) {
    becomes(lastEvacuation(guest), status);
  }

  /** Nova ends the guest's evacuation well. */
  public void land(UUID guest, String host, String vmState) {
    shows(guest, host, vmState, null);
    newestBecomes(guest, "done");
  }

  /** Nova finds no host for the guest. */
  public void noValidHost(UUID guest) {
    shows(guest, guests.get(guest).host(), "error", null, "No valid host was found");
    newestBecomes(guest, "error");
  }

  private void read(Object what) {
    reads.incrementAndGet();
    if (unreachable.contains(what)) {
      throw new ComputeUnavailable("Nova cannot reach the cell of " + what, null);
    }
  }

  @Override
  public Optional<Instance> instance(UUID id) {
    read(id);
    return Optional.ofNullable(guests.get(id));
  }

  @Override
  public List<Instance> instancesOn(String host) {
    read(host);
    return guests.values().stream().filter(guest -> host.equals(guest.host())).toList();
  }

  @Override
  public List<EvacuationMigration> evacuationsFrom(String host, long greaterThan) {
    read(host);
    return migrations.values().stream()
        .filter(migration -> migration.source().equals(host) && migration.id() > greaterThan)
        .sorted(Comparator.comparingLong(EvacuationMigration::id).reversed())
        .toList();
  }

  @Override
  public long lastEvacuation(UUID instance) {
    reads.incrementAndGet();
    return migrations.values().stream()
        .filter(migration -> migration.instance().equals(instance))
        .mapToLong(EvacuationMigration::id)
        .max()
        .orElse(0);
  }

  @Override
  public void evacuate(UUID instance, Optional<String> target) {
    evacuateCalls.add(instance);
    targets.put(instance, target.orElse("any"));
    evacuation.accept(instance);
  }

  @Override
  public void coldMigrate(UUID instance) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void confirmResize(UUID instance) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<ColdMigration> coldMigrations(UUID instance, long greaterThan) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<String> whyNotMigrated(UUID instance) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void liveMigrate(UUID instance, String target) {
    actions.add("live-migrate %s to %s".formatted(instance, target));
  }

  @Override
  public void stop(UUID instance) {
    stopping.accept(instance);
    actions.add("stop " + instance);
    shows(instance, guests.get(instance).host(), "stopped", null);
  }

  @Override
  public void start(UUID instance) {
    actions.add("start " + instance);
    shows(instance, guests.get(instance).host(), "active", null);
  }

  @Override
  public Duration evacuateTimeout() {
    return evacuateTimeout;
  }

  @Override
  public Optional<ComputeService> service(String host) {
    read(host);
    return unknown.contains(host) ? Optional.empty() : Optional.of(shown(host));
  }

  @Override
  public List<ComputeService> services() {
    read("services");
    return hosts.stream().map(this::shown).toList();
  }

  private ComputeService shown(String host) {
    Instant now = Instant.now().plus(clockOff);
    Instant heartbeat = alive.contains(host) ? now : LAST_HEARTBEAT.plus(clockOff);
    String reason = disabled.get(host);
    return new ComputeService(
        host,
        host,
        !down.contains(host),
        reason == null,
        forcedDown.contains(host),
        reason,
        heartbeat,
        now);
  }

  @Override
  public ComputeService forceDown(ComputeService service) {
    actions.add("force down " + service.host());
    forcedDown.add(service.host());
    return service(service.host()).orElseThrow();
  }

  @Override
  public ComputeService disable(ComputeService service, String reason) {
    actions.add("disable " + service.host());
    disabled.put(service.host(), reason);
    return shown(service.host());
  }

  @Override
  public ComputeService liftForcedDown(ComputeService service) {
    lifting.accept(service.host());
    actions.add("lift forced down " + service.host());
    forcedDown.remove(service.host());
    return shown(service.host());
  }

  @Override
  public ComputeService enable(ComputeService service) {
    actions.add("enable " + service.host());
    disabled.remove(service.host());
    return shown(service.host());
  }

  @Override
  public void resetToError(UUID instance) {
    resetting.accept(instance);
    actions.add("reset " + instance);
    shows(instance, guests.get(instance).host(), "error", null);
  }

  @Override
  public void resetToActive(UUID instance) {
    actions.add("reset to active " + instance);
    shows(instance, guests.get(instance).host(), "active", null);
  }

  @Override
  public void lock(UUID instance, String reason) {
    actions.add("lock " + instance);
    setLocked(instance, true);
  }

  @Override
  public void unlock(UUID instance) {
    actions.add("unlock " + instance);
    setLocked(instance, false);
  }

  void setLocked(UUID instance, boolean locked) {
    guests.computeIfPresent(
        instance,
        (id, old) ->
            new Instance(
                id,
                old.name(),
                old.host(),
                old.vmState(),
                old.taskState(),
                old.powerState(),
                locked,
                old.metadata(),
                old.fault()));
  }

  @Override
  public List<ServerGroup> serverGroups() {
    return List.of();
  }

  @Override
  public List<Aggregate> aggregates() {
    reads.incrementAndGet();
    return aggregates;
  }

  @Override
  public void addToAggregate(long aggregate, String host) {
    actions.add("add " + host + " to " + aggregate);
  }

  @Override
  public void removeFromAggregate(long aggregate, String host) {
    actions.add("remove " + host + " from " + aggregate);
  }

  @Override
  public Optional<String> hostAddress(String host) {
    return Optional.empty();
  }
}
