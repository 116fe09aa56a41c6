package ukemi.fencing;

import java.time.Instant;

/** One live query of a machine's power. Times of the database. */
record PowerReading(
    String systemId, Instant begunAt, Instant endedAt, PowerState state, String detail) {

  boolean is(PowerState other) {
    return state == other;
  }
}
