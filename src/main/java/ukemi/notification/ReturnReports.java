package ukemi.notification;

import java.time.Instant;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import ukemi.database.Columns;

/** What is reported of a host while it returns to service: monitors speak once. */
@Repository
class ReturnReports {

  private final JdbcClient jdbc;

  ReturnReports(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * To be called under the host's lock, before it is stored. The same message sent again says
   * nothing new; any other does, though the duplicate rule may refuse it.
   */
  void reportedDown(UUID host, Instant generated) {
    jdbc.sql(
            """
            update ukemi.host_return set reported_down_at = clock_timestamp()
            where host_uuid = :host and closed_at is null
              and not exists (select 1 from ukemi.notification n
                               where n.source_host_uuid = :host and n.type = 'COMPUTE_HOST'
                                 and n.generated_time = :generated::timestamptz)
            """)
        .param("host", host)
        .param("generated", Columns.parameter(generated))
        .update();
  }
}
