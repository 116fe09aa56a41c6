package ukemi.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import ukemi.plannedwork.OpenRecovery;
import ukemi.plannedwork.PlannedWork;
import ukemi.plannedwork.PlannedWork.Scope;

/**
 * Planned work on the wire.
 *
 * @param status announced, open, over (a person is asked, or is about to be) or closed
 * @param failures the notifications of the first thousand of them; left out in lists
 * @param openRecoveries those of its hosts that are under way; left out in lists
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record PlannedWorkView(
    long id,
    UUID uuid,
    String scope,
    String host,
    UUID hostUuid,
    String segment,
    UUID segmentUuid,
    String startsAt,
    String endsAt,
    String reason,
    String announcedBy,
    String status,
    String endedAt,
    String endedBy,
    int failuresNoted,
    String closedAt,
    String outcome,
    String createdAt,
    String updatedAt,
    @JsonInclude(JsonInclude.Include.NON_NULL) List<UUID> failures,
    @JsonInclude(JsonInclude.Include.NON_NULL) List<Recovery> openRecoveries) {

  /** A recovery that goes on. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Recovery(UUID notificationUuid, String host, String type) {}

  static PlannedWorkView of(
      PlannedWork work, Instant now, int noted, List<UUID> failures, List<OpenRecovery> open) {
    boolean host = work.scope() == Scope.HOST;
    boolean segment = work.scope() == Scope.SEGMENT;
    return new PlannedWorkView(
        work.id(),
        work.uuid(),
        work.scope().name().toLowerCase(java.util.Locale.ROOT),
        host ? work.scopeName() : null,
        host ? work.scopeUuid() : null,
        segment ? work.scopeName() : null,
        segment ? work.scopeUuid() : null,
        WireTime.micros(work.startsAt()),
        WireTime.micros(work.endsAt()),
        work.reason(),
        work.person(),
        status(work, now),
        WireTime.micros(work.endedAt()),
        work.endedBy(),
        noted,
        WireTime.micros(work.closedAt()),
        work.outcome(),
        WireTime.seconds(work.createdAt()),
        WireTime.seconds(work.updatedAt()),
        failures,
        open == null
            ? null
            : open.stream()
                .map(one -> new Recovery(one.notificationUuid(), one.host(), one.type()))
                .toList());
  }

  private static String status(PlannedWork work, Instant now) {
    if (work.closedAt() != null) {
      return "closed";
    }
    if (work.endedAt() != null || !work.endsAt().isAfter(now)) {
      return "over";
    }
    return work.startsAt().isAfter(now) ? "announced" : "open";
  }
}
