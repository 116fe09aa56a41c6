package ukemi.api;

import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.http.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcClientAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcTemplateAutoConfiguration;
import org.springframework.boot.autoconfigure.transaction.TransactionAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.DispatcherServletAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.WebMvcAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.error.ErrorMvcAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;
import ukemi.compute.Compute;
import ukemi.compute.ComputeService;
import ukemi.compute.ComputeUnavailable;
import ukemi.database.ClusterLock;
import ukemi.database.DatabaseClock;
import ukemi.database.TestDatabase;
import ukemi.engine.ProcessHistory;
import ukemi.engine.Runbooks;
import ukemi.evacuation.Vmoves;
import ukemi.fencing.DetectionSettings;
import ukemi.identity.Caller;
import ukemi.identity.CallerTokens;
import ukemi.identity.IdentityUnavailable;
import ukemi.identity.RolePolicy;
import ukemi.notification.Cancellation;
import ukemi.notification.Notification;
import ukemi.notification.RecoveryProcesses;
import ukemi.notification.RecoveryRun;
import ukemi.plannedwork.PlannedWork;
import ukemi.plannedwork.WorkProcesses;

/** The API without the engine: Keystone, Nova and the processes are stubs. */
@ImportAutoConfiguration({
  JacksonAutoConfiguration.class,
  HttpMessageConvertersAutoConfiguration.class,
  DispatcherServletAutoConfiguration.class,
  WebMvcAutoConfiguration.class,
  ErrorMvcAutoConfiguration.class,
  JdbcTemplateAutoConfiguration.class,
  JdbcClientAutoConfiguration.class,
  DataSourceTransactionManagerAutoConfiguration.class,
  TransactionAutoConfiguration.class
})
@ComponentScan({"ukemi.api", "ukemi.segment", "ukemi.notification", "ukemi.plannedwork"})
@ConfigurationPropertiesScan({"ukemi.api", "ukemi.identity", "ukemi.notification"})
@Import({ClusterLock.class, DatabaseClock.class, Vmoves.class, RolePolicy.class})
@EnableConfigurationProperties(DetectionSettings.class)
public class SlimApplication {

  static final String PROJECT = "4f5c0de1a2b34c5d8e9f001122334455";

  /** The rooms behind the API alone, for a benchmark. */
  public static ConfigurableApplicationContext withoutWeb() {
    return new SpringApplicationBuilder(SlimApplication.class)
        .web(WebApplicationType.NONE)
        .run("--logging.level.root=warn");
  }

  @Bean(destroyMethod = "close")
  DataSource dataSource() {
    HikariDataSource pool = new HikariDataSource();
    pool.setDataSource(TestDatabase.newDatabaseWithTables());
    pool.setMaximumPoolSize(20);
    pool.setConnectionTimeout(60_000); // whoever waits for its turn gets it
    return pool;
  }

  /** The token is the word that says what it is good for. */
  @Bean
  CallerTokens callerTokens() {
    return token ->
        switch (token) {
          case "admin" -> Optional.of(new Caller("u1", "root", PROJECT, true, Set.of("Admin")));
          case "reader" -> Optional.of(new Caller("u3", "eve", PROJECT, true, Set.of("reader")));
          case "tenant" ->
              Optional.of(new Caller("u6", "tim", PROJECT, false, Set.of("member", "reader")));
          case "notifier" ->
              Optional.of(new Caller("u4", "monitor", PROJECT, true, Set.of("ukemi-notifier")));
          case "service" -> Optional.of(new Caller("u5", "nova", PROJECT, true, Set.of("service")));
          case "member" -> Optional.of(new Caller("u2", "bob", PROJECT, true, Set.of("member")));
          case "keystone-is-down" -> throw new IdentityUnavailable("time-out", null);
          default -> Optional.empty();
        };
  }

  /** Knows every host but "not-in-nova"; fails for "nova-is-down". */
  @Bean
  Compute compute() {
    Compute compute = mock(Compute.class);
    when(compute.service(anyString()))
        .thenAnswer(
            call -> {
              String host = call.getArgument(0);
              if (host.equals("nova-is-down")) {
                throw new ComputeUnavailable("time-out", null);
              }
              return host.equals("not-in-nova")
                  ? Optional.empty()
                  : Optional.of(
                      new ComputeService(
                          "s", host, true, true, false, null, Instant.now(), Instant.now()));
            });
    return compute;
  }

  /** Whatever it finds is in force already. */
  @Bean
  Runbooks runbooks() {
    Runbooks runbooks = mock(Runbooks.class);
    when(runbooks.node()).thenReturn("this-node");
    when(runbooks.reload(anyString(), anyBoolean())).thenReturn(Runbooks.Result.UNCHANGED);
    return runbooks;
  }

  /** Remembers nothing. */
  @Bean
  ProcessHistory processHistory() {
    return mock(ProcessHistory.class);
  }

  @Bean
  RecordingProcesses recoveryProcesses() {
    return new RecordingProcesses();
  }

  /** Notes what was started; fails when told to. */
  public static class RecordingProcesses implements RecoveryProcesses, WorkProcesses {

    public final List<Notification> started = new CopyOnWriteArrayList<>();
    public final List<PlannedWork> works = new CopyOnWriteArrayList<>();
    public volatile boolean failing;

    @Override
    public void start(PlannedWork work) {
      works.add(work);
      if (failing) {
        throw new IllegalStateException("the engine is gone");
      }
    }

    @Override
    public Optional<String> cancel(RecoveryRun run, Cancellation cancellation) {
      return Optional.empty();
    }

    @Override
    public void startReturn(String hostName, String wantedBy) {}

    @Override
    public void start(Notification notification) {
      started.add(notification);
      if (failing) {
        throw new IllegalStateException("the engine is gone");
      }
    }
  }
}
