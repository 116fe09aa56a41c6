package ukemi.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.UUID;
import ukemi.segment.Segment;

/** A segment on the wire. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record SegmentView(
    long id,
    UUID uuid,
    String name,
    String serviceType,
    boolean enabled,
    String description,
    String recoveryMethod,
    String createdAt,
    String updatedAt,
    String deletedAt,
    boolean deleted) {

  static SegmentView of(Segment segment) {
    return new SegmentView(
        segment.id(),
        segment.uuid(),
        segment.name(),
        segment.serviceType(),
        segment.enabled(),
        segment.description(),
        segment.recoveryMethod().wire(),
        WireTime.seconds(segment.createdAt()),
        WireTime.seconds(segment.updatedAt()),
        null,
        false);
  }
}
