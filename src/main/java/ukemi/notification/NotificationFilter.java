package ukemi.notification;

import java.time.Instant;

/**
 * Which notifications to list; null = all. The words may be any, also unknown ones.
 *
 * @param generatedSince the sender's clock; from this on
 */
public record NotificationFilter(
    String status, String type, String sourceHostUuid, Instant generatedSince) {}
