package ukemi.compute;

import java.time.Instant;
import java.util.UUID;

/**
 * A row of Nova's os-migrations of type evacuation.
 *
 * @param destination "dest_compute"; null until the scheduler has chosen
 * @param status accepted, pre-migrating, done, failed, error, completed
 * @param createdAt Nova's clock
 */
public record EvacuationMigration(
    long id, UUID instance, String source, String destination, String status, Instant createdAt) {

  /** Whether Nova says that this evacuation has failed. */
  public boolean failed() {
    return status.equals("failed") || status.equals("error");
  }

  /** Whether Nova says that this evacuation is over and good. */
  public boolean done() {
    return status.equals("done") || status.equals("completed");
  }
}
