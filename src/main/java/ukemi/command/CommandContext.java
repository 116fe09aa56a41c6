package ukemi.command;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import ukemi.database.UsedDatabase;

/** The few parts of the program that a command needs, with the settings the program has. */
final class CommandContext {

  private static final List<String> QUIET =
      List.of(
          // standard output is for the command
          "--logging.threshold.console=warn",
          "--spring.datasource.hikari.minimum-idle=1",
          "--spring.datasource.hikari.maximum-pool-size=4",
          // a person waits: no minute for a database that is not there
          "--spring.flyway.connect-retries=2");

  private CommandContext() {}

  /**
   * Starts the parts that a configuration names, and says which database they use. Makes none.
   *
   * @param settings beside those of the environment, such as {@code --ukemi.data-dir=/x}
   * @throws CommandFailed when a setting or the database is wrong; {@link SpringApplication} has
   *     printed which
   */
  static ConfigurableApplicationContext start(
      Class<?> parts, List<String> settings, PrintStream out) {
    List<String> all = new ArrayList<>(QUIET);
    all.addAll(settings);
    try {
      return new SpringApplicationBuilder(parts)
          .web(WebApplicationType.NONE)
          .initializers(
              context -> out.println("Database: " + UsedDatabase.of(context.getEnvironment())))
          .run(all.toArray(String[]::new));
    } catch (RuntimeException e) {
      throw new CommandFailed("not started, see above");
    }
  }
}
