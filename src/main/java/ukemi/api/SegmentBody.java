package ukemi.api;

import com.fasterxml.jackson.databind.JsonNode;
import ukemi.segment.NewSegment;
import ukemi.segment.RecoveryMethod;
import ukemi.segment.SegmentChange;

/** What may be sent about a segment; {@code enabled} only since 1.2. */
final class SegmentBody {

  private SegmentBody() {}

  static NewSegment create(Fields segment, Microversion version) {
    return new NewSegment(
        segment.required("name", Rules::name),
        segment.required("service_type", Rules::name),
        segment.required("recovery_method", SegmentBody::recoveryMethod),
        segment.optional("description", Rules::description, null),
        enabled(segment, version, true));
  }

  static SegmentChange change(Fields segment, Microversion version) {
    segment.requireAny();
    return new SegmentChange(
        segment.optional("name", Rules::name, null),
        segment.optional("service_type", Rules::name, null),
        segment.optional("recovery_method", SegmentBody::recoveryMethod, null),
        segment.has("description"),
        segment.optional("description", Rules::description, null),
        enabled(segment, version, null));
  }

  private static Boolean enabled(Fields segment, Microversion version, Boolean otherwise) {
    return version.atLeast(1, 2) ? segment.optional("enabled", Rules::bool, otherwise) : otherwise;
  }

  private static RecoveryMethod recoveryMethod(String field, JsonNode value) {
    return RecoveryMethod.ofWire(Rules.text(field, value))
        .orElseThrow(
            () ->
                ApiFault.badRequest(
                    "\""
                        + field
                        + "\" must be one of auto, reserved_host, auto_priority, rh_priority"));
  }
}
