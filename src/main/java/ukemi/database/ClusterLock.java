package ukemi.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;

/**
 * Lets one node at a time do a piece of work. The lock is a PostgreSQL session lock: it ends with
 * the connection, so a killed node gives it up at once.
 */
@Component
public class ClusterLock {

  private static final Duration LONGEST_TURN = Duration.ofMinutes(1);

  private final DataSource dataSource;

  ClusterLock(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /**
   * Runs the work if no other node is doing it.
   *
   * @return whether the work was run
   */
  public boolean runAlone(String name, Runnable work) {
    try (Connection connection = dataSource.getConnection()) {
      if (!call(connection, "select pg_try_advisory_lock(hashtextextended(?, 0))", name)) {
        return false;
      }
      try {
        work.run();
      } finally {
        call(connection, "select pg_advisory_unlock(hashtextextended(?, 0))", name);
      }
      return true;
    } catch (SQLException e) {
      throw new DataAccessResourceFailureException("cluster lock " + name, e);
    }
  }

  /**
   * Runs the work when no other node is doing it, and waits for that.
   *
   * @throws DataAccessResourceFailureException when it is still being done after a minute
   */
  public void runInTurn(String name, Runnable work) {
    long end = System.nanoTime() + LONGEST_TURN.toNanos();
    while (!runAlone(name, work)) {
      if (System.nanoTime() > end) {
        throw new DataAccessResourceFailureException(
            "cluster lock " + name + ": another node has held it for " + LONGEST_TURN);
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static boolean call(Connection connection, String sql, String name) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      try (ResultSet result = statement.executeQuery()) {
        return result.next() && result.getBoolean(1);
      }
    }
  }
}
