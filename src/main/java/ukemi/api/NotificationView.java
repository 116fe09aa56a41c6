package ukemi.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import ukemi.notification.Notification;

/**
 * A notification on the wire.
 *
 * @param recoveryWorkflowDetails null leaves the field out
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record NotificationView(
    long id,
    UUID notificationUuid,
    String generatedTime,
    UUID sourceHostUuid,
    String type,
    Map<String, String> payload,
    String status,
    UUID failoverSegmentUuid,
    String message,
    String createdAt,
    String updatedAt,
    String deletedAt,
    boolean deleted,
    @JsonInclude(JsonInclude.Include.NON_NULL) List<Task> recoveryWorkflowDetails) {

  /** A task of the recovery, by Masakari's names; {@code progress} is 0.0 to 1.0. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Task(String name, double progress, String state, List<Step> progressDetails) {}

  /** A step of a task; {@code progress} is text here. */
  record Step(String timestamp, String progress, String message) {}

  /** The answer to a report is "new", as Masakari's, also when it has been settled meanwhile. */
  static NotificationView asReceived(Notification notification) {
    return of(
        new Notification(
            notification.id(),
            notification.uuid(),
            notification.type(),
            notification.sourceHostUuid(),
            notification.sourceHostName(),
            notification.segmentUuid(),
            notification.payload(),
            notification.generatedTime(),
            notification.receivedAt(),
            Notification.Status.NEW,
            null,
            notification.createdAt(),
            null));
  }

  static NotificationView of(Notification notification) {
    return of(notification, null);
  }

  static NotificationView of(Notification notification, List<Task> tasks) {
    return new NotificationView(
        notification.id(),
        notification.uuid(),
        WireTime.micros(notification.generatedTime()),
        notification.sourceHostUuid(),
        notification.type().name(),
        notification.payload(),
        notification.status().wire(),
        notification.segmentUuid(),
        notification.message(),
        WireTime.seconds(notification.createdAt()),
        WireTime.seconds(notification.updatedAt()),
        null,
        false,
        tasks);
  }
}
