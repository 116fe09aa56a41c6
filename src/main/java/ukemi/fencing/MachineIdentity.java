package ukemi.fencing;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import ukemi.compute.Compute;

/** Finds the machine that a host is, and makes sure that it is the right one (rule R11). */
@Component
class MachineIdentity {

  private final PowerControl power;
  private final Compute compute;
  private final FencingSettings settings;
  private final KnownMachines known;

  MachineIdentity(
      PowerControl power, Compute compute, FencingSettings settings, KnownMachines known) {
    this.power = power;
    this.compute = compute;
    this.settings = settings;
    this.known = known;
  }

  /**
   * The machine of the host, every check of its identity passed.
   *
   * @throws FencingRefused when there is none, or more than one, or one that may be another
   */
  Machine of(String host) {
    Machine machine = candidate(host);
    verify(host, machine);
    known.remember(host, machine.systemId());
    return machine;
  }

  /**
   * Checks the candidate's identity. Remembers nothing.
   *
   * @throws FencingRefused when it may be another machine
   */
  void verify(String host, Machine machine) {
    checkAddress(host, machine);
    if (!machine.deployed()) {
      throw new FencingRefused(
          "machine %s has the status %s, not Deployed"
              .formatted(machine.systemId(), machine.statusName()));
    }
    checkKnown(host, machine);
  }

  /**
   * The one machine that goes by the host's name, its identity not checked further.
   *
   * @throws FencingRefused when there is none or more than one
   */
  Machine candidate(String host) {
    try {
      return mapped(host).map(id -> byId(host, id)).orElseGet(() -> byName(host));
    } catch (PowerControlRefused e) {
      throw new FencingRefused(
          "the machine of %s cannot be read: %s".formatted(host, e.getMessage()));
    }
  }

  /** The machine that the host was last, or is by the settings. */
  Optional<String> known(String host) {
    return mapped(host).or(() -> known.systemId(host));
  }

  private Optional<String> mapped(String host) {
    return Optional.ofNullable(settings.machines().get(host));
  }

  private Machine byId(String host, String systemId) {
    return power
        .machine(systemId)
        .orElseThrow(
            () ->
                new FencingRefused(
                    "MAAS shows no machine %s (ukemi.fencing.machines.%s)"
                        .formatted(systemId, host)));
  }

  private Machine byName(String host) {
    String shortName = host.toLowerCase(Locale.ROOT).split("\\.", 2)[0];
    List<Machine> machines = power.named(shortName);
    if (machines.isEmpty()) {
      throw new FencingRefused(
          "MAAS shows no machine named %s: there is none, or the API key may not see it"
              .formatted(shortName));
    }
    if (machines.size() > 1) {
      throw new FencingRefused(
          "MAAS shows %d machines named %s (%s)"
              .formatted(
                  machines.size(),
                  shortName,
                  machines.stream().map(Machine::systemId).collect(Collectors.joining(", "))));
    }
    Machine machine = machines.get(0);
    boolean sameName =
        host.contains(".")
            ? machine.fqdn().equalsIgnoreCase(host)
            : machine.hostname().equalsIgnoreCase(host);
    if (!sameName) {
      throw new FencingRefused(
          "machine %s is named %s in MAAS, not %s; name it in ukemi.fencing.machines if it is"
                  .formatted(machine.systemId(), machine.fqdn(), host)
              + " the right one");
    }
    return machine;
  }

  private void checkAddress(String host, Machine machine) {
    Optional<String> address = compute.hostAddress(host);
    if (address.isEmpty()) {
      return;
    }
    Optional<InetAddress> wanted = OwnMachines.parse(address.get());
    boolean found =
        machine.addresses().stream()
            .map(OwnMachines::parse)
            .flatMap(Optional::stream)
            .anyMatch(one -> Objects.equals(one, wanted.orElse(null)));
    if (!found) {
      throw new FencingRefused(
          "Nova knows %s at %s, which is not among the addresses of machine %s (%s)"
              .formatted(
                  host, address.get(), machine.systemId(), String.join(", ", machine.addresses())));
    }
  }

  /** A person who names a machine in the settings has said that it is the right one. */
  private void checkKnown(String host, Machine machine) {
    Optional<String> before = known.systemId(host);
    boolean changed = before.isPresent() && !before.get().equals(machine.systemId());
    if (changed && mapped(host).isEmpty()) {
      throw new FencingRefused(
          "%s was machine %s and is machine %s now; name the right one in"
                  .formatted(host, before.get(), machine.systemId())
              + " ukemi.fencing.machines");
    }
  }
}
