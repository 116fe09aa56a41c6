package ukemi.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ManagementService;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.context.ConfigurableApplicationContext;
import ukemi.database.TestDatabase;

class EngineTablesTest {

  @Test
  void theEngineAcceptsTheTablesFlywayMade() {
    try (ConfigurableApplicationContext house = EngineHouse.start(TestDatabase.newDatabase())) {
      ManagementService management = house.getBean(ManagementService.class);
      assertThat(management.getProperties())
          .containsEntry("schema.version", "fox")
          .containsEntry("historyLevel", "3");
      assertThat(house.getBean(HistoryService.class).createHistoricProcessInstanceQuery().count())
          .isZero();
    }
  }

  @Test
  void aDatabaseUserNamedLikeOurSchemaFindsTheTablesAgain() throws Exception {
    String database = TestDatabase.newDatabase();
    try (Connection connection = DriverManager.getConnection(database)) {
      connection.createStatement().execute("create role ukemi superuser login");
    }
    String asUkemi = database.replace("user=postgres", "user=ukemi");
    EngineHouse.start(asUkemi).close();
    try (ConfigurableApplicationContext again = EngineHouse.start(asUkemi)) {
      assertThat(again.getBean(IdentityService.class).createUserQuery().count()).isEqualTo(1);
    }
  }

  @Test
  void twoNodesMayMigrateAnEmptyDatabaseAtOnce() throws Exception {
    String database = TestDatabase.newDatabase();
    CyclicBarrier together = new CyclicBarrier(2);
    Callable<Integer> node =
        () -> {
          together.await();
          return flyway(database).migrate().migrationsExecuted;
        };
    List<Integer> executed = both(node);
    assertThat(executed.get(0) + executed.get(1))
        .isEqualTo(flyway(database).info().applied().length)
        .isGreaterThanOrEqualTo(2);
  }

  @Test
  void twoNodesMayStartOnAnEmptyDatabaseAtOnce() throws Exception {
    String database = TestDatabase.newDatabase();
    CyclicBarrier together = new CyclicBarrier(2);
    // Spring sets logging up once for the whole JVM: only that is done in turns
    Lock logging = new ReentrantLock();
    Callable<ConfigurableApplicationContext> node =
        () -> {
          logging.lock();
          return EngineHouse.start(
              database,
              context -> {
                logging.unlock();
                await(together);
              });
        };
    List<ConfigurableApplicationContext> nodes = both(node);
    try {
      IdentityService users = nodes.get(0).getBean(IdentityService.class);
      assertThat(users.createUserQuery().count()).isEqualTo(1);
      assertThat(nodes.get(1).getBean(IdentityService.class).createGroupQuery().count())
          .isEqualTo(2);
    } finally {
      nodes.forEach(ConfigurableApplicationContext::close);
    }
  }

  private static void await(CyclicBarrier together) {
    try {
      together.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Flyway flyway(String database) {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setUrl(database);
    return Flyway.configure()
        .dataSource(dataSource)
        .locations("classpath:db/migration")
        .javaMigrations(new EngineTables())
        .load();
  }

  private static <T> List<T> both(Callable<T> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<T> first = threads.submit(work);
      Future<T> second = threads.submit(work);
      return List.of(first.get(), second.get());
    } finally {
      threads.shutdown();
    }
  }
}
