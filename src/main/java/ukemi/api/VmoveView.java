package ukemi.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.UUID;
import ukemi.evacuation.Vmove;

/** A vmove on the wire. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record VmoveView(
    long id,
    UUID uuid,
    UUID notificationUuid,
    UUID instanceUuid,
    String instanceName,
    String sourceHost,
    String destHost,
    String startTime,
    String endTime,
    String type,
    String status,
    String message,
    String createdAt,
    String updatedAt,
    String deletedAt,
    boolean deleted) {

  /** Masakari knows more types; only this one is made. */
  static final String TYPE = "evacuation";

  static VmoveView of(Vmove vmove) {
    return new VmoveView(
        vmove.id(),
        vmove.uuid(),
        vmove.notificationUuid(),
        vmove.instanceUuid(),
        vmove.instanceName(),
        vmove.sourceHost(),
        vmove.destHost(),
        WireTime.micros(vmove.startTime()),
        WireTime.micros(vmove.endTime()),
        TYPE,
        vmove.status().wire(),
        vmove.message(),
        WireTime.seconds(vmove.createdAt()),
        WireTime.seconds(vmove.updatedAt()),
        null,
        false);
  }
}
