package ukemi.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;
import ukemi.FreePort;

/** One PostgreSQL for all tests of a JVM; each caller gets an empty database of its own. */
public final class TestDatabase {

  private static final EmbeddedPostgres SERVER = start();
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private TestDatabase() {}

  /** JDBC address of a new, empty database. */
  public static String newDatabase() {
    String name = "test" + NUMBER.incrementAndGet();
    DataSource server = SERVER.getPostgresDatabase();
    try (Connection connection = server.getConnection()) {
      connection.createStatement().execute("create database " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return "jdbc:postgresql://localhost:" + SERVER.getPort() + "/" + name + "?user=postgres";
  }

  /**
   * Makes a new database of all that is in that one. Nobody may be connected to it.
   *
   * @return its JDBC address
   */
  public static String copyOf(String database) {
    String name = "test" + NUMBER.incrementAndGet();
    String original = database.replaceFirst(".*/", "").replaceFirst("\\?.*", "");
    try (Connection connection = SERVER.getPostgresDatabase().getConnection()) {
      connection.createStatement().execute("create database " + name + " template " + original);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return database.replace("/" + original + "?", "/" + name + "?");
  }

  /** A new database with Ukemi's own tables (the engine's are left out). */
  public static DataSource newDatabaseWithTables() {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setUrl(newDatabase());
    Flyway.configure().dataSource(dataSource).locations("classpath:db/migration").load().migrate();
    return dataSource;
  }

  private static EmbeddedPostgres start() {
    try {
      return EmbeddedPostgres.builder()
          .setServerConfig("max_connections", "300")
          .setPort(FreePort.find())
          .setPGStartupWait(Duration.ofMinutes(2))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
