package ukemi.segment;

import java.time.Instant;
import java.util.UUID;

/**
 * A failover segment: hosts that stand in for each other.
 *
 * @param serviceType free text, usually COMPUTE; nothing is checked against it
 * @param description may be null
 * @param enabled false = notifications about its hosts are stored and ignored
 * @param updatedAt null until the first change
 */
public record Segment(
    long id,
    UUID uuid,
    String name,
    String serviceType,
    RecoveryMethod recoveryMethod,
    String description,
    boolean enabled,
    Instant createdAt,
    Instant updatedAt) {}
