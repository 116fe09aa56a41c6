package ukemi.notification;

/** A notification that is not taken: a duplicate, or of a host on maintenance. */
public class NotificationRefused extends RuntimeException {

  NotificationRefused(String reason) {
    super(reason);
  }
}
