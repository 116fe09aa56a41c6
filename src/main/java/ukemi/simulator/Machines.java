package ukemi.simulator;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** MAAS's machines, one for each host. Guarded by the world. */
final class Machines {

  private static final String LETTERS = "abcdefghkmnpqrstwxy3478";

  private final World world;
  private final Map<String, Machine> byHost = new LinkedHashMap<>();
  private final Random random;

  Machines(World world) {
    this.world = world;
    random = new Random(world.settings.number("seed"));
  }

  void add(Host host) {
    synchronized (world) {
      byHost.put(host.name, new Machine(host, newSystemId(), "admin"));
    }
  }

  String newSystemId() {
    StringBuilder id = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return id.toString();
  }

  Machine of(String host) {
    Machine machine = byHost.get(host);
    if (machine == null) {
      throw new IllegalArgumentException("no machine for host " + host);
    }
    return machine;
  }

  void remove(String host) {
    synchronized (world) {
      byHost.remove(host);
    }
  }

  Collection<Machine> all() {
    return byHost.values();
  }

  Optional<Machine> bySystemId(String id) {
    return byHost.values().stream().filter(machine -> machine.systemId.equals(id)).findFirst();
  }
}
