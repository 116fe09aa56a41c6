package ukemi.command;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;
import ukemi.compute.Compute;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeService;
import ukemi.compute.ComputeUnavailable;
import ukemi.database.Page;
import ukemi.fencing.FencingSettings;
import ukemi.fencing.HostCheck;
import ukemi.fencing.HostCheckParts;
import ukemi.fencing.HostChecks;
import ukemi.fencing.LivePower;
import ukemi.fencing.Machine;
import ukemi.fencing.Provider;
import ukemi.segment.Host;
import ukemi.segment.HostFilter;
import ukemi.segment.Hosts;
import ukemi.segment.Segment;
import ukemi.segment.SegmentFilter;
import ukemi.segment.Segments;

/** Shows of each host whether it could be fenced now, and switches nothing. */
final class CheckHosts implements Command {

  private static final String USAGE = "check-hosts [HOST ...]";

  /** A query of a dead BMC takes MAAS a minute. */
  private static final int AT_ONCE = 8;

  private final PrintStream out;
  private final List<String> settings;

  CheckHosts() {
    this(System.out, List.of());
  }

  /**
   * @param settings as for {@link CommandContext#start}
   */
  CheckHosts(PrintStream out, List<String> settings) {
    this.out = out;
    this.settings = settings;
  }

  /** Keystone, Nova, MAAS and the tables. */
  @WithTables
  @ComponentScan({"ukemi.database", "ukemi.identity", "ukemi.compute", "ukemi.fencing.maas"})
  @ConfigurationPropertiesScan({
    "ukemi.database",
    "ukemi.identity",
    "ukemi.compute",
    "ukemi.fencing"
  })
  @Import({HostCheckParts.class, Segments.class, Hosts.class})
  static final class Parts {}

  /** What Nova and our segments know of a host of that name. */
  private record Known(Optional<ComputeService> service, Optional<String> segment) {}

  @Override
  public String name() {
    return "check-hosts";
  }

  @Override
  public String purpose() {
    return "shows whether each host is found in MAAS and could be fenced; " + USAGE;
  }

  @Override
  public int run(List<String> arguments) {
    arguments.stream()
        .filter(argument -> argument.startsWith("-"))
        .findFirst()
        .ifPresent(
            argument -> {
              throw new WrongArguments("\"" + argument + "\" is not understood; usage: " + USAGE);
            });
    try (ConfigurableApplicationContext context =
        CommandContext.start(Parts.class, settings, out)) {
      if (context.getBean(FencingSettings.class).provider() == Provider.NONE) {
        throw new CommandFailed(
            "ukemi.fencing.provider is none: nothing fences a host, so there is nothing to check");
      }
      Map<String, Known> hosts = known(context);
      if (!arguments.isEmpty()) {
        hosts.keySet().retainAll(arguments);
        arguments.forEach(
            name -> hosts.putIfAbsent(name, new Known(Optional.empty(), Optional.empty())));
      }
      if (hosts.isEmpty()) {
        throw new CommandFailed("Nova knows no nova-compute, and no host is registered here");
      }
      return report(hosts, checked(context.getBean(HostChecks.class), hosts));
    }
  }

  private static Map<String, Known> known(ConfigurableApplicationContext context) {
    Map<String, Known> found = new TreeMap<>();
    try {
      for (ComputeService service : context.getBean(Compute.class).services()) {
        found.put(service.host(), new Known(Optional.of(service), Optional.empty()));
      }
    } catch (ComputeRefused | ComputeUnavailable e) {
      throw new CommandFailed(e.getMessage());
    }
    Hosts hosts = context.getBean(Hosts.class);
    for (Segment segment :
        context
            .getBean(Segments.class)
            .list(new SegmentFilter(null, null, null, null), Page.all())) {
      for (Host host :
          hosts.list(segment.uuid(), new HostFilter(null, null, null, null), Page.all())) {
        Optional<ComputeService> service =
            Optional.ofNullable(found.get(host.name())).flatMap(Known::service);
        found.put(host.name(), new Known(service, Optional.of(segment.name())));
      }
    }
    return found;
  }

  private static List<HostCheck> checked(HostChecks checks, Map<String, Known> hosts) {
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try {
      List<Future<HostCheck>> running =
          hosts.keySet().stream().map(host -> threads.submit(() -> checks.check(host))).toList();
      List<HostCheck> done = new ArrayList<>();
      Iterator<String> names = hosts.keySet().iterator();
      for (Future<HostCheck> one : running) {
        done.add(result(names.next(), one));
      }
      return done;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed("interrupted");
    } finally {
      threads.shutdownNow();
    }
  }

  /** What fails for one host says nothing of the others. */
  private static HostCheck result(String host, Future<HostCheck> check)
      throws InterruptedException {
    try {
      return check.get();
    } catch (ExecutionException e) {
      return new HostCheck(
          host,
          Optional.empty(),
          Optional.empty(),
          Optional.of("it could not be checked: " + e.getCause().getMessage()));
    }
  }

  private int report(Map<String, Known> hosts, List<HostCheck> checks) {
    Table table =
        new Table("HOST", "NOVA", "SEGMENT", "MACHINE", "STATUS", "POWER TYPE", "POWER", "RESULT");
    int good = 0;
    for (HostCheck check : checks) {
      Known known = hosts.get(check.host());
      Optional<String> problem =
          known.service().isEmpty()
              ? Optional.of("Nova knows no nova-compute of this name")
              : check.problem();
      good += problem.isEmpty() ? 1 : 0;
      table.add(
          check.host(),
          known.service().map(CheckHosts::state).orElse("-"),
          known.segment().orElse("-"),
          check.machine().map(machine -> machine.systemId() + " " + name(machine)).orElse("-"),
          check.machine().map(Machine::statusName).orElse("-"),
          check.machine().map(Machine::powerType).filter(type -> !type.isEmpty()).orElse("-"),
          check.power().map(CheckHosts::word).orElse("-"),
          problem.orElse("ok"));
    }
    out.print(table);
    out.println();
    out.println(
        "%d of %d hosts could be fenced now".formatted(good, checks.size())
            + (good == checks.size() ? "" : "; for each of the others a person would be asked"));
    return good == checks.size() ? DONE : FAILED;
  }

  private static String state(ComputeService service) {
    return (service.up() ? "up" : "down") + (service.enabled() ? "" : ", disabled");
  }

  private static String name(Machine machine) {
    return machine.fqdn().isEmpty() ? machine.hostname() : machine.fqdn();
  }

  private static String word(LivePower power) {
    return power.state().name().toLowerCase(java.util.Locale.ROOT);
  }
}
