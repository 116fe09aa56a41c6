package ukemi.runbook;

import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import ukemi.notification.Holds;

/** Says DEGRADED while recoveries are held because the database was restored; others are not. */
@Component
class RestoredDatabaseHealthIndicator implements HealthIndicator {

  private final Holds holds;

  RestoredDatabaseHealthIndicator(Holds holds) {
    this.holds = holds;
  }

  @Override
  public Health health() {
    try {
      return holds
          .open()
          .map(
              hold ->
                  Health.status("DEGRADED")
                      .withDetail("heldSince", hold.heldAt().toString())
                      .build())
          .orElseGet(() -> Health.up().build());
    } catch (DataAccessException e) {
      // "db" says so
      return Health.unknown().build();
    }
  }
}
