package ukemi.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real, small OpenStack and the real CLI. LAB_DIRECTORY names the directory of the tool that
 * starts and steers it.
 */
final class Lab {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TOOL =
      System.getenv().getOrDefault("LAB_DIRECTORY", "../shared/lab") + "/lab";

  /** What an operator exports before typing commands. */
  static final Map<String, String> ADMIN =
      Map.of(
          "OS_AUTH_URL", "http://127.0.0.1:5000/v3",
          "OS_USERNAME", "admin",
          "OS_PASSWORD", "admin",
          "OS_PROJECT_NAME", "admin",
          "OS_USER_DOMAIN_NAME", "Default",
          "OS_PROJECT_DOMAIN_NAME", "Default",
          "OS_REGION_NAME", "RegionOne",
          "OS_IDENTITY_API_VERSION", "3",
          "OS_COMPUTE_API_VERSION", "2.90");

  /** The service user that Ukemi runs as. */
  static final Map<String, String> SERVICE_USER =
      Map.of(
          "OS_AUTH_URL", "http://127.0.0.1:5000/v3",
          "OS_USERNAME", "masakari",
          "OS_PASSWORD", "lab",
          "OS_PROJECT_NAME", "service",
          "OS_USER_DOMAIN_NAME", "Default",
          "OS_PROJECT_DOMAIN_NAME", "Default",
          "OS_REGION_NAME", "RegionOne");

  private Lab() {}

  /** Runs a verb of the lab's tool and gives what it printed. */
  static String lab(String... words) {
    return run(command(words));
  }

  /** Begins a verb of the lab's tool whose end nobody waits for. */
  static Process begin(String... words) {
    try {
      return new ProcessBuilder(command(words)).inheritIO().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> command(String... words) {
    return Stream.concat(Stream.of(TOOL), Stream.of(words)).toList();
  }

  /** Types an openstack command and gives what it printed. */
  static String openstack(String... words) {
    List<String> command = new ArrayList<>(List.of("/usr/bin/openstack"));
    command.addAll(List.of(words));
    return run(command);
  }

  /** The same, as JSON. */
  static JsonNode openstackJson(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("-f", "json"));
    try {
      return JSON.readTree(openstack(all.toArray(String[]::new)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Walks Masakari's clients, beginning without segments, and gives the table of the answers. */
  static String walkClients(String... arguments) {
    return run(
        Stream.concat(Stream.of("/usr/bin/python3", "docker/lab/walk.py"), Stream.of(arguments))
            .toList());
  }

  private static String run(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(ADMIN);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    try {
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new AssertionError(String.join(" ", command) + "\n" + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
