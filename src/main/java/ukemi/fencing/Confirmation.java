package ukemi.fencing;

import java.time.Instant;

/**
 * A person says that a host is powered off and stays off.
 *
 * @param person who is logged in, not a name somebody typed
 * @param typedHost the host name as typed
 * @param confirmedAt when it was given, by the database's clock
 * @param override whether this person, as the second one, stands by it although the world says
 *     otherwise
 */
public record Confirmation(
    String person, String typedHost, String reason, Instant confirmedAt, boolean override) {}
