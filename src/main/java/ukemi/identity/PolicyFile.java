package ukemi.identity;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import ukemi.InvalidSetting;

/** A file of roles: YAML, the name of a rule and a list of roles in each line. */
final class PolicyFile {

  private static final String SHIPPED = "/policy.yaml";
  private static final String EXAMPLE = "such as os_masakari_api:segments:index: [admin, reader]";

  private final String name;

  private PolicyFile(String name) {
    this.name = name;
  }

  /** What is shipped, for all permissions. */
  static Map<Permission, Set<String>> shipped() {
    try (InputStream stream = PolicyFile.class.getResourceAsStream(SHIPPED)) {
      return new PolicyFile("the shipped policy.yaml")
          .read(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What an operator's file says; not all permissions need to be in it.
   *
   * @throws InvalidSetting when it can't be read or understood
   */
  static Map<Permission, Set<String>> read(Path path) {
    PolicyFile file = new PolicyFile(path.toString());
    try {
      return file.read(Files.readString(path));
    } catch (IOException e) {
      throw file.wrong("can't be read", "a readable YAML file, " + EXAMPLE);
    }
  }

  private Map<Permission, Set<String>> read(String text) {
    Map<Permission, Set<String>> roles = new EnumMap<>(Permission.class);
    if (!(parse(text) instanceof Map<?, ?> rules)) {
      throw wrong("has no rules", "rules, " + EXAMPLE);
    }
    rules.forEach((rule, value) -> roles.put(permission(rule), roles(rule, value)));
    return roles;
  }

  private Object parse(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    try {
      return new Yaml(new SafeConstructor(options)).load(text);
    } catch (MarkedYAMLException e) {
      String where =
          e.getProblemMark() == null ? "" : " (line " + (e.getProblemMark().getLine() + 1) + ")";
      throw wrong("is no YAML: " + e.getProblem() + where, "rules, " + EXAMPLE);
    } catch (YAMLException e) {
      throw wrong("is no YAML", "rules, " + EXAMPLE);
    }
  }

  private Permission permission(Object rule) {
    String written = String.valueOf(rule);
    return Permission.ofRule(written)
        .orElseThrow(
            () ->
                wrong(
                    "has the unknown rule \"" + written + "\"",
                    "one of "
                        + String.join(
                            ", ",
                            Arrays.stream(Permission.values())
                                .map(Permission::rule)
                                .sorted(Comparator.naturalOrder())
                                .toList())));
  }

  private Set<String> roles(Object rule, Object value) {
    String expected =
        "a list of roles, " + EXAMPLE + " (expressions of oslo.policy are not understood)";
    if (!(value instanceof List<?> list)) {
      throw wrong("has no list of roles for " + rule, expected);
    }
    if (list.isEmpty()) {
      throw wrong("has no role for " + rule, expected);
    }
    Set<String> roles = new LinkedHashSet<>();
    for (Object role : list) {
      if (!(role instanceof String text)
          || !text.equals(text.strip())
          || text.isEmpty()
          // "role:admin" would be a role that nobody has
          || text.toLowerCase(Locale.ROOT).matches("(role|rule|is_admin):.*")) {
        throw wrong("has \"%s\" for %s, which is no role".formatted(role, rule), expected);
      }
      roles.add(text);
    }
    return roles;
  }

  private InvalidSetting wrong(String problem, String expected) {
    return new InvalidSetting(PolicySettings.POLICY_FILE, name + " " + problem, expected);
  }
}
