package ukemi.plannedwork;

import java.util.UUID;

/** A recovery that is under way; announced work does not end it. */
public record OpenRecovery(UUID notificationUuid, String host, String type) {}
