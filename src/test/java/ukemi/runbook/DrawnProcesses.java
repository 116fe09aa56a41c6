package ukemi.runbook;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.camunda.bpm.engine.impl.cfg.StandaloneProcessEngineConfiguration;
import org.camunda.bpm.engine.repository.DeploymentBuilder;
import org.camunda.bpm.engine.runtime.EventSubscription;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.camunda.bpm.engine.task.Task;
import org.camunda.bpm.engine.test.mock.MockExpressionManager;
import org.camunda.bpm.engine.test.mock.Mocks;
import org.mockito.Mockito;
import ukemi.PolicyTable;
import ukemi.database.TestDatabase;
import ukemi.evacuation.EvacuationSettings;
import ukemi.fencing.DetectionSettings;
import ukemi.fencing.Fencing;
import ukemi.fencing.FencingSettings;
import ukemi.fencing.Provider;
import ukemi.hostreturn.ReturnSettings;
import ukemi.restart.RestartSettings;

/**
 * Our drawings in a real engine. What stands behind their tasks is for the test to say, and no job
 * runs by itself.
 */
final class DrawnProcesses implements AutoCloseable {

  private static final ProcessEngine ENGINE = engine();

  /** Ids of the tasks done, in order. */
  final List<String> done = new ArrayList<>();

  private final List<String> tables = new ArrayList<>();
  private final Map<String, Consumer<DelegateExecution>> behaviour = new LinkedHashMap<>();

  DrawnProcesses() {
    this(Provider.MAAS);
  }

  DrawnProcesses(Provider provider) {
    Mocks.reset();
    for (Path file : drawings()) {
      ModelWalk.serviceTasks(file).forEach(id -> Mocks.register(bean(id), delegate(id)));
    }
    for (String listener :
        List.of(
            "rememberWhoDecided", "showFailure", "showWhatIsKnown", "showGuest", "keepDecision")) {
      Mocks.register(listener, (TaskListener) task -> {});
    }
    Mocks.register("approval", new ApprovalPolicy());
    Mocks.register(
        "closeUnfinishedRun", (ExecutionListener) execution -> done.add("CloseUnfinishedRun"));
    for (String listener :
        List.of("closeUnfinishedGuest", "closeUnfinishedProcess", "beginFencing")) {
      Mocks.register(listener, (ExecutionListener) execution -> {});
    }
    Mocks.register("settings", settings(provider));
    when("ClaimHost", Map.of("claimed", true, "runId", UUID.randomUUID().toString()));
    assessed(0);
    listings("auto", new Listing(0, "guest-1", "guest-2"));
    when("ClaimReserve", Map.of("reserve", "reserve-1"));
    when("SettleGuest", Map.of("outcome", "recovered"));
    when("CheckConfirmation", Map.of("accepted", true));
    when("ReportRecovery", Map.of("guestsLeft", 0));
  }

  /** The guests that are left, when there are so many free reserves. */
  record Listing(int reserves, String... guests) {}

  /** What is found each time that the guests are listed; after the last one nobody is left. */
  void listings(String method, Listing... listings) {
    Deque<Listing> next = new ArrayDeque<>(List.of(listings));
    when(
        "ListGuests",
        execution -> {
          Listing found = next.isEmpty() ? new Listing(0) : next.remove();
          execution.setVariable("method", method);
          execution.setVariable("reserves", found.reserves());
          execution.setVariable("guests", guests(found.guests()));
          execution.setVariable("guestsToGo", found.guests().length);
          execution.setVariable("undecided", null);
          execution.setVariable("reserve", null);
          if (!execution.hasVariable("step")) {
            execution.setVariable("step", "none");
          }
        });
  }

  /** The failure that the policy looks at, with so many guests on the host. */
  void assessed(int guests) {
    Map<String, Object> failure = new HashMap<>();
    failure.put("segment", "segment1");
    failure.put("method", "auto");
    failure.put("failure", "COMPUTE_HOST");
    failure.put("guestsOnHost", guests);
    failure.put("otherRuns", 0);
    failure.put("policy", null);
    failure.put("policyProblem", null);
    when("AssessFailure", failure);
  }

  static ArrayList<String> guests(String... ids) {
    return new ArrayList<>(List.of(ids));
  }

  private static RunbookSettings settings(Provider provider) {
    return new RunbookSettings(
        new DetectionSettings(
            Duration.ofSeconds(15), Duration.ofMinutes(5), Duration.ofMinutes(30)),
        new FencingSettings(
            provider,
            Duration.ofSeconds(180),
            true,
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofMinutes(15),
            Map.of()),
        Mockito.mock(Fencing.class),
        new EvacuationSettings(
            16, 3, Duration.ofSeconds(5), Duration.ofMinutes(15), Duration.ofMinutes(30)),
        new RestartSettings(
            RestartSettings.Recover.ALL,
            "HA_Enabled",
            Duration.ofSeconds(180),
            Duration.ofSeconds(60),
            Duration.ofMinutes(30),
            3),
        new ReturnSettings(Duration.ofMinutes(30), 2));
  }

  private static ProcessEngine engine() {
    StandaloneProcessEngineConfiguration configuration = new StandaloneProcessEngineConfiguration();
    configuration.setProcessEngineName("drawn-processes");
    configuration.setJdbcUrl(TestDatabase.newDatabase());
    configuration.setJdbcDriver("org.postgresql.Driver");
    configuration.setDatabaseSchemaUpdate("true");
    configuration.setJobExecutorActivate(false);
    configuration.setMetricsEnabled(false);
    configuration.setDbMetricsReporterActivate(false);
    configuration.setExpressionManager(new MockExpressionManager());
    ProcessEngine engine = configuration.buildProcessEngine();
    DeploymentBuilder deployment = engine.getRepositoryService().createDeployment();
    Stream.concat(files("processes").stream(), files("forms").stream())
        .forEach(file -> deployment.addString(file.getFileName().toString(), read(file)));
    deployment.deploy();
    return engine;
  }

  static List<Path> drawings() {
    return files("processes").stream().filter(file -> file.toString().endsWith(".bpmn")).toList();
  }

  static List<Path> files(String folder) {
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String bean(String id) {
    return Character.toLowerCase(id.charAt(0)) + id.substring(1);
  }

  private JavaDelegate delegate(String id) {
    return execution -> {
      done.add(id);
      behaviour.getOrDefault(id, nothing -> {}).accept(execution);
    };
  }

  /** Recoveries that start from now on follow that policy. */
  void policy(PolicyTable table) {
    tables.add(table.deploy(ENGINE.getRepositoryService()));
  }

  /** What the task does from now on. */
  void when(String task, Consumer<DelegateExecution> does) {
    behaviour.put(task, does);
  }

  void when(String task, Map<String, Object> result) {
    when(task, execution -> execution.setVariables(result));
  }

  /** A host was reported dead; runs until all waits. */
  ProcessInstance start() {
    ProcessInstance process =
        ENGINE
            .getRuntimeService()
            .startProcessInstanceByKey(
                "host-failure", UUID.randomUUID().toString(), Map.of("hostName", "compute-1"));
    work();
    return process;
  }

  /** Runs what needs nobody and no time. */
  void work() {
    List<Job> jobs;
    do {
      jobs = ENGINE.getManagementService().createJobQuery().messages().list();
      jobs.forEach(job -> ENGINE.getManagementService().executeJob(job.getId()));
    } while (!jobs.isEmpty());
  }

  /** Everybody who waits for the message gets it. */
  void send(String message) {
    for (EventSubscription waiting : waitingFor(message)) {
      ENGINE.getRuntimeService().messageEventReceived(message, waiting.getExecutionId());
    }
    work();
  }

  /** A person cancels the recovery. */
  void cancel(ProcessInstance process, String putBack) {
    ENGINE
        .getRuntimeService()
        .createMessageCorrelation("CancelRecovery")
        .processInstanceId(process.getId())
        .setVariable("putBack", putBack)
        .correlate();
    work();
  }

  List<EventSubscription> waitingFor(String message) {
    return ENGINE.getRuntimeService().createEventSubscriptionQuery().eventName(message).list();
  }

  /** Names of all messages that are waited for, but the cancellation: any step takes that. */
  List<String> messages() {
    return ENGINE.getRuntimeService().createEventSubscriptionQuery().list().stream()
        .map(EventSubscription::getEventName)
        .filter(message -> !message.equals("CancelRecovery"))
        .sorted()
        .toList();
  }

  /** Ids of all timers that run. */
  List<String> timers() {
    return ENGINE.getManagementService().createJobQuery().timers().list().stream()
        .map(
            job ->
                ENGINE
                    .getManagementService()
                    .createJobDefinitionQuery()
                    .jobDefinitionId(job.getJobDefinitionId())
                    .singleResult()
                    .getActivityId())
        .sorted()
        .toList();
  }

  /** The time of all timers of that id has come. */
  void timeIsUp(String activity) {
    ENGINE
        .getManagementService()
        .createJobQuery()
        .timers()
        .activityId(activity)
        .list()
        .forEach(timer -> ENGINE.getManagementService().executeJob(timer.getId()));
    work();
  }

  List<String> tasks() {
    return ENGINE.getTaskService().createTaskQuery().list().stream()
        .map(Task::getTaskDefinitionKey)
        .sorted()
        .toList();
  }

  void complete(String task, Map<String, Object> answers) {
    Task open = ENGINE.getTaskService().createTaskQuery().taskDefinitionKey(task).singleResult();
    ENGINE.getTaskService().complete(open.getId(), answers);
    work();
  }

  void delete(String process) {
    ENGINE.getRuntimeService().deleteProcessInstance(process, "by the test");
  }

  int running() {
    return (int) ENGINE.getRuntimeService().createProcessInstanceQuery().count();
  }

  /** Id of the end at which the process ended; null while it has not. */
  String end(ProcessInstance process) {
    return ENGINE
        .getHistoryService()
        .createHistoricActivityInstanceQuery()
        .processInstanceId(process.getId())
        .finished()
        .list()
        .stream()
        .filter(activity -> activity.getActivityType().toLowerCase().endsWith("endevent"))
        .filter(activity -> running(process) == 0)
        .map(activity -> activity.getActivityId())
        .reduce((first, last) -> last)
        .orElse(null);
  }

  private static long running(ProcessInstance process) {
    return ENGINE
        .getRuntimeService()
        .createProcessInstanceQuery()
        .processInstanceId(process.getId())
        .count();
  }

  /** Every engine of this JVM would take the mocks for its own. */
  @Override
  public void close() {
    ENGINE
        .getRuntimeService()
        .createProcessInstanceQuery()
        .rootProcessInstances()
        .list()
        .forEach(left -> delete(left.getId()));
    tables.forEach(table -> ENGINE.getRepositoryService().deleteDeployment(table, true));
    Mocks.reset();
  }
}
