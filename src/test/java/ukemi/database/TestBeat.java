package ukemi.database;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a node remembers of a database, for tests of other rooms. */
public final class TestBeat {

  private TestBeat() {}

  /** A node that keeps it in that directory, as shipped. */
  public static LastBeat in(Path directory, JdbcClient jdbc) {
    return new LastBeat(jdbc, new DatabaseSettings(directory.toString(), Duration.ofSeconds(60)));
  }
}
