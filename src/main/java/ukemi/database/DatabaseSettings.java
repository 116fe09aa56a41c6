package ukemi.database;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import ukemi.InvalidSetting;

/**
 * Settings of the embedded database.
 *
 * @param dataDir directory of the embedded database (environment: UKEMI_DATA_DIR); by default
 *     .ukemi in the home directory of the user who runs Ukemi, wherever it is started from
 */
@ConfigurationProperties("ukemi")
record DatabaseSettings(String dataDir) {

  static final String DATA_DIR = "UKEMI_DATA_DIR";

  DatabaseSettings {
    if (dataDir != null && dataDir.isBlank()) {
      throw new InvalidSetting(DATA_DIR, "it is empty", "a directory, or no such setting at all");
    }
  }

  /** The directory, absolute. */
  Path directory() {
    if (dataDir != null) {
      return Path.of(dataDir).toAbsolutePath().normalize();
    }
    Path home = Path.of(System.getProperty("user.home", ""));
    if (!home.isAbsolute()) {
      throw new InvalidSetting(
          DATA_DIR,
          "it is not set, and the user who runs Ukemi has no home directory",
          "a directory for the embedded database, or a PostgreSQL in SPRING_DATASOURCE_URL");
    }
    return home.resolve(".ukemi");
  }
}
