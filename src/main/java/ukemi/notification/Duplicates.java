package ukemi.notification;

import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import ukemi.database.Columns;
import ukemi.segment.Host;

/**
 * The duplicate rule (R5): the same thing reported again, while the first report is being dealt
 * with or was received a short time ago, and the host has not come back in between. A report that
 * is the same to the microsecond is the same message sent again, whatever came between. What was
 * only noted in planned work is dealt with until that ends: afterwards it is a new failure.
 */
@Component
class Duplicates {

  private static final String EARLIER_ONE =
      """
      select s.uuid from ukemi.notification s
      where s.source_host_uuid = :host
        and s.type = :type
        and s.payload = :payload::jsonb
        and s.generated_time >= :generated::timestamptz - make_interval(secs => :window)
        and (s.status in ('new', 'running', 'error')
             or s.received_at >= now() - make_interval(secs => :window)
             or exists (select 1 from ukemi.recovery_run r
                        where r.notification_uuid = s.uuid and r.closed_at is null))
        and (s.generated_time = :generated::timestamptz
             or not (exists (select 1 from ukemi.host h
                             where h.uuid = s.source_host_uuid and h.returned_at > s.received_at)
                     or exists (select 1 from ukemi.planned_work_failure f
                                where f.notification_uuid = s.uuid)
                        and not exists (select 1 from ukemi.planned_work_failure f
                                        join ukemi.planned_work w on w.uuid = f.work_uuid
                                        where f.notification_uuid = s.uuid
                                          and w.ended_at is null
                                          and w.ends_at > clock_timestamp())
                     or exists (select 1 from ukemi.notification b
                                where b.source_host_uuid = s.source_host_uuid
                                  and b.id > s.id
                                  and ((b.type = 'COMPUTE_HOST'
                                        and b.payload ->> 'event' = 'STARTED'
                                        and s.payload ->> 'event' <> 'STARTED')
                                       or (b.type = s.type and b.type <> 'VM'
                                           and b.payload -> 'process_name'
                                               is not distinct from s.payload -> 'process_name'
                                           and b.payload ->> 'event' <> s.payload ->> 'event')))))
      order by s.id desc
      limit 1
      """;

  private final JdbcClient jdbc;
  private final NotificationSettings settings;

  Duplicates(JdbcClient jdbc, NotificationSettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
  }

  /** The stored notification that this one repeats. To be called under the host's lock. */
  Optional<UUID> earlierOne(NewNotification notification, Host host) {
    return jdbc.sql(EARLIER_ONE)
        .param("host", host.uuid())
        .param("type", notification.type().name())
        .param("payload", Notifications.json(notification.payload()))
        .param("generated", Columns.parameter(notification.generatedTime()))
        .param("window", settings.duplicateWindow().toMillis() / 1000.0)
        .query(UUID.class)
        .optional();
  }
}
