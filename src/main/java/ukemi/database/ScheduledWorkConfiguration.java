package ukemi.database;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.task.ThreadPoolTaskSchedulerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Watchers go on after any failure. Without the database they all fail every second: a line now and
 * then says so, not each of them with its stack.
 */
@Configuration(proxyBeanMethods = false)
class ScheduledWorkConfiguration {

  private static final Logger LOG = LoggerFactory.getLogger(ScheduledWorkConfiguration.class);
  private static final Duration PAUSE = Duration.ofSeconds(30);

  private Instant toldAt = Instant.MIN;

  @Bean
  ThreadPoolTaskSchedulerCustomizer watchersGoOn() {
    return scheduler -> scheduler.setErrorHandler(this::tell);
  }

  private synchronized void tell(Throwable failure) {
    if (!isOfTheConnection(failure)) {
      LOG.error("Scheduled work failed, it is tried again", failure);
    } else if (Instant.now().isAfter(toldAt.plus(PAUSE))) {
      toldAt = Instant.now();
      LOG.warn("The database does not answer, watchers try again: {}", failure.toString());
    }
  }

  /** SQL states of class 08 (connection) and 57P (server shuts down or starts). */
  private static boolean isOfTheConnection(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLTransientConnectionException
          || cause instanceof SQLException sql
              && sql.getSQLState() != null
              && sql.getSQLState().matches("08...|57P..")) {
        return true;
      }
    }
    return false;
  }
}
