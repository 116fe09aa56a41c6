package ukemi.compute;

import java.util.Set;

/**
 * A host aggregate of Nova.
 *
 * @param hosts service host names
 */
public record Aggregate(long id, String name, Set<String> hosts) {}
