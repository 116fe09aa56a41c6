package ukemi.database;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Says DEGRADED while this node's clock is far from the database's. No rule of fencing or of
 * heartbeats looks at it; but the engine's deadlines and retries come too early or too late, and
 * MAAS refuses a key that is 5 minutes old. It looks every few minutes, however often it is asked.
 */
@Component
class ClockHealthIndicator implements HealthIndicator {

  private static final Logger LOG = LoggerFactory.getLogger(ClockHealthIndicator.class);
  private static final Duration TOLERATED = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofHours(1);

  private final DatabaseClock database;
  private final Clock own;
  private volatile Health last = Health.unknown().build();
  private Instant warnedAt;

  @Autowired
  ClockHealthIndicator(DatabaseClock database) {
    this(database, Clock.systemUTC());
  }

  ClockHealthIndicator(DatabaseClock database, Clock own) {
    this.database = database;
    this.own = own;
  }

  @Override
  public Health health() {
    return last;
  }

  @Scheduled(fixedDelay = 3, timeUnit = TimeUnit.MINUTES)
  synchronized void look() {
    last = now();
  }

  private Health now() {
    Duration ahead;
    try {
      ahead = ahead();
    } catch (DataAccessException e) {
      // "db" says so
      return Health.unknown().build();
    }
    if (ahead.abs().compareTo(TOLERATED) <= 0) {
      if (warnedAt != null) {
        warnedAt = null;
        LOG.info("The clock is right again");
      }
      return Health.up().build();
    }
    String problem =
        "this node's clock is %d s %s the database's: deadlines and retries come too %s; set it right (NTP)"
            .formatted(
                ahead.abs().toSeconds(),
                ahead.isNegative() ? "behind" : "ahead of",
                ahead.isNegative() ? "late" : "early");
    if (warnedAt == null || Duration.between(warnedAt, own.instant()).abs().compareTo(PAUSE) >= 0) {
      warnedAt = own.instant();
      LOG.warn("The clock is wrong: {}", problem);
    }
    return Health.status("DEGRADED").withDetail("clock", problem).build();
  }

  /** Zero while the difference may come from the time that the answer took. */
  private Duration ahead() {
    Instant before = own.instant();
    Instant theirs = database.now();
    Instant after = own.instant();
    if (before.isAfter(theirs)) {
      return Duration.between(theirs, before);
    }
    return after.isBefore(theirs) ? Duration.between(theirs, after) : Duration.ZERO;
  }
}
