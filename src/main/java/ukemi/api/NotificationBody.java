package ukemi.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import ukemi.notification.NewNotification;
import ukemi.notification.Notification;

/** What may be sent about a failure; the payload depends on the type. */
final class NotificationBody {

  private NotificationBody() {}

  static NewNotification create(Fields notification) {
    Notification.Type type =
        Notification.Type.valueOf(
            notification.required("type", Rules.oneOf("COMPUTE_HOST", "VM", "PROCESS")));
    return new NewNotification(
        type,
        notification.required("hostname", Rules::hostName),
        notification.required("generated_time", NotificationBody::time),
        notification.required("payload", (name, value) -> payload(type, new Fields(name, value))));
  }

  private static Map<String, String> payload(Notification.Type type, Fields sent) {
    Map<String, String> payload = new LinkedHashMap<>();
    switch (type) {
      case COMPUTE_HOST -> {
        require(payload, sent, "event", Rules.oneOf("STARTED", "STOPPED"));
        allow(payload, sent, "host_status", Rules.oneOf("NORMAL", "UNKNOWN"));
        allow(payload, sent, "cluster_status", Rules.oneOf("ONLINE", "OFFLINE"));
      }
      case PROCESS -> {
        require(payload, sent, "process_name", Rules::shortText);
        require(payload, sent, "event", Rules.oneOf("STARTED", "STOPPED"));
      }
      case VM -> {
        require(payload, sent, "instance_uuid", Rules::looseUuid);
        require(payload, sent, "event", Rules::shortText);
        require(payload, sent, "vir_domain_event", Rules::shortText);
      }
    }
    sent.refuseOthers();
    return payload;
  }

  private static void require(
      Map<String, String> payload, Fields sent, String field, Fields.Rule<String> rule) {
    payload.put(field, sent.required(field, rule));
  }

  private static void allow(
      Map<String, String> payload, Fields sent, String field, Fields.Rule<String> rule) {
    if (sent.has(field)) {
      payload.put(field, sent.optional(field, rule, null));
    }
  }

  private static Instant time(String field, JsonNode value) {
    return WireTime.parse(Rules.text(field, value))
        .orElseThrow(() -> ApiFault.badRequest("\"" + field + "\" must be an ISO 8601 time"));
  }
}
