package ukemi.notification;

import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import ukemi.segment.SegmentUse;

/** A segment is in use while a notification about one of its hosts has not ended. */
@Component
class UnfinishedNotifications implements SegmentUse {

  private final JdbcClient jdbc;

  UnfinishedNotifications(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public boolean forbidsChangeOfSegment(UUID segment) {
    return jdbc.sql(
            """
            select exists (
              select 1 from ukemi.notification n join ukemi.host h on h.uuid = n.source_host_uuid
              where h.segment_uuid = :segment and h.deleted_at is null
                and n.status in ('new', 'running', 'error'))
            """)
        .param("segment", segment)
        .query(Boolean.class)
        .single();
  }

  /**
   * While a run waits for a person, only its own host is kept as it is (rule R12), and so it is for
   * a guest or a process of a host.
   */
  @Override
  public boolean forbidsChangeOfHost(UUID segment, UUID host) {
    return jdbc.sql(
            """
            select exists (
              select 1 from ukemi.notification n join ukemi.host h on h.uuid = n.source_host_uuid
              where h.segment_uuid = :segment and h.deleted_at is null
                and n.status in ('new', 'running', 'error')
                and (n.source_host_uuid = :host or n.type = 'COMPUTE_HOST' and not exists (
                      select 1 from ukemi.recovery_run r
                      where r.notification_uuid = n.uuid and r.closed_at is null
                        and r.asked_person is not null)))
            """)
        .param("segment", segment)
        .param("host", host)
        .query(Boolean.class)
        .single();
  }
}
