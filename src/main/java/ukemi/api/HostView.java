package ukemi.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.UUID;
import ukemi.segment.Host;
import ukemi.segment.Segment;

/** A host on the wire. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record HostView(
    long id,
    UUID uuid,
    String name,
    UUID failoverSegmentId,
    SegmentView failoverSegment,
    String type,
    boolean reserved,
    String controlAttributes,
    boolean onMaintenance,
    String createdAt,
    String updatedAt,
    String deletedAt,
    boolean deleted) {

  static HostView of(Host host, Segment segment) {
    return new HostView(
        host.id(),
        host.uuid(),
        host.name(),
        segment.uuid(),
        SegmentView.of(segment),
        host.type(),
        host.reserved(),
        host.controlAttributes(),
        host.onMaintenance(),
        WireTime.seconds(host.createdAt()),
        WireTime.seconds(host.updatedAt()),
        null,
        false);
  }
}
