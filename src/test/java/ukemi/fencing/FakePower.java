package ukemi.fencing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/** Machines in memory; what a query and an order answer is for the test to say. */
class FakePower implements PowerControl {

  final Map<String, Machine> machines = new ConcurrentHashMap<>();
  final List<String> calls = new CopyOnWriteArrayList<>();
  final AtomicInteger queriesNow = new AtomicInteger();
  final AtomicInteger mostQueriesAtOnce = new AtomicInteger();

  volatile Function<String, LivePower> query = id -> new LivePower(PowerState.ON, "on");
  volatile Supplier<String> powerOff = () -> "200";
  volatile RuntimeException failing;
  volatile RuntimeException lockFailing;
  volatile Set<String> hosts = Set.of();

  static Machine deployed(String systemId, String name) {
    return new Machine(
        systemId, name, name + ".maas", true, "Deployed", "ipmi", false, List.of("10.30.0.11"));
  }

  void put(Machine machine) {
    machines.put(machine.systemId(), machine);
  }

  void setLocked(String systemId, boolean locked) {
    Machine m = machines.get(systemId);
    put(
        new Machine(
            m.systemId(),
            m.hostname(),
            m.fqdn(),
            m.deployed(),
            m.statusName(),
            m.powerType(),
            locked,
            m.addresses()));
  }

  boolean isLocked(String systemId) {
    return machines.get(systemId).locked();
  }

  void answers(PowerState state) {
    query = id -> new LivePower(state, "MAAS says " + state);
  }

  List<String> calls(String kind) {
    return calls.stream().filter(call -> call.startsWith(kind)).toList();
  }

  @Override
  public List<Machine> named(String hostname) {
    failIfDown();
    return machines.values().stream().filter(m -> m.hostname().equals(hostname)).toList();
  }

  @Override
  public Optional<Machine> machine(String systemId) {
    failIfDown();
    return Optional.ofNullable(machines.get(systemId));
  }

  @Override
  public LivePower query(String systemId) {
    mostQueriesAtOnce.accumulateAndGet(queriesNow.incrementAndGet(), Math::max);
    try {
      calls.add("query " + systemId);
      return query.apply(systemId);
    } finally {
      queriesNow.decrementAndGet();
    }
  }

  @Override
  public Duration queryLimit() {
    return Duration.ofSeconds(75);
  }

  @Override
  public String powerOff(String systemId, String comment) {
    calls.add("off " + systemId);
    return powerOff.get();
  }

  @Override
  public String powerOn(String systemId, String comment) {
    calls.add("on " + systemId);
    return "200";
  }

  @Override
  public boolean lock(String systemId, String comment) {
    calls.add("lock " + systemId);
    if (lockFailing != null) {
      throw lockFailing;
    }
    boolean changed = !isLocked(systemId);
    setLocked(systemId, true);
    return changed;
  }

  @Override
  public boolean unlock(String systemId, String comment) {
    calls.add("unlock " + systemId);
    if (lockFailing != null) {
      throw lockFailing;
    }
    boolean changed = isLocked(systemId);
    setLocked(systemId, false);
    return changed;
  }

  @Override
  public Set<String> hosts() {
    return hosts;
  }

  @Override
  public String description() {
    return "a fake";
  }

  private void failIfDown() {
    if (failing != null) {
      throw failing;
    }
  }

  /** Answers in turn; the last one for ever. */
  static Function<String, LivePower> inTurn(PowerState... states) {
    List<PowerState> left = new ArrayList<>(List.of(states));
    return id -> {
      synchronized (left) {
        PowerState state = left.size() > 1 ? left.remove(0) : left.get(0);
        return new LivePower(state, "MAAS says " + state);
      }
    };
  }
}
