package ukemi.identity;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import ukemi.InvalidSetting;

/** clouds.yaml, and secure.yaml beside it, as OpenStack's own clients read them. */
record CloudsFile(Path path) {

  private static final Map<String, String> NAMES =
      Map.of(
          "auth_type", "OS_AUTH_TYPE",
          "region_name", "OS_REGION_NAME",
          "interface", "OS_INTERFACE",
          "endpoint_type", "OS_INTERFACE",
          "cacert", "OS_CACERT");

  static CloudsFile find(Optional<String> named) {
    if (named.filter(name -> !name.isBlank()).isPresent()) {
      Path path = Path.of(named.get());
      if (!Files.isReadable(path)) {
        throw new InvalidSetting(
            "OS_CLIENT_CONFIG_FILE", "cannot be read: " + path, "the path of a clouds.yaml");
      }
      return new CloudsFile(path);
    }
    List<Path> folders =
        List.of(
            Path.of(""),
            Path.of(System.getProperty("user.home"), ".config", "openstack"),
            Path.of("/etc/openstack"));
    for (Path folder : folders) {
      for (String name : List.of("clouds.yaml", "clouds.yml")) {
        Path path = folder.resolve(name);
        if (Files.isReadable(path)) {
          return new CloudsFile(path);
        }
      }
    }
    throw new InvalidSetting(
        "OS_CLOUD",
        "is set, but there is no clouds.yaml",
        "the file in the working directory, ~/.config/openstack or /etc/openstack, or its path in"
            + " OS_CLIENT_CONFIG_FILE");
  }

  /** The cloud's settings under their OS_ names. */
  Map<String, String> cloud(String name) {
    Map<?, ?> cloud =
        section(clouds(path), name)
            .orElseThrow(
                () ->
                    new InvalidSetting("OS_CLOUD", "is " + name, "the name of a cloud in " + path));
    Map<String, String> values = new HashMap<>(flat(cloud));
    Path secure = path.resolveSibling("secure.yaml");
    if (Files.isReadable(secure)) {
      section(clouds(secure), name).ifPresent(secret -> values.putAll(flat(secret)));
    }
    return values;
  }

  private Map<String, String> flat(Map<?, ?> cloud) {
    if (Boolean.FALSE.equals(cloud.get("verify"))) {
      throw new InvalidSetting(
          "verify (" + path + ")", "is false", "true, with the CA's certificates named by cacert");
    }
    Map<String, String> values = new HashMap<>();
    section(cloud, "auth")
        .orElse(Map.of())
        .forEach(
            (key, value) ->
                values.put("OS_" + key.toString().toUpperCase(Locale.ROOT), text(value)));
    NAMES.forEach(
        (key, name) -> {
          if (cloud.get(key) != null) {
            values.put(name, text(cloud.get(key)));
          }
        });
    values.values().removeIf(String::isBlank);
    values.computeIfPresent("OS_CACERT", (name, file) -> atHome(file));
    return values;
  }

  private static Map<?, ?> clouds(Path path) {
    try (Reader reader = Files.newBufferedReader(path)) {
      Object document = new Yaml(new SafeConstructor(new LoaderOptions())).load(reader);
      return document instanceof Map<?, ?> map ? section(map, "clouds").orElse(Map.of()) : Map.of();
    } catch (IOException | YAMLException e) {
      // the parser's message quotes the file, which holds secrets
      throw new InvalidSetting(
          "OS_CLOUD", "names a cloud in " + path, "a readable YAML file there");
    }
  }

  private static Optional<Map<?, ?>> section(Map<?, ?> map, String key) {
    return map.get(key) instanceof Map<?, ?> section ? Optional.of(section) : Optional.empty();
  }

  private static String text(Object value) {
    return value == null ? "" : value.toString();
  }

  private static String atHome(String file) {
    return file.startsWith("~/") ? System.getProperty("user.home") + file.substring(1) : file;
  }
}
