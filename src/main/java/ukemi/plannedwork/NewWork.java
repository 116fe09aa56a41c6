package ukemi.plannedwork;

import java.time.Instant;

/**
 * Work as it is announced.
 *
 * @param host name of the host; null unless it is about one
 * @param segment name or uuid of the segment; null unless it is about one
 * @param startsAt null or in the past = now
 */
public record NewWork(
    String host, String segment, Instant startsAt, Instant endsAt, String reason, String person) {}
