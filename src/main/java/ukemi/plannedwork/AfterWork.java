package ukemi.plannedwork;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import ukemi.compute.Compute;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeService;
import ukemi.compute.ComputeUnavailable;
import ukemi.compute.Instance;
import ukemi.fencing.DetectionSettings;
import ukemi.identity.IdentityUnavailable;
import ukemi.notification.NothingToDo;
import ukemi.notification.Notification;
import ukemi.notification.Notification.Type;
import ukemi.notification.Notifications;
import ukemi.notification.RunControl;
import ukemi.segment.Host;
import ukemi.segment.Hosts;
import ukemi.segment.MaintenanceOwner;

/**
 * What is left when work is over: the failures that were noted in it and the hosts of it that are
 * not in service. A host that other open work covers is that one's to see to, and its failures with
 * it; one that is being recovered, or was since, is seen to.
 */
@Service
public class AfterWork {

  /** Each is a request to Nova. */
  private static final int GUESTS_LOOKED_AT = 50;

  private final PlannedWorks works;
  private final Hosts hosts;
  private final Notifications notifications;
  private final RunControl control;
  private final Compute compute;
  private final DetectionSettings detection;

  AfterWork(
      PlannedWorks works,
      Hosts hosts,
      Notifications notifications,
      RunControl control,
      Compute compute,
      DetectionSettings detection) {
    this.works = works;
    this.hosts = hosts;
    this.notifications = notifications;
    this.control = control;
    this.compute = compute;
    this.detection = detection;
  }

  /**
   * What became of a person's word that hosts are recovered.
   *
   * @param begun the hosts whose recoveries were begun, with their notifications
   * @param refused why others were not; empty = none was refused
   */
  public record Recovered(List<String> begun, List<String> refused) {}

  /** What Nova shows, or why it cannot be asked. */
  private record Nova(
      Map<String, ComputeService> services, Map<UUID, String> guests, String problem) {}

  /** What is known of the work's hosts. */
  private record World(
      List<Notification> noted,
      Map<UUID, Host> hosts,
      Set<UUID> beingRecovered,
      Map<UUID, Long> lastRecovered,
      Nova nova) {

    /** The last report that the host itself is down. */
    Optional<Notification> report(Host host) {
      return noted.stream()
          .filter(one -> one.type() == Type.COMPUTE_HOST)
          .filter(one -> one.sourceHostUuid().equals(host.uuid()))
          .reduce((first, last) -> last);
    }

    boolean hasNoted(Host host) {
      return noted.stream().anyMatch(one -> one.sourceHostUuid().equals(host.uuid()));
    }

    boolean isSeenTo(Notification one) {
      return beingRecovered.contains(one.sourceHostUuid())
          || lastRecovered.getOrDefault(one.sourceHostUuid(), 0L) > one.id();
    }
  }

  /** What is said of a failure or a host; the most urgent have the lowest order. */
  private record Line(Order order, String text) {}

  private enum Order {
    HOST_DOWN,
    HOST,
    PROCESS,
    GUEST
  }

  /** Looks at the world. Failures of hosts that other open work covers are handed on to that. */
  @Transactional
  public Findings look(PlannedWork work) {
    if (work.isCalledOff()) {
      return new Findings(0, 0, 0, List.of(), null, List.of());
    }
    World world = world(work, true);
    Set<UUID> ofOthers = works.passOn(work.uuid(), world.hosts().keySet()); // Nova has answered
    List<Line> lines = new ArrayList<>();
    Set<String> seenTo = new TreeSet<>();
    Set<UUID> told = new HashSet<>();
    int passedOn = 0;
    int failures = 0;
    for (Notification one : world.noted()) {
      if (ofOthers.contains(one.sourceHostUuid())) {
        passedOn++;
      } else if (world.isSeenTo(one)) {
        seenTo.add(one.sourceHostName());
      } else {
        failures++;
        Optional<Host> host = Optional.ofNullable(world.hosts().get(one.sourceHostUuid()));
        boolean first = told.add(one.sourceHostUuid());
        boolean down = host.isPresent() && isDown(host.get(), world);
        lines.add(new Line(order(one, first && down), line(one, host, world)));
      }
    }
    int others = 0;
    for (Host host : world.hosts().values()) {
      if (!world.hasNoted(host) && isAmiss(host, world) && !ofOthers.contains(host.uuid())) {
        others++;
        lines.add(
            new Line(
                Order.HOST_DOWN,
                host.name() + ": nothing was reported; now " + state(host, world)));
      }
    }
    return new Findings(
        failures,
        others,
        passedOn,
        List.copyOf(seenTo),
        world.nova().problem(),
        lines.stream()
            .sorted(Comparator.comparing(Line::order).thenComparing(Line::text))
            .map(Line::text)
            .toList());
  }

  private static Order order(Notification one, boolean hostIsDown) {
    if (hostIsDown) {
      return Order.HOST_DOWN;
    }
    return switch (one.type()) {
      case COMPUTE_HOST -> Order.HOST;
      case PROCESS -> Order.PROCESS;
      case VM -> Order.GUEST;
    };
  }

  /**
   * Has those of its hosts recovered that are down now, as a retry does.
   *
   * @param names only these; empty = all that are down
   */
  @Transactional
  public Recovered recover(PlannedWork work, Set<String> names, Instant now) {
    World world = world(work, false);
    if (world.nova().problem() != null) {
      return new Recovered(
          List.of(),
          List.of("Nova cannot be asked which hosts are down: " + world.nova().problem()));
    }
    List<String> begun = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    Set<String> left = new LinkedHashSet<>(names);
    for (Host host : world.hosts().values()) {
      boolean named = left.remove(host.name());
      if (names.isEmpty() ? isDown(host, world) && isOurs(host, world) : named) {
        recover(host, world, now, begun, refused);
      }
    }
    left.forEach(name -> refused.add(name + ": no such host in the planned work"));
    if (begun.isEmpty() && refused.isEmpty()) {
      refused.add("No host of it is down. One that has just died is up for Nova a while yet");
    }
    return new Recovered(begun, refused);
  }

  /**
   * What a recovery, a return or an operator has taken out of service is theirs. Of an operator's
   * that failed inside the work, a person hears.
   */
  private static boolean isOurs(Host host, World world) {
    return !world.beingRecovered().contains(host.uuid())
        && host.maintenanceOwner() != MaintenanceOwner.RECOVERY
        && host.maintenanceOwner() != MaintenanceOwner.RETURN
        && (world.hasNoted(host)
            || !host.onMaintenance()
            || host.maintenanceOwner() == MaintenanceOwner.PROCESS);
  }

  private void recover(
      Host host, World world, Instant now, List<String> begun, List<String> refused) {
    List<PlannedWork> others = works.open(host);
    if (!others.isEmpty()) {
      refused.add(host.name() + ": there is " + others.get(0).title());
    } else if (!isDown(host, world)) {
      refused.add(host.name() + ": not down, but " + state(host, world));
    } else {
      try {
        Map<String, String> reported =
            world.report(host).map(Notification::payload).orElse(Map.of("event", "STOPPED"));
        Notification again = control.recover(host, reported, now);
        begun.add(host.name() + " (notification " + again.uuid() + ")");
      } catch (NothingToDo e) {
        refused.add(host.name() + ": " + e.getMessage());
      }
    }
  }

  private World world(PlannedWork work, boolean withGuests) {
    Map<UUID, Host> all =
        hostsOf(work).stream()
            .collect(
                Collectors.toMap(
                    Host::uuid, Function.identity(), (a, b) -> a, java.util.LinkedHashMap::new));
    List<Notification> noted = works.noted(work.uuid());
    Nova nova = nova(withGuests ? noted : List.of());
    return new World(
        noted,
        all,
        notifications.unfinishedAmong(all.keySet()),
        notifications.lastRecoveredAmong(all.keySet()),
        nova);
  }

  private List<Host> hostsOf(PlannedWork work) {
    return switch (work.scope()) {
      // or registered again since
      case HOST ->
          hosts.byUuid(work.scopeUuid()).or(() -> hosts.byName(work.scopeName())).stream().toList();
      case SEGMENT -> hosts.registered(work.scopeUuid());
      case CLOUD -> hosts.registered(null);
    };
  }

  private Nova nova(List<Notification> noted) {
    Map<String, ComputeService> services;
    try {
      services =
          compute.services().stream()
              .collect(Collectors.toMap(ComputeService::host, Function.identity(), (a, b) -> b));
    } catch (ComputeUnavailable | ComputeRefused | IdentityUnavailable e) {
      return new Nova(Map.of(), Map.of(), e.getMessage());
    }
    return new Nova(services, guests(noted), null);
  }

  /** As far as Nova tells; each that it leaves unanswered may take as long as a request may. */
  private Map<UUID, String> guests(List<Notification> noted) {
    Map<UUID, String> guests = new HashMap<>();
    for (Notification one : noted) {
      Optional<UUID> guest = guest(one);
      if (guest.isEmpty() || guests.size() >= GUESTS_LOOKED_AT) {
        continue;
      }
      try {
        guests.computeIfAbsent(guest.get(), this::guestState);
      } catch (ComputeUnavailable | IdentityUnavailable e) {
        guests.put(guest.get(), "Nova does not show the guest: " + e.getMessage());
        return guests;
      }
    }
    return guests;
  }

  private String guestState(UUID guest) {
    try {
      return compute.instance(guest).map(AfterWork::guestState).orElse("unknown to Nova");
    } catch (ComputeRefused e) {
      return "Nova does not show the guest: " + e.getMessage();
    }
  }

  private static String guestState(Instance guest) {
    return "%s is %s on %s".formatted(guest.name(), guest.vmState(), guest.host());
  }

  private static Optional<UUID> guest(Notification one) {
    if (one.type() != Type.VM) {
      return Optional.empty();
    }
    String text = one.payload().get("instance_uuid").replace("-", "");
    return Optional.of(
        UUID.fromString(text.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5")));
  }

  private String line(Notification one, Optional<Host> host, World world) {
    String what =
        switch (one.type()) {
          case COMPUTE_HOST -> "host";
          case PROCESS -> "process " + one.payload().get("process_name");
          case VM -> "guest " + one.payload().get("instance_uuid");
        };
    String guest = guest(one).map(world.nova().guests()::get).orElse(null);
    String now = host.map(found -> state(found, world)).orElse("not registered any more");
    return "%s: %s reported failed at %s; now %s%s"
        .formatted(
            one.sourceHostName(),
            what,
            one.receivedAt().truncatedTo(ChronoUnit.SECONDS),
            now,
            guest == null ? "" : "; " + guest);
  }

  private String state(Host host, World world) {
    List<String> words = new ArrayList<>();
    if (world.nova().problem() != null) {
      words.add("unknown");
    } else {
      words.add(serviceState(world.nova().services().get(host.name())));
    }
    if (world.beingRecovered().contains(host.uuid())) {
      words.add("being recovered");
    }
    if (host.onMaintenance()) {
      words.add(
          "on maintenance ("
              + host.maintenanceOwner().name().toLowerCase(java.util.Locale.ROOT)
              + ")");
    }
    return String.join(", ", words);
  }

  private String serviceState(ComputeService service) {
    if (service == null) {
      return "Nova does not show its nova-compute";
    }
    StringBuilder state = new StringBuilder("nova-compute ");
    if (service.forcedDown()) {
      state.append("forced down");
    } else if (!service.up()) {
      state.append("down");
    } else if (isSilent(service)) {
      state.append("silent since ").append(service.heartbeat());
    } else {
      state.append("up");
    }
    if (!service.enabled()) {
      state.append(", disabled");
      if (service.disabledReason() != null) {
        state.append(" (").append(service.disabledReason()).append(")");
      }
    }
    return state.toString();
  }

  /** Whether somebody should know, although nothing was reported. A reserve is disabled. */
  private boolean isAmiss(Host host, World world) {
    if (world.nova().problem() != null || !isOurs(host, world)) {
      return false;
    }
    ComputeService service = world.nova().services().get(host.name());
    return service == null
        || service.forcedDown()
        || !service.up()
        || isSilent(service)
        || !service.enabled() && !host.reserved() && !host.onMaintenance();
  }

  private boolean isDown(Host host, World world) {
    ComputeService service = world.nova().services().get(host.name());
    return service != null && (service.forcedDown() || !service.up() || isSilent(service));
  }

  /** Nova says "up" for a minute after death. */
  private boolean isSilent(ComputeService service) {
    return Duration.between(service.heartbeat(), service.readAt())
            .compareTo(detection.heartbeatSilence())
        > 0;
  }
}
