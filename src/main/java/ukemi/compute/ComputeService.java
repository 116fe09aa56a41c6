package ukemi.compute;

import java.time.Instant;

/**
 * A nova-compute service as one answer of Nova showed it.
 *
 * @param id Nova's uuid of the service
 * @param host the service host name, exactly as Nova has it
 * @param up Nova's belief ("state"); it stays up for a minute after death
 * @param heartbeat "updated_at", Nova's clock; also moves when the service is changed over the API
 * @param readAt the answer's Date header, Nova's clock
 */
public record ComputeService(
    String id,
    String host,
    boolean up,
    boolean enabled,
    boolean forcedDown,
    String disabledReason,
    Instant heartbeat,
    Instant readAt) {}
