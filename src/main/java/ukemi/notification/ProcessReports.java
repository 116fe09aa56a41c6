package ukemi.notification;

import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** What was last reported of a process that has failed, whoever has its host on maintenance. */
@Repository
class ProcessReports {

  private final JdbcClient jdbc;

  ProcessReports(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** To be called under the host's lock, in the order of the reports. */
  @Transactional
  void reported(UUID host, String process, boolean up) {
    jdbc.sql(
            """
            update ukemi.process_run
               set reported_up_at = case when :up then clock_timestamp() end,
                   back_at = case when :up then back_at end
             where host_uuid = :host and process_name = :process and closed_at is null
            """)
        .param("up", up)
        .param("host", host)
        .param("process", process)
        .update();
  }
}
