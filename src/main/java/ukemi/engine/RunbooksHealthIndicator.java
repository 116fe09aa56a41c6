package ukemi.engine;

import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Says DEGRADED while this node's runbooks are refused. It recovers hosts all the same, with those
 * that are deployed, so it must not be taken out of service for that.
 */
@Component
class RunbooksHealthIndicator implements HealthIndicator {

  private final Runbooks runbooks;

  RunbooksHealthIndicator(Runbooks runbooks) {
    this.runbooks = runbooks;
  }

  @Override
  public Health health() {
    return runbooks.refused().isEmpty()
        ? Health.up().build()
        : Health.status("DEGRADED").withDetail("refused", runbooks.refused()).build();
  }
}
