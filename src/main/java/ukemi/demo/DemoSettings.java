package ukemi.demo;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.Profile;
import ukemi.InvalidSetting;

/**
 * Settings of the demo; without the profile nothing reads them.
 *
 * @param port where the demo takes its calls; 0 = any free one
 * @param directory of the demo's database, which every start empties, and of its log; by default
 *     .ukemi-demo in the home directory
 * @param firstFailure from "Ukemi is up" to the death of the first host; 0 = no host dies by itself
 */
@Profile(Demo.PROFILE)
@ConfigurationProperties("ukemi.demo")
record DemoSettings(
    @DefaultValue("15869") int port, Path directory, @DefaultValue("8s") Duration firstFailure) {

  private static final int HIGHEST_PORT = 65_535;

  DemoSettings {
    if (port < 0 || port > HIGHEST_PORT) {
      throw new InvalidSetting("ukemi.demo.port", "is " + port, "a port, 1 to 65535, or 0");
    }
    if (directory == null || directory.toString().isBlank()) {
      throw new InvalidSetting("ukemi.demo.directory", "is empty", "a directory");
    }
    if (firstFailure.isNegative()) {
      throw new InvalidSetting(
          "ukemi.demo.first-failure", "is " + firstFailure, "a time such as 8s, or 0s for never");
    }
    directory = directory.toAbsolutePath().normalize();
  }

  /** The data directory of the embedded database; no other Ukemi uses one of this name. */
  Path database() {
    return directory.resolve("demo-database");
  }
}
