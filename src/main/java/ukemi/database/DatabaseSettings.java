package ukemi.database;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import ukemi.InvalidSetting;

/**
 * Settings of the database.
 *
 * @param dataDir directory of the embedded database (environment: UKEMI_DATA_DIR); by default
 *     .ukemi in the home directory of the user who runs Ukemi, wherever it is started from. With
 *     another database it keeps one small file there
 * @param databaseLoss a database that has lost more than this, restored from an older back-up, has
 *     what is open held for a person
 */
@ConfigurationProperties("ukemi")
record DatabaseSettings(String dataDir, @DefaultValue("60s") Duration databaseLoss) {

  static final String DATA_DIR = "UKEMI_DATA_DIR";

  /** Between two beats of a node. */
  private static final Duration LEAST = Duration.ofSeconds(15);

  DatabaseSettings {
    if (dataDir != null && dataDir.isBlank()) {
      throw new InvalidSetting(DATA_DIR, "it is empty", "a directory, or no such setting at all");
    }
    if (databaseLoss.compareTo(LEAST) < 0) {
      throw new InvalidSetting(
          "ukemi.database-loss", "it is " + databaseLoss, "15s or more, such as 60s or 5m");
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
