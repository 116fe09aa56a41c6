package ukemi.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import javax.sql.DataSource;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import ukemi.database.TestDatabase;

class AbandonedJobsTest {

  @Test
  void aNodesJobsAreFreedWhenItIsGoneAndNotBeforeItsFirstRound() throws Exception {
    String database = TestDatabase.newDatabase();
    try (ConfigurableApplicationContext house = EngineHouse.start(database)) {
      ConfigurableApplicationContext other = EngineHouse.start(database);
      JdbcClient jdbc = house.getBean(JdbcClient.class);
      AbandonedJobs jobs = jobs(house);
      jobs(other).afterSingletonsInstantiated();
      hold(jdbc, other.getBean(ProcessEngineConfigurationImpl.class));

      jobs.round();
      assertThat(held(jdbc)).isEqualTo(1);

      other.close();
      // the database takes a moment to see that the connection has ended
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () -> {
                jobs.round();
                assertThat(held(jdbc)).isZero();
              });
    }
  }

  @Test
  void theDatabaseSoonDropsTheLocksOfANodeThatLostItsPower() {
    try (ConfigurableApplicationContext house = EngineHouse.start(TestDatabase.newDatabase())) {
      assertThat(
              house
                  .getBean(JdbcClient.class)
                  .sql(
                      "select sum(setting::int) from pg_settings where name ~ 'keepalives_(idle|int)'")
                  .query(Integer.class)
                  .single())
          .isBetween(1, 30);
    }
  }

  private static AbandonedJobs jobs(ConfigurableApplicationContext house) {
    return new AbandonedJobs(
        house.getBean(DataSource.class),
        house.getBean(JdbcClient.class),
        house.getBean(ProcessEngineConfigurationImpl.class));
  }

  /** A job that this node has taken; without retries, so that nobody works on it. */
  private static void hold(JdbcClient jdbc, ProcessEngineConfigurationImpl engine) {
    jdbc.sql(
            """
            insert into act_ru_job (id_, rev_, type_, handler_type_, retries_, exclusive_,
                   suspension_state_, lock_owner_, lock_exp_time_)
            values ('held', 1, 'message', 'async-continuation', 0, true, 1, ?,
                    now() + interval '1 hour')
            """)
        .param(engine.getJobExecutor().getLockOwner())
        .update();
  }

  private static int held(JdbcClient jdbc) {
    return jdbc.sql("select count(*) from act_ru_job where lock_owner_ is not null")
        .query(Integer.class)
        .single();
  }
}
