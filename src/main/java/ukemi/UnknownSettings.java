package ukemi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Refuses a setting under {@code ukemi.} that nothing reads, and names the nearest one: a misspelt
 * deadline must not silently be the default. An unknown environment variable {@code UKEMI_*} is
 * only warned about, as others may use such names.
 *
 * <p>What exists is taken from the metadata that Spring's annotation processor writes, and from
 * META-INF/additional-spring-configuration-metadata.json for settings read without a record.
 */
class UnknownSettings implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  private static final Logger LOG = LoggerFactory.getLogger(UnknownSettings.class);
  private static final String METADATA = "META-INF/spring-configuration-metadata.json";
  private static final String PREFIX = "ukemi.";
  private static final String ENVIRONMENT_PREFIX = "UKEMI_";

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    Known known = Known.read(context.getClassLoader());
    if (!known.names().isEmpty()) {
      check(context.getEnvironment(), known);
    }
  }

  static void check(ConfigurableEnvironment environment, Known known) {
    for (PropertySource<?> source : environment.getPropertySources()) {
      if (source instanceof EnumerablePropertySource<?> enumerable) {
        for (String name : enumerable.getPropertyNames()) {
          if (source instanceof SystemEnvironmentPropertySource) {
            warnOfVariable(name, known);
          } else {
            refuseProperty(name, known);
          }
        }
      }
    }
  }

  private static void refuseProperty(String written, Known known) {
    String name = written.toLowerCase(Locale.ROOT).replace("_", "-");
    if (!name.startsWith(PREFIX) || known.property(name)) {
      return;
    }
    throw new InvalidSetting(
        written,
        "there is no such setting",
        nearest(name, known.names()).map(near -> near + "?").orElse("no setting of this name"));
  }

  private static void warnOfVariable(String name, Known known) {
    if (!name.startsWith(ENVIRONMENT_PREFIX) || known.variable(name)) {
      return;
    }
    Set<String> variables =
        known.names().stream()
            .map(UnknownSettings::variable)
            .collect(Collectors.toCollection(TreeSet::new));
    LOG.warn(
        "Nothing reads the environment variable {}{}",
        name,
        nearest(name, variables).map(near -> "; did you mean " + near + "?").orElse(""));
  }

  private static Optional<String> nearest(String name, Collection<String> candidates) {
    return candidates.stream()
        .filter(candidate -> distance(name, candidate) <= Math.max(2, name.length() / 3))
        .min(Comparator.comparingInt(candidate -> distance(name, candidate)));
  }

  /** Levenshtein's. */
  static int distance(String left, String right) {
    int[] previous = new int[right.length() + 1];
    for (int column = 0; column <= right.length(); column++) {
      previous[column] = column;
    }
    for (int row = 1; row <= left.length(); row++) {
      int[] current = new int[right.length() + 1];
      current[0] = row;
      for (int column = 1; column <= right.length(); column++) {
        int changed = left.charAt(row - 1) == right.charAt(column - 1) ? 0 : 1;
        current[column] =
            Math.min(
                previous[column - 1] + changed,
                Math.min(previous[column], current[column - 1]) + 1);
      }
      previous = current;
    }
    return previous[right.length()];
  }

  private static String variable(String name) {
    return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /**
   * The settings that exist.
   *
   * @param names all, as in the documentation
   * @param maps those under which any name may stand
   */
  record Known(Set<String> names, Set<String> maps) {

    static Known read(ClassLoader classes) {
      Set<String> names = new TreeSet<>();
      Set<String> maps = new TreeSet<>();
      try {
        for (URL url : Collections.list(classes.getResources(METADATA))) {
          try (InputStream stream = url.openStream()) {
            for (JsonNode property : new ObjectMapper().readTree(stream).path("properties")) {
              String name = property.path("name").asText();
              if (name.startsWith(PREFIX)) {
                names.add(name);
                if (property.path("type").asText().startsWith("java.util.Map")) {
                  maps.add(name);
                }
              }
            }
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new Known(names, maps);
    }

    boolean property(String name) {
      String plain = name.replaceAll("\\[\\d+]", "");
      return names.stream().anyMatch(known -> same(known, plain))
          || maps.stream()
              .anyMatch(map -> plain.startsWith(map + ".") || plain.startsWith(map + "["));
    }

    /** Spring takes UKEMI_DATA_DIR and UKEMI_DATADIR for ukemi.data-dir. */
    boolean variable(String name) {
      String plain = name.replaceAll("_\\d+_?$", "");
      return names.stream()
              .anyMatch(
                  known ->
                      plain.equals(UnknownSettings.variable(known))
                          || plain.equals(UnknownSettings.variable(known.replace("-", ""))))
          || maps.stream()
              .anyMatch(
                  map ->
                      name.startsWith(UnknownSettings.variable(map) + "_")
                          || name.startsWith(UnknownSettings.variable(map.replace("-", "")) + "_"));
    }

    private static boolean same(String known, String written) {
      return known.replace("-", "").equals(written.replace("-", ""));
    }
  }
}
