package ukemi.compute;

import java.time.Instant;

/**
 * A nova-compute service as one answer of Nova showed it.
 *
 * @param id Nova's uuid of the service
 * @param host the service host name, exactly as Nova has it
 * @param up Nova's belief ("state"); it stays up for a minute after death
 * @param heartbeat "updated_at", Nova's clock, whole seconds; also moves when the service is
 *     changed over the API; {@link Instant#EPOCH} when the service has never reported
 * @param readAt the answer's Date header, Nova's clock, whole seconds; without that header (Nova
 *     under plain uwsgi) the latest heartbeat of any service, which Nova's clock has passed
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
