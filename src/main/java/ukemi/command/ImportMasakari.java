package ukemi.command;

import java.io.PrintStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import ukemi.command.Masakari.HostThere;
import ukemi.command.Masakari.SegmentThere;
import ukemi.command.Masakari.Unfinished;
import ukemi.command.SegmentImport.Outcome;
import ukemi.command.SegmentImport.Result;
import ukemi.identity.ServiceCalls;
import ukemi.segment.HostRegistry;
import ukemi.segment.Hosts;
import ukemi.segment.SegmentRegistry;
import ukemi.segment.SegmentUse;
import ukemi.segment.Segments;

/** Takes the segments and hosts of a running Masakari over. */
final class ImportMasakari implements Command {

  private static final String USAGE = "import-masakari [--dry-run] [--endpoint URL]";
  private static final int SHOWN = 10;

  private final PrintStream out;
  private final List<String> settings;

  ImportMasakari() {
    this(System.out, List.of());
  }

  /**
   * @param settings as for {@link CommandContext#start}
   */
  ImportMasakari(PrintStream out, List<String> settings) {
    this.out = out;
    this.settings = settings;
  }

  /** Keystone, the tables, and the rules of segments and hosts. */
  @WithTables
  @ComponentScan({"ukemi.database", "ukemi.identity", "ukemi.compute", "ukemi.segment"})
  @ComponentScan(
      basePackages = "ukemi.notification",
      useDefaultFilters = false,
      includeFilters =
          @ComponentScan.Filter(type = FilterType.ASSIGNABLE_TYPE, classes = SegmentUse.class))
  @ConfigurationPropertiesScan({"ukemi.database", "ukemi.identity", "ukemi.compute"})
  static final class Parts {}

  private record Options(boolean dry, Optional<String> endpoint) {}

  @Override
  public String name() {
    return "import-masakari";
  }

  @Override
  public String purpose() {
    return "takes the segments and hosts of a running Masakari over; " + USAGE;
  }

  @Override
  public int run(List<String> arguments) {
    Options options = options(arguments);
    try (ConfigurableApplicationContext context =
        CommandContext.start(Parts.class, settings, out)) {
      Masakari masakari = Masakari.at(options.endpoint(), context.getBean(ServiceCalls.class));
      SegmentImport target =
          new SegmentImport(
              context.getBean(Segments.class),
              context.getBean(Hosts.class),
              context.getBean(SegmentRegistry.class),
              context.getBean(HostRegistry.class),
              options.dry());
      return new Report(masakari).of(target, options.dry());
    }
  }

  static Options options(List<String> arguments) {
    boolean dry = false;
    Optional<String> endpoint = Optional.empty();
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      if (argument.equals("--dry-run")) {
        dry = true;
      } else if (argument.equals("--endpoint") && rest.hasNext()) {
        endpoint = Optional.of(address(rest.next()));
      } else if (argument.startsWith("--endpoint=")) {
        endpoint = Optional.of(address(argument.substring("--endpoint=".length())));
      } else {
        throw new WrongArguments("\"" + argument + "\" is not understood; usage: " + USAGE);
      }
    }
    return new Options(dry, endpoint);
  }

  private static String address(String text) {
    try {
      URI uri = URI.create(text);
      if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getUserInfo() == null
          && uri.getQuery() == null) {
        return text;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new WrongArguments(
        "--endpoint is no plain http or https address; such as http://masakari:15868/v1");
  }

  /** Does it, and says what was done. */
  private final class Report {

    private final Masakari masakari;
    private final Table table = new Table("WHAT", "NAME", "UUID", "RESULT");
    private final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
    private final List<String> onMaintenance = new ArrayList<>();

    private Report(Masakari masakari) {
      this.masakari = masakari;
    }

    private int of(SegmentImport target, boolean dry) {
      // all is read before anything is written
      Map<SegmentThere, List<HostThere>> there = new LinkedHashMap<>();
      masakari.segments().forEach(one -> there.put(one, masakari.hosts(one.uuid())));
      List<Unfinished> unfinished = masakari.unfinished();
      Masakari.Engine engine = masakari.engine();
      Optional<RuntimeException> failure = take(target, there);
      out.println("Masakari at " + masakari.address() + (dry ? ", dry run" : ""));
      out.println();
      out.print(table);
      out.println();
      counts.forEach((outcome, count) -> out.println(count + " " + outcome.words()));
      failure.ifPresent(
          e -> {
            throw new CommandFailed(
                "ended before all was taken over, run it again: " + e.getMessage());
          });
      warn(unfinished);
      warnOfMaintenance();
      warn(engine);
      return counts.keySet().stream().allMatch(Outcome::good) ? DONE : FAILED;
    }

    /** What has been done is shown also when the rest fails. */
    private Optional<RuntimeException> take(
        SegmentImport target, Map<SegmentThere, List<HostThere>> there) {
      try {
        there.forEach((segment, hosts) -> take(target, segment, hosts));
        return Optional.empty();
      } catch (RuntimeException e) {
        return Optional.of(e);
      }
    }

    private void take(SegmentImport target, SegmentThere segment, List<HostThere> hosts) {
      Result result = target.take(segment);
      add("segment", segment.segment().name(), segment.uuid(), result);
      boolean comes = result.outcome() != Outcome.IMPOSSIBLE;
      for (HostThere host : hosts) {
        add("host", host.host().name(), host.uuid(), target.take(host, segment.uuid(), comes));
        if (host.host().onMaintenance()) {
          onMaintenance.add(host.host().name());
        }
      }
    }

    private void add(String what, String name, UUID uuid, Result result) {
      String reason = result.reason().isEmpty() ? "" : ": " + result.reason();
      table.add(what, name, uuid.toString(), result.outcome().words() + reason);
      counts.merge(result.outcome(), 1, Integer::sum);
    }

    private void warn(List<Unfinished> unfinished) {
      if (unfinished.isEmpty()) {
        return;
      }
      warning(
          unfinished.size()
              + " notification(s) in Masakari have not ended. They are not taken over; wait for"
              + " them, or look after their guests yourself:");
      for (Unfinished one : unfinished.subList(0, Math.min(SHOWN, unfinished.size()))) {
        out.println(
            "  %s %s %s, host %s, generated %s"
                .formatted(
                    one.uuid(), one.type(), one.status(), one.sourceHost(), one.generated()));
      }
      if (unfinished.size() > SHOWN) {
        out.println("  and " + (unfinished.size() - SHOWN) + " more");
      }
    }

    private void warnOfMaintenance() {
      if (!onMaintenance.isEmpty()) {
        warning(
            "on maintenance in Masakari: "
                + String.join(", ", onMaintenance)
                + ". A failure of a host on maintenance is refused; Masakari leaves the flag after"
                + " a recovery. Lift it where it is no longer meant.");
      }
    }

    private void warn(Masakari.Engine engine) {
      switch (engine) {
        case ANSWERS ->
            warning(
                "Masakari's engine runs. Stop masakari-engine before monitors report to Ukemi, so"
                    + " that never two of them recover the same host.");
        case SILENT ->
            warning(
                "Masakari's engine did not answer; it seems to be stopped, but its API cannot tell"
                    + " for sure. See that masakari-engine is stopped before monitors report to"
                    + " Ukemi.");
        case UNKNOWN ->
            warning(
                "Masakari's API does not show whether its engine runs (it has no notifications)."
                    + " See that masakari-engine is stopped before monitors report to Ukemi.");
      }
    }

    private void warning(String text) {
      out.println();
      out.println("WARNING: " + text);
    }
  }
}
