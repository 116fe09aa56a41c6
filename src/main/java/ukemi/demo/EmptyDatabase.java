package ukemi.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;

/**
 * Empties the demo's database before its tables are made: its cloud is a new one at each start,
 * too. It touches no other: the files of the server that it talks to must lie in the demo's
 * directory.
 */
final class EmptyDatabase implements FlywayMigrationStrategy {

  private final Path directory;

  /**
   * @param directory data directory of the demo's database
   */
  EmptyDatabase(Path directory) {
    this.directory = directory;
  }

  @Override
  public void migrate(Flyway flyway) {
    try (Connection connection = flyway.getConfiguration().getDataSource().getConnection();
        Statement statement = connection.createStatement()) {
      requireOurs(statement);
      statement.execute(
          """
          drop schema if exists ukemi cascade;
          drop schema public cascade;
          create schema public
          """);
    } catch (SQLException | IOException e) {
      throw new IllegalStateException("The demo's database can't be emptied", e);
    }
    flyway.migrate();
  }

  private void requireOurs(Statement statement) throws SQLException, IOException {
    try (ResultSet answer = statement.executeQuery("show data_directory")) {
      answer.next();
      Path files = Path.of(answer.getString(1));
      if (!Files.exists(files) || !files.toRealPath().startsWith(directory.toRealPath())) {
        throw new IllegalStateException(
            "The demo empties its own database alone, and this one lies in " + files);
      }
    }
  }
}
