package ukemi.notification;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Notifications that have not ended and have no open run (rule R12). Whether a process deals with
 * one is for the caller to see. Ages are of the database's clock, from when we received it: the
 * sender's clock may be wrong.
 */
@Repository
public class ForgottenNotifications {

  private static final String FORGOTTEN =
      """
      n.status in ('new', 'running', 'error')
      and not exists (select 1 from ukemi.recovery_run r
                      where r.notification_uuid = n.uuid and r.closed_at is null)
      """;

  private static final String EXPIRED =
      "n.received_at < clock_timestamp() - make_interval(secs => :expiry)";

  /** As long as Masakari waits. */
  private static final String DUE =
      """
      (n.status = 'new' and n.received_at < clock_timestamp() - interval '60 s'
       or n.status = 'error'
          and coalesce(n.updated_at, n.received_at) < clock_timestamp() - interval '120 s')
      """;

  private final JdbcClient jdbc;
  private final Notifications notifications;
  private final NotificationSettings settings;

  ForgottenNotifications(
      JdbcClient jdbc, Notifications notifications, NotificationSettings settings) {
    this.jdbc = jdbc;
    this.notifications = notifications;
    this.settings = settings;
  }

  /** Those that nobody has picked up, or whose retry is due; oldest first. */
  public List<UUID> due() {
    return uuids(DUE + " and not " + EXPIRED);
  }

  /** Those that are too old to be picked up; oldest first. */
  public List<UUID> expired() {
    return uuids(EXPIRED);
  }

  private List<UUID> uuids(String condition) {
    return jdbc.sql(
            "select n.uuid from ukemi.notification n where %s and %s order by n.id"
                .formatted(FORGOTTEN, condition))
        .params(Map.of("expiry", settings.expiry().toSeconds()))
        .query(UUID.class)
        .list();
  }

  /** The notification, kept as it is until the transaction ends; empty when it is not forgotten. */
  @Transactional(propagation = Propagation.MANDATORY)
  public Optional<Notification> hold(UUID uuid) {
    return jdbc.sql(
            "select n.uuid from ukemi.notification n where n.uuid = :uuid and %s for update"
                .formatted(FORGOTTEN))
        .param("uuid", uuid)
        .query(UUID.class)
        .optional()
        .flatMap(notifications::find);
  }

  /** Ends one that is too old. */
  @Transactional
  public void expire(UUID uuid) {
    notifications.end(
        uuid,
        Notification.Status.FAILED,
        "Expired: received more than %s ago, and nothing was dealing with it"
            .formatted(words(settings.expiry().toMinutes())));
  }

  private static String words(long minutes) {
    return minutes % 60 == 0 ? minutes / 60 + " hours" : minutes + " minutes";
  }
}
