package ukemi.compute;

import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts how often the heartbeat of a service has advanced while this node looked. Nova says "up"
 * for a minute after death, and any change of a service moves its heartbeat once: two steps are
 * life. What this node forgets costs as many looks.
 */
public final class HeartbeatSteps {

  private static final int LIFE = 2;

  private record Seen(Instant last, int steps) {}

  private final Map<UUID, Seen> seen = new ConcurrentHashMap<>();

  /** Notes the heartbeat and tells whether it has advanced often enough to be life. */
  public boolean beats(UUID key, Instant heartbeat) {
    Seen now =
        seen.merge(
            key,
            new Seen(heartbeat, 0),
            (before, first) ->
                new Seen(heartbeat, before.steps() + (heartbeat.isAfter(before.last()) ? 1 : 0)));
    return now.steps() >= LIFE;
  }

  /** Begins to count anew. */
  public void forget(UUID key) {
    seen.remove(key);
  }

  /** Forgets all others. */
  public void keep(Collection<UUID> keys) {
    seen.keySet().retainAll(keys);
  }
}
