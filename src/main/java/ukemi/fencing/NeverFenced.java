package ukemi.fencing;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import ukemi.InvalidSetting;

/**
 * Machines of which the operator says that they must stay on. In a container we can't see which one
 * we run on.
 *
 * @param never addresses, names of hosts, or MAAS's system_ids
 */
@ConfigurationProperties("ukemi.fencing")
public record NeverFenced(@DefaultValue List<String> never) {

  public NeverFenced {
    never = never.stream().map(String::strip).toList();
    never.forEach(NeverFenced::check);
  }

  /** The entry by which the machine is meant, whatever the case and the domain of a name. */
  Optional<String> entryOf(String host, Machine machine) {
    List<String> names =
        List.of(
            machine.systemId().toLowerCase(Locale.ROOT),
            shortName(machine.hostname()),
            shortName(host));
    return never.stream()
        .filter(entry -> !isAddress(entry))
        .filter(entry -> names.contains(shortName(entry)))
        .findFirst();
  }

  private static String shortName(String name) {
    return name.toLowerCase(Locale.ROOT).split("\\.", 2)[0];
  }

  private static void check(String entry) {
    boolean right =
        isAddress(entry)
            // Java takes 10.1 for 10.0.0.1
            ? entry.matches("[0-9]+(\\.[0-9]+){3}|.*:.*") && OwnMachines.parse(entry).isPresent()
            : entry.matches("[A-Za-z0-9][A-Za-z0-9._-]*");
    if (!right) {
      throw new InvalidSetting(
          "ukemi.fencing.never",
          "has \"" + entry + "\"",
          "addresses, names of hosts or MAAS's system_ids, with a comma between two");
    }
  }

  private static boolean isAddress(String entry) {
    return entry.contains(":") || entry.matches("[0-9]*\\.[0-9.]*");
  }
}
