package ukemi.notification;

import org.springframework.jdbc.core.simple.JdbcClient;

/** A table as years of use make it: most notifications are of guests and were ignored. */
public final class ManyNotifications {

  /** Of 30 notifications. */
  public static final String RARE_HOST = "00000000-0000-4000-8000-000000000000";

  private ManyNotifications() {}

  /** Fills the tables: 400 hosts, notifications of the last 1000 days. */
  public static void fill(JdbcClient jdbc, int rows) {
    String segment = "11111111-1111-4111-8111-111111111111";
    // the autovacuum daemon would read blocks, too
    jdbc.sql("alter table ukemi.notification set (autovacuum_enabled = false)").update();
    jdbc.sql(
            """
            insert into ukemi.failover_segment (uuid, name, service_type, recovery_method)
            values (:segment::uuid, 'rack', 'COMPUTE', 'auto')
            """)
        .param("segment", segment)
        .update();
    jdbc.sql(
            """
            insert into ukemi.host (uuid, segment_uuid, name, type, control_attributes)
            select ('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, :segment::uuid,
                   'compute-' || i, 'COMPUTE', 'SSH'
              from generate_series(0, 400) i
            """)
        .param("segment", segment)
        .update();
    jdbc.sql(
            """
            insert into ukemi.notification
              (uuid, type, source_host_uuid, source_host_name, segment_uuid, payload,
               generated_time, received_at, created_at, updated_at, status, message)
            select gen_random_uuid(),
                   case when i % 1000 = 0 then 'COMPUTE_HOST'
                        when i % (:rows / 20) = 1 then 'PROCESS' else 'VM' end,
                   ('00000000-0000-4000-8000-'
                     || lpad((case when i % (:rows / 30) = 0 then 0 else i % 400 + 1 end)::text,
                             12, '0'))::uuid,
                   'compute-x', :segment::uuid,
                   '{"event": "LIFECYCLE", "instance_uuid": "96ab1c42-668c-4f2d-8689-afa3301d4ee9",
                     "vir_domain_event": "STOPPED_FAILED"}',
                   at, at, at, case when i % 7 = 0 then null else at + interval '3 s' end,
                   case when i % (:rows / 10) = 2 then 'running'
                        when i % 1000 = 0 then 'finished' else 'ignored' end,
                   case when i % 3 = 0 then null else 'a reason' end
              from (select i, now() - interval '1000 days' * (:rows - i) / :rows as at
                      from generate_series(1, :rows) i) as times
            """)
        .param("segment", segment)
        .param("rows", rows)
        .update();
    jdbc.sql("vacuum analyze ukemi.notification").update();
  }
}
