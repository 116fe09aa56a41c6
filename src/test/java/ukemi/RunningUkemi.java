package ukemi;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.task.Task;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import ukemi.database.TestDatabase;
import ukemi.fencing.Fencing;
import ukemi.notification.RecoveryRuns;
import ukemi.simulator.SimulatedCloud;

/** The whole program in this JVM, in front of a simulated cloud, with its waits made short. */
public final class RunningUkemi implements AutoCloseable {

  /** How long anybody waits for a connection of the pool. */
  static final String CONNECTION_TIMEOUT = "spring.datasource.hikari.connection-timeout";

  private final ConfigurableApplicationContext context;
  private final MasakariClient client;

  private RunningUkemi(ConfigurableApplicationContext context, SimulatedCloud cloud) {
    this.context = context;
    this.client = new MasakariClient(url(context), cloud.keystoneUrl(), "ukemi", "secret");
  }

  /** Settings as an operator gives them, for a cloud of this machine. */
  static Map<String, String> settings(SimulatedCloud cloud) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("OS_AUTH_URL", cloud.keystoneUrl());
    settings.put("OS_USERNAME", "ukemi");
    settings.put("OS_PASSWORD", "secret");
    settings.put("OS_PROJECT_NAME", "service");
    settings.put("OS_USER_DOMAIN_NAME", "Default");
    settings.put("OS_PROJECT_DOMAIN_NAME", "Default");
    settings.put("OS_REGION_NAME", "RegionOne");
    settings.put("UKEMI_MAAS_URL", cloud.maasUrl());
    settings.put("UKEMI_MAAS_API_KEY", cloud.maasApiKey());
    settings.put("UKEMI_ADMIN_PASSWORD", "not-a-secret");
    settings.put("UKEMI_DETECTION_HEARTBEAT_SILENCE", "3s");
    settings.put("UKEMI_EVACUATION_RETRY_PAUSE", "1s");
    // the machine may stand still for a while; with "_" before TIMEOUT Spring would open a
    // connection to set the property "timeout" of it
    settings.put("SPRING_DATASOURCE_HIKARI_CONNECTIONTIMEOUT", "20000");
    return settings;
  }

  /** Starts it on a new, empty database. */
  public static RunningUkemi start(SimulatedCloud cloud, Map<String, String> more) {
    return start(cloud, TestDatabase.newDatabase(), more);
  }

  /** Starts it on that database. */
  public static RunningUkemi start(
      SimulatedCloud cloud, String database, Map<String, String> more) {
    return start(cloud, database, more, () -> {});
  }

  /**
   * Starts it on that database.
   *
   * @param more more settings; those that are empty stay as shipped
   * @param started runs when it serves, before anybody calls it
   */
  public static RunningUkemi start(
      SimulatedCloud cloud, String database, Map<String, String> more, Runnable started) {
    Map<String, Object> properties = new LinkedHashMap<>();
    settings(cloud).forEach((name, value) -> properties.put(property(name), value));
    properties.put("spring.datasource.url", database);
    properties.put("server.port", "0");
    properties.put("ukemi.data-dir", "target/nodes/" + UUID.randomUUID());
    properties.putAll(more);
    properties.values().removeIf(""::equals);
    ConfigurableApplicationContext context =
        new SpringApplicationBuilder(Ukemi.class)
            .registerShutdownHook(false)
            .run(
                properties.entrySet().stream()
                    .map(property -> "--" + property.getKey() + "=" + property.getValue())
                    .toArray(String[]::new));
    started.run();
    return new RunningUkemi(context, cloud);
  }

  private static String property(String name) {
    return switch (name) {
      case "UKEMI_MAAS_URL" -> "ukemi.maas.url";
      case "UKEMI_MAAS_API_KEY" -> "ukemi.maas.api-key";
      case "UKEMI_ADMIN_PASSWORD" -> "ukemi.admin-password";
      case "UKEMI_DETECTION_HEARTBEAT_SILENCE" -> "ukemi.detection.heartbeat-silence";
      case "UKEMI_EVACUATION_RETRY_PAUSE" -> "ukemi.evacuation.retry-pause";
      case "SPRING_DATASOURCE_HIKARI_CONNECTIONTIMEOUT" -> CONNECTION_TIMEOUT;
      default -> name;
    };
  }

  public MasakariClient client() {
    return client;
  }

  /** Where it serves. */
  public String url() {
    return url(context);
  }

  private static String url(ConfigurableApplicationContext context) {
    return "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /** All that Spring has made. */
  public ListableBeanFactory beans() {
    return context;
  }

  public JdbcClient jdbc() {
    return bean(JdbcClient.class);
  }

  /** The open user task whose name begins so. */
  public Optional<Task> task(String name) {
    return bean(TaskService.class).createTaskQuery().taskNameLike(name + "%").list().stream()
        .findFirst();
  }

  /** Completes a task as the person of that name, as Tasklist does. */
  public void complete(Task task, String person, Map<String, Object> answers) {
    complete(task, person, List.of("operators"), answers);
  }

  /** The same as a member of those groups. */
  void complete(Task task, String person, List<String> groups, Map<String, Object> answers) {
    IdentityService identity = bean(IdentityService.class);
    identity.setAuthentication(person, groups);
    try {
      bean(TaskService.class).complete(task.getId(), answers);
    } finally {
      identity.clearAuthentication();
    }
  }

  /** What is open, for the message of a failed test. */
  String state() {
    StringBuilder state = new StringBuilder();
    bean(TaskService.class)
        .createTaskQuery()
        .list()
        .forEach(task -> state.append("task: ").append(task.getName()).append("\n"));
    bean(ManagementService.class)
        .createJobQuery()
        .list()
        .forEach(
            job ->
                state
                    .append("job: ")
                    .append(job.getJobDefinitionId())
                    .append(" ")
                    .append(job.getExceptionMessage())
                    .append("\n"));
    bean(RuntimeService.class)
        .createEventSubscriptionQuery()
        .list()
        .forEach(
            event ->
                state
                    .append("waits for ")
                    .append(event.getEventName())
                    .append(" at ")
                    .append(event.getActivityId())
                    .append("\n"));
    bean(RecoveryRuns.class)
        .open()
        .forEach(run -> state.append(bean(Fencing.class).evidence(run.id())).append("\n"));
    return state.toString();
  }

  @Override
  public void close() {
    context.close();
  }
}
