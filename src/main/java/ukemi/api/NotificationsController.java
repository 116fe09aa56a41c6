package ukemi.api;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import ukemi.fault.Boundaries;
import ukemi.fault.Boundary;
import ukemi.identity.Permission;
import ukemi.notification.Cancellation;
import ukemi.notification.NewNotification;
import ukemi.notification.Notification;
import ukemi.notification.NotificationFilter;
import ukemi.notification.NotificationIntake;
import ukemi.notification.Notifications;
import ukemi.notification.RunControl;

/** Notifications: what monitors report, and what became of it. */
@MasakariApi
@RequestMapping({"/v1/notifications", "/v1/{project:[0-9a-f\\-]+}/notifications"})
class NotificationsController {

  private final Notifications notifications;
  private final NotificationIntake intake;
  private final RunControl control;
  private final RecoveryTasks tasks;

  NotificationsController(
      Notifications notifications,
      NotificationIntake intake,
      RunControl control,
      RecoveryTasks tasks) {
    this.notifications = notifications;
    this.intake = intake;
    this.control = control;
    this.tasks = tasks;
  }

  @GetMapping
  @Allowed(Permission.NOTIFICATIONS_INDEX)
  Map<String, List<NotificationView>> list(ApiRequest request) {
    NotificationFilter filter =
        new NotificationFilter(
            request.parameter("status"),
            request.parameter("type"),
            request.parameter("source_host_uuid"),
            request.timeParameter("generated-since"));
    return Map.of(
        "notifications",
        notifications.list(filter, request.page()).stream().map(NotificationView::of).toList());
  }

  @PostMapping
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Allowed(value = Permission.NOTIFICATIONS_CREATE, afterBody = true)
  Map<String, NotificationView> create(ApiRequest request) {
    NewNotification notification = request.body("notification", NotificationBody::create);
    Notification accepted = intake.accept(notification);
    Boundaries.reached(Boundary.INTAKE_COMMITTED);
    return Map.of("notification", NotificationView.asReceived(accepted));
  }

  @GetMapping("/{uuid}")
  @Allowed(Permission.NOTIFICATIONS_DETAIL)
  Map<String, NotificationView> show(@PathVariable String uuid, ApiRequest request) {
    Notification notification = existing(notifications, uuid);
    return Map.of(
        "notification",
        request.version().atLeast(1, 1)
            ? NotificationView.of(notification, tasks.of(notification))
            : NotificationView.of(notification));
  }

  /** Not Masakari's: ends the recovery at the step it is at. */
  @PostMapping("/{uuid}/cancel")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Allowed(value = Permission.NOTIFICATIONS_CANCEL, afterBody = true)
  Map<String, NotificationView> cancel(@PathVariable String uuid, ApiRequest request) {
    Cancellation cancellation =
        request.body(
            "cancel",
            fields ->
                new Cancellation(
                    request.callerName(),
                    fields.required("reason", Rules::requiredDescription),
                    Cancellation.PutBack.valueOf(
                        fields
                            .optional("put_back", Rules.oneOf("ask", "yes", "no"), "ask")
                            .toUpperCase(Locale.ROOT))));
    Notification notification = existing(notifications, uuid);
    control.cancel(notification, cancellation);
    return Map.of("notification", NotificationView.of(notification));
  }

  /** Not Masakari's: a new recovery for the guests that an ended one has left. */
  @PostMapping("/{uuid}/retry")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Allowed(Permission.NOTIFICATIONS_RETRY)
  Map<String, NotificationView> retry(@PathVariable String uuid) {
    Notification again = control.retry(existing(notifications, uuid), Instant.now());
    return Map.of("notification", NotificationView.of(again));
  }

  /** The notification an address names. */
  static Notification existing(Notifications notifications, String uuid) {
    return Rules.uuid(uuid)
        .flatMap(notifications::find)
        .orElseThrow(() -> ApiFault.notFound("no notification with uuid " + uuid));
  }
}
