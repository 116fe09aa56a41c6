package ukemi.fencing;

import java.time.Instant;

/**
 * One order to power off. Times of the database.
 *
 * @param endedAt when it was answered, failed or timed out; null while it is under way
 * @param answer null while it is under way
 */
record PowerOrder(long id, String systemId, Instant begunAt, Instant endedAt, String answer) {

  boolean ended() {
    return endedAt != null;
  }
}
