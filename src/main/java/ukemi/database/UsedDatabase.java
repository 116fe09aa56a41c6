package ukemi.database;

import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import ukemi.InvalidSetting;

/** Which database the settings mean, for who must not make a new one by mistake. */
public final class UsedDatabase {

  private static final String URL = "SPRING_DATASOURCE_URL";

  private UsedDatabase() {}

  /**
   * The database in words, without its password.
   *
   * @throws InvalidSetting when none is named and there is no embedded one yet
   */
  public static String of(Environment environment) {
    String url = environment.getProperty("spring.datasource.url");
    if (url != null) {
      return url.replaceFirst("\\?.*", "").replaceFirst("//.*@", "//");
    }
    Path directory =
        Binder.get(environment).bindOrCreate("ukemi", DatabaseSettings.class).directory();
    if (!Files.isDirectory(directory.resolve("database"))) {
      throw new InvalidSetting(
          URL,
          "it is missing, and " + directory + " has no embedded database",
          "the PostgreSQL that Ukemi uses, or in "
              + DatabaseSettings.DATA_DIR
              + " the directory that it uses, which it makes when it first starts");
    }
    return "the embedded one in " + directory;
  }
}
