package ukemi.api;

import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureMockMvc;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.MockMvc;
import ukemi.api.SlimApplication.RecordingProcesses;

/** Base of the tests that need tables: each starts with the same few rows. */
@SpringBootTest(classes = SlimApplication.class, properties = "OS_AUTH_URL=http://keystone:5000/v3")
@AutoConfigureMockMvc
public abstract class SlimApplicationTest {

  protected static final String RACK_A = "11111111-1111-4111-8111-11111111111a";
  protected static final String RACK_B = "11111111-1111-4111-8111-11111111111b";
  protected static final String NOWHERE = "99999999-9999-4999-8999-999999999999";

  /** Of rack-a. */
  protected static final String COMPUTE_1 = "22222222-2222-4222-8222-222222222221";

  /** Of rack-a. */
  protected static final String COMPUTE_2 = "22222222-2222-4222-8222-222222222222";

  /** Of rack-b. */
  protected static final String COMPUTE_9 = "22222222-2222-4222-8222-222222222229";

  @Autowired protected JdbcClient jdbc;
  @Autowired protected MockMvc mvc;
  @Autowired protected RecordingProcesses processes;

  @BeforeEach
  void sameRowsForAll() {
    processes.started.clear();
    processes.works.clear();
    processes.failing = false;
    sql(
        """
        truncate ukemi.failover_segment, ukemi.host, ukemi.notification, ukemi.recovery_run,
          ukemi.vmove, ukemi.refused_notification, ukemi.planned_work restart identity cascade
        """);
    sql(
        """
        insert into ukemi.failover_segment (uuid, name, service_type, recovery_method, created_at)
        values ('%s', 'rack-a', 'COMPUTE', 'auto', '2026-11-22T07:30:52.123456Z'),
               ('%s', 'rack-b', 'STORAGE', 'rh_priority', '2026-11-22T07:30:53Z')
        """
            .formatted(RACK_A, RACK_B));
    sql(
        """
        insert into ukemi.host
          (uuid, segment_uuid, name, type, control_attributes, reserved, created_at)
        values ('%s', '%s', 'compute-1', 'COMPUTE', 'SSH', false, '2026-11-22T07:32:37Z'),
               ('%s', '%s', 'compute-2', 'BLADE', 'SSH', true, '2026-11-22T07:32:38Z'),
               ('%s', '%s', 'compute-9', 'COMPUTE', 'SSH', false, '2026-11-22T07:32:39Z')
        """
            .formatted(COMPUTE_1, RACK_A, COMPUTE_2, RACK_A, COMPUTE_9, RACK_B));
  }

  protected void sql(String statement) {
    jdbc.sql(statement).update();
  }

  protected long count(String fromAndWhere) {
    return jdbc.sql("select count(*) from " + fromAndWhere).query(Long.class).single();
  }
}
