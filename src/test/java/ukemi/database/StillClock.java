package ukemi.database;

import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The database's clock for a test that says itself how old things are: it stands still, but for a
 * microsecond from look to look, so that what comes later is later.
 */
public final class StillClock extends DatabaseClock {

  private Instant now = super.now();

  public StillClock(JdbcClient jdbc) {
    super(jdbc);
  }

  @Override
  public synchronized Instant now() {
    now = now.plusNanos(1000);
    return now;
  }
}
