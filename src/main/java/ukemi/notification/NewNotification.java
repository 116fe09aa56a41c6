package ukemi.notification;

import java.time.Instant;
import java.util.Map;

/**
 * A failure as it is reported.
 *
 * @param hostName the name the host is registered under
 * @param generatedTime the sender's clock
 */
public record NewNotification(
    Notification.Type type, String hostName, Instant generatedTime, Map<String, String> payload) {

  /** Whether a whole host is reported up again. */
  boolean hostStarted() {
    return isHostEvent("STARTED");
  }

  /** Whether a whole host is reported down. */
  boolean hostStopped() {
    return isHostEvent("STOPPED");
  }

  /** Whether a process of a host is reported up again. */
  boolean processStarted() {
    return type == Notification.Type.PROCESS && "STARTED".equals(payload.get("event"));
  }

  private boolean isHostEvent(String event) {
    return type == Notification.Type.COMPUTE_HOST && event.equals(payload.get("event"));
  }
}
