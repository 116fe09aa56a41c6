package ukemi.runbook;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.spring.ProcessEngineFactoryBean;
import org.camunda.bpm.engine.spring.SpringProcessEngineConfiguration;
import org.camunda.bpm.engine.task.Task;
import org.camunda.spin.plugin.impl.SpinProcessEnginePlugin;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.support.TransactionTemplate;
import ukemi.compute.Compute;
import ukemi.compute.Images;
import ukemi.database.ClusterLock;
import ukemi.database.DatabaseClock;
import ukemi.database.LastBeat;
import ukemi.database.TestBeat;
import ukemi.database.TestDatabase;
import ukemi.engine.CurrentPerson;
import ukemi.evacuation.EvacuationSettings;
import ukemi.evacuation.FakeNova;
import ukemi.evacuation.GuestSettings;
import ukemi.evacuation.TargetSettings;
import ukemi.fencing.Provider;
import ukemi.fencing.RealFencing;
import ukemi.hostreturn.ReturnSettings;
import ukemi.notification.Decisions;
import ukemi.notification.ForgottenNotifications;
import ukemi.notification.Holds;
import ukemi.notification.NotificationSettings;
import ukemi.notification.Notifications;
import ukemi.notification.RecoveryRuns;
import ukemi.notification.RunControl;
import ukemi.notification.WantedRecoveries;
import ukemi.restart.RestartSettings;
import ukemi.segment.Hosts;
import ukemi.segment.Segments;

/**
 * The real drawings, engine, database and Java behind them, in front of a fake Nova. Nothing runs
 * by itself: the test says when a watcher looks and when jobs are done.
 */
final class RunbookWorld {

  static final String HOST = "compute-1";

  private static final DataSource DATABASE = database();
  private static final Map<Provider, RunbookWorld> WORLDS = new EnumMap<>(Provider.class);

  final FakeNova nova = new FakeNova();
  final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
  final JdbcClient jdbc = JdbcClient.create(DATABASE);
  final RuntimeService runtime;
  final TaskService tasks;
  final ManagementService management;

  /** The world with that fencing, empty again: an engine takes seconds to build. */
  static RunbookWorld with(Provider provider) {
    RunbookWorld world = WORLDS.computeIfAbsent(provider, RunbookWorld::new);
    world
        .runtime
        .createProcessInstanceQuery()
        .rootProcessInstances()
        .list()
        .forEach(left -> world.runtime.deleteProcessInstance(left.getId(), "old", true));
    world
        .jdbc
        .sql(
            "truncate ukemi.failover_segment, ukemi.attention, ukemi.hold, ukemi.planned_work cascade")
        .update();
    world.tasks.createTaskQuery().list().forEach(left -> world.tasks.deleteTask(left.getId()));
    world.nova.clear();
    RealFencing.clear(world.context);
    return world;
  }

  private RunbookWorld(Provider provider) {
    context.registerBean(DataSource.class, () -> DATABASE);
    context.registerBean(JdbcClient.class, () -> jdbc);
    context.registerBean(
        PlatformTransactionManager.class, () -> new DataSourceTransactionManager(DATABASE));
    context.registerBean(Compute.class, () -> nova);
    context.registerBean(Images.class, () -> id -> Map.of());
    context.registerBean(LastBeat.class, () -> TestBeat.in(directory(), jdbc));
    context.registerBean(
        EvacuationSettings.class,
        () ->
            new EvacuationSettings(
                2, 3, Duration.ofSeconds(5), Duration.ofMinutes(15), Duration.ofMinutes(30)));
    context.registerBean(
        GuestSettings.class,
        () ->
            new GuestSettings(
                GuestSettings.Recover.ALL, "HA_Enabled", false, GuestSettings.Lock.SEVERAL_STEPS));
    context.registerBean(
        TargetSettings.class, () -> new TargetSettings(TargetSettings.Auto.SEGMENT, false));
    RealFencing.register(context, provider);
    context.register(
        Transactions.class,
        ClusterLock.class,
        DatabaseClock.class,
        CurrentPerson.class,
        Decisions.class,
        Hosts.class,
        Segments.class,
        Notifications.class,
        RecoveryRuns.class,
        Holds.class,
        ForgottenNotifications.class,
        RunControl.class,
        WantedRecoveries.class);
    context.registerBean(
        NotificationSettings.class,
        () -> new NotificationSettings(Duration.ofMinutes(3), Duration.ofHours(24), Set.of()));
    context.registerBean(ReturnSettings.class, () -> new ReturnSettings(Duration.ofMinutes(30), 2));
    context.registerBean(
        RestartSettings.class,
        () ->
            new RestartSettings(
                RestartSettings.Recover.ALL,
                "HA_Enabled",
                Duration.ofSeconds(180),
                Duration.ofSeconds(60),
                Duration.ofMinutes(30),
                3));
    context.registerBean(
        ProcessEngineFactoryBean.class,
        () -> {
          ProcessEngineFactoryBean factory = new ProcessEngineFactoryBean();
          factory.setProcessEngineConfiguration(configuration());
          return factory;
        });
    context.registerBean(
        RuntimeService.class, () -> context.getBean(ProcessEngine.class).getRuntimeService());
    context.registerBean(
        HistoryService.class, () -> context.getBean(ProcessEngine.class).getHistoryService());
    context.registerBean(
        RepositoryService.class, () -> context.getBean(ProcessEngine.class).getRepositoryService());
    context.registerBean(
        TaskService.class, () -> context.getBean(ProcessEngine.class).getTaskService());
    context.registerBean(
        IdentityService.class, () -> context.getBean(ProcessEngine.class).getIdentityService());
    context.registerBean(
        ManagementService.class, () -> context.getBean(ProcessEngine.class).getManagementService());
    context.scan(
        "ukemi.runbook",
        "ukemi.evacuation",
        "ukemi.restart",
        "ukemi.hostprocess",
        "ukemi.hostreturn",
        "ukemi.plannedwork");
    context.refresh();
    runtime = context.getBean(RuntimeService.class);
    tasks = context.getBean(TaskService.class);
    management = context.getBean(ManagementService.class);
  }

  @EnableTransactionManagement(proxyTargetClass = true)
  static class Transactions {}

  private static Path directory() {
    try {
      return Files.createTempDirectory(Path.of("target"), "world");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DataSource database() {
    HikariConfig pool = new HikariConfig();
    pool.setDataSource(TestDatabase.newDatabaseWithTables());
    return new HikariDataSource(pool);
  }

  private SpringProcessEngineConfiguration configuration() {
    SpringProcessEngineConfiguration configuration = new SpringProcessEngineConfiguration();
    configuration.setProcessEngineName("runbook-world-" + UUID.randomUUID());
    configuration.setDataSource(DATABASE);
    configuration.setTransactionManager(context.getBean(PlatformTransactionManager.class));
    configuration.setApplicationContext(context);
    configuration.setDatabaseSchemaUpdate("true");
    configuration.setEnableExceptionsAfterUnhandledBpmnError(true);
    configuration.setJobExecutorActivate(false);
    configuration.setMetricsEnabled(false);
    configuration.setDbMetricsReporterActivate(false);
    configuration.getProcessEnginePlugins().add(new SpinProcessEnginePlugin());
    configuration.setDeploymentResources(
        java.util.stream.Stream.of("processes/*.bpmn", "processes/*.dmn", "forms/*.form")
            .flatMap(pattern -> java.util.Arrays.stream(resources(pattern)))
            .toArray(Resource[]::new));
    return configuration;
  }

  private static Resource[] resources(String pattern) {
    try {
      return new PathMatchingResourcePatternResolver().getResources("classpath:" + pattern);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /** A notification is accepted: its row and its process, in one transaction. */
  UUID hostStopped() {
    UUID segment = UUID.randomUUID();
    UUID host = UUID.randomUUID();
    UUID notification = UUID.randomUUID();
    new TransactionTemplate(bean(PlatformTransactionManager.class))
        .executeWithoutResult(
            status -> {
              jdbc.sql(
                      "insert into ukemi.failover_segment (uuid, name, service_type, recovery_method)"
                          + " values (?, 's', 'compute', 'auto')")
                  .param(segment)
                  .update();
              jdbc.sql(
                      "insert into ukemi.host (uuid, segment_uuid, name, type, control_attributes)"
                          + " values (?, ?, ?, 'kvm', '')")
                  .params(host, segment, HOST)
                  .update();
              jdbc.sql(
                      "insert into ukemi.notification (uuid, type, source_host_uuid, source_host_name,"
                          + " segment_uuid, payload, generated_time, status)"
                          + " values (?, 'COMPUTE_HOST', ?, ?, ?, '{\"host_status\": \"NORMAL\"}', now(),"
                          + " 'new')")
                  .params(notification, host, HOST, segment)
                  .update();
              bean(ProcessStarter.class)
                  .start(bean(Notifications.class).find(notification).orElseThrow());
            });
    return notification;
  }

  /** Jobs that need no time, the watchers, and the correlator, until nothing more happens. */
  void work() {
    for (int round = 0; round < 6; round++) {
      jobs();
      bean(NovaWatcher.class).round();
      bean(Correlator.class).round();
    }
    jobs();
  }

  void jobs() {
    List<Job> jobs;
    do {
      jobs = management.createJobQuery().messages().active().withRetriesLeft().list();
      jobs.forEach(job -> management.executeJob(job.getId()));
    } while (!jobs.isEmpty());
  }

  /** The same as a member of those groups. */
  void complete(String task, String person, List<String> groups, Map<String, Object> answers) {
    Task open = tasks.createTaskQuery().taskDefinitionKey(task).singleResult();
    bean(IdentityService.class).setAuthentication(person, groups);
    try {
      tasks.complete(open.getId(), answers);
    } finally {
      bean(IdentityService.class).clearAuthentication();
    }
  }

  void complete(String task, String person, Map<String, Object> answers) {
    Task open = tasks.createTaskQuery().taskDefinitionKey(task).singleResult();
    bean(IdentityService.class).setAuthenticatedUserId(person);
    try {
      tasks.complete(open.getId(), answers);
    } finally {
      bean(IdentityService.class).clearAuthentication();
    }
  }

  /** The host's process. */
  String process(UUID notification) {
    return runtime
        .createProcessInstanceQuery()
        .processInstanceBusinessKey(notification.toString())
        .rootProcessInstances()
        .singleResult()
        .getId();
  }

  /** The processes of the guests, in their order. */
  List<String> children() {
    return runtime
        .createProcessInstanceQuery()
        .processDefinitionKey("evacuate-instance")
        .list()
        .stream()
        .map(child -> child.getId())
        .toList();
  }

  String status(UUID notification) {
    return bean(Notifications.class).find(notification).orElseThrow().status().wire();
  }

  String message(UUID notification) {
    return bean(Notifications.class).find(notification).orElseThrow().message();
  }

  int count(String from) {
    return jdbc.sql("select count(*) from ukemi." + from).query(Integer.class).single();
  }
}
