package ukemi.compute;

import java.util.Set;
import java.util.UUID;

/**
 * A server group.
 *
 * @param policy such as "anti-affinity"
 * @param members its guests that exist still
 */
public record ServerGroup(UUID id, String name, String policy, Set<UUID> members) {}
