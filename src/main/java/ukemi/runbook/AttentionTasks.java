package ukemi.runbook;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.history.HistoricProcessInstance;
import org.camunda.bpm.engine.management.JobDefinition;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.camunda.bpm.engine.task.Task;
import org.camunda.bpm.model.bpmn.instance.FlowElement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import ukemi.database.ClusterLock;
import ukemi.evacuation.Guests;
import ukemi.fencing.Fencing;
import ukemi.notification.Decisions;
import ukemi.notification.Decisions.Decision;
import ukemi.notification.Holds;
import ukemi.notification.Notifications;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;

/**
 * Tells people what a recovery waits for and does not get: a step that keeps failing, Nova or MAAS
 * that cannot be read, guests that Nova does not take. At once as a word on the notification, where
 * the process has one; when it lasts, long before retries are used up, as a task in Tasklist.
 * Completing the task tries the failing steps again at once. Both go away by themselves.
 */
@Component
class AttentionTasks {

  private static final Logger LOG = LoggerFactory.getLogger(AttentionTasks.class);

  /** Longer than a restart of a service takes. */
  private static final Duration LASTING = Duration.ofSeconds(20);

  private static final int RETRIES = 5;

  private static final String ASKED = "a person is asked: ";

  private static final String NOVA = "Nova";
  private static final String POWER = "Power";
  private static final String PERSON = "Person";
  private static final String EVACUATION = "Evacuation";
  private static final String HELD = "Held";

  private final ClusterLock lock;
  private final ManagementService management;
  private final RuntimeService runtime;
  private final RepositoryService repository;
  private final HistoryService history;
  private final TaskService tasks;
  private final Notifications notifications;
  private final RecoveryRuns runs;
  private final Fencing fencing;
  private final Guests guests;
  private final Decisions decisions;
  private final Holds holds;
  private final HeldProcesses held;
  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  AttentionTasks(
      ClusterLock lock,
      ManagementService management,
      RuntimeService runtime,
      RepositoryService repository,
      HistoryService history,
      TaskService tasks,
      Notifications notifications,
      RecoveryRuns runs,
      Fencing fencing,
      Guests guests,
      Decisions decisions,
      Holds holds,
      HeldProcesses held,
      JdbcClient jdbc,
      PlatformTransactionManager transactions) {
    this.lock = lock;
    this.management = management;
    this.runtime = runtime;
    this.repository = repository;
    this.history = history;
    this.tasks = tasks;
    this.notifications = notifications;
    this.runs = runs;
    this.fencing = fencing;
    this.guests = guests;
    this.decisions = decisions;
    this.holds = holds;
    this.held = held;
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
  }

  /**
   * One thing that is missing.
   *
   * @param lost whether nothing tries it again by itself
   */
  private record Problem(String text, List<Job> jobs, boolean lost) {

    static Problem of(String text) {
      return new Problem(text, List.of(), false);
    }

    Problem and(Job job) {
      List<Job> all = new ArrayList<>(jobs);
      all.add(job);
      return new Problem(text, all, lost || job.getRetries() == 0);
    }
  }

  private static final Problem IS_HELD =
      Problem.of(
          "it is held, because the database was restored from an older back-up; a person is asked"
              + " whether it goes on");

  /**
   * What waits.
   *
   * @param notificationUuid whose recovery; null when the process belongs to none
   * @param processInstanceId the outermost process; null when it belongs to a notification
   */
  private record Waiting(UUID notificationUuid, String processInstanceId) {

    static Waiting of(UUID notification) {
      return new Waiting(notification, null);
    }
  }

  /** What is stored of a problem. */
  private record Open(
      long id,
      UUID notificationUuid,
      String processInstanceId,
      String subject,
      String taskId,
      boolean lasting) {

    Waiting waiting() {
      return new Waiting(notificationUuid, processInstanceId);
    }
  }

  @Scheduled(fixedDelay = 2000)
  void round() {
    lock.runAlone("attention", this::look);
  }

  private void look() {
    Map<Waiting, Map<String, Problem>> problems = problems();
    Map<Waiting, List<Open>> open = open().stream().collect(Collectors.groupingBy(Open::waiting));
    Set<Waiting> all = new HashSet<>(problems.keySet());
    all.addAll(open.keySet());
    for (Waiting waiting : all) {
      try {
        transaction.executeWithoutResult(
            status ->
                tell(
                    waiting,
                    problems.getOrDefault(waiting, Map.of()),
                    open.getOrDefault(waiting, List.of())));
      } catch (RuntimeException e) {
        LOG.warn("attention for {}, trying again: {}", waiting, e.toString());
      }
    }
  }

  private Map<Waiting, Map<String, Problem>> problems() {
    Map<Waiting, Map<String, Problem>> problems = new HashMap<>();
    failingSteps(problems);
    runs.novaProblems()
        .forEach(
            (notification, problem) ->
                add(problems, notification, NOVA, "Nova cannot be read: " + problem));
    for (RecoveryRun run : runs.open()) {
      String question = question(run);
      runs.asksPerson(run.id(), question);
      if (question != null) {
        add(problems, run.notificationUuid(), PERSON, ASKED + question);
      }
      fencing
          .powerUnread(run.id())
          .ifPresent(
              problem ->
                  add(
                      problems,
                      run.notificationUuid(),
                      POWER,
                      "the power of " + run.hostName() + " cannot be read: " + problem));
    }
    questionsAboutGuests()
        .forEach((notification, question) -> add(problems, notification, PERSON, ASKED + question));
    guests
        .notTaken()
        .forEach((notification, problem) -> add(problems, notification, EVACUATION, problem));
    holds
        .open()
        .ifPresent(
            hold ->
                held.byNotification(hold)
                    .keySet()
                    .forEach(
                        notification ->
                            problems.put(Waiting.of(notification), Map.of(HELD, IS_HELD))));
    return problems;
  }

  /** What the recovery asks a person, and does not go on without; null when it asks nothing. */
  private String question(RecoveryRun run) {
    return tasks
        .createTaskQuery()
        .processInstanceBusinessKey(run.notificationUuid().toString())
        .list()
        .stream()
        .filter(
            task -> !task.getTaskDefinitionKey().equals(EvacuateHostProcess.LOOK_INTO_EVACUATION))
        .map(AttentionTasks::asked)
        .findFirst()
        .or(() -> decisions.hold(run.id()).map(AttentionTasks::held))
        .orElse(null);
  }

  /** What the restarts of guests ask persons, by their notifications. */
  private Map<UUID, String> questionsAboutGuests() {
    Map<String, String> questions =
        tasks.createTaskQuery().processDefinitionKey(InstanceFailureProcess.KEY).list().stream()
            .collect(
                Collectors.toMap(
                    Task::getProcessInstanceId, AttentionTasks::asked, (first, other) -> first));
    if (questions.isEmpty()) {
      return Map.of();
    }
    Map<UUID, String> byNotification = new HashMap<>();
    runtime
        .createProcessInstanceQuery()
        .processInstanceIds(questions.keySet())
        .list()
        .forEach(
            process ->
                Texts.uuid(process.getBusinessKey())
                    .ifPresent(key -> byNotification.put(key, questions.get(process.getId()))));
    return byNotification;
  }

  private static String asked(Task task) {
    return task.getName() + " (since " + task.getCreateTime().toInstant() + ")";
  }

  private static String held(Decision hold) {
    return "%s is on hold until %s, by %s%s"
        .formatted(
            hold.question(),
            hold.holdUntil(),
            hold.person(),
            hold.comment() == null ? "" : ": " + hold.comment());
  }

  private static void add(
      Map<Waiting, Map<String, Problem>> problems, UUID notification, String subject, String text) {
    problems
        .computeIfAbsent(Waiting.of(notification), key -> new LinkedHashMap<>())
        .put(subject, Problem.of(text));
  }

  private void failingSteps(Map<Waiting, Map<String, Problem>> problems) {
    List<Job> failing = management.createJobQuery().withException().list();
    if (failing.isEmpty()) {
      return;
    }
    Map<String, ProcessInstance> processes =
        runtime
            .createProcessInstanceQuery()
            .processInstanceIds(
                failing.stream().map(Job::getProcessInstanceId).collect(Collectors.toSet()))
            .list()
            .stream()
            .collect(Collectors.toMap(ProcessInstance::getId, process -> process));
    Map<String, String> names = new HashMap<>();
    for (Job job : failing) {
      ProcessInstance process = processes.get(job.getProcessInstanceId());
      if (process != null) { // it may have ended meanwhile
        String step = names.computeIfAbsent(job.getJobDefinitionId(), this::nameOf);
        problems
            .computeIfAbsent(waiting(process), key -> new LinkedHashMap<>())
            .compute(
                step,
                (key, before) ->
                    (before == null
                            ? Problem.of(
                                "\"" + step + "\" does not succeed: " + job.getExceptionMessage())
                            : before)
                        .and(job));
      }
    }
  }

  private Waiting waiting(ProcessInstance process) {
    return Texts.uuid(process.getBusinessKey())
        .filter(key -> notifications.find(key).isPresent())
        .map(Waiting::of)
        .orElseGet(() -> new Waiting(null, process.getRootProcessInstanceId()));
  }

  /** What the drawing calls it. */
  private String nameOf(String jobDefinitionId) {
    JobDefinition definition =
        management.createJobDefinitionQuery().jobDefinitionId(jobDefinitionId).singleResult();
    if (definition == null) {
      return "a step";
    }
    FlowElement step =
        repository
            .getBpmnModelInstance(definition.getProcessDefinitionId())
            .getModelElementById(definition.getActivityId());
    return step == null || step.getName() == null || step.getName().isBlank()
        ? definition.getActivityId()
        : step.getName();
  }

  private List<Open> open() {
    return jdbc.sql(
            """
            select id, notification_uuid, process_instance_id, subject, task_id,
                   first_seen_at < clock_timestamp() - cast(? as interval) as lasting
              from ukemi.attention where settled_at is null
            """)
        .param(LASTING.toString())
        .query(Open.class)
        .list();
  }

  private void tell(Waiting waiting, Map<String, Problem> problems, List<Open> open) {
    Optional<String> whose = whose(waiting);
    if (whose.isEmpty()) {
      return;
    }
    if (waiting.notificationUuid() != null) {
      notifications.waitsFor(waiting.notificationUuid(), text(problems.values()));
    }
    Set<String> known = open.stream().map(Open::subject).collect(Collectors.toSet());
    problems.forEach(
        (subject, problem) -> {
          if (!known.contains(subject)) {
            see(waiting, subject, problem);
          }
        });
    for (Open one : open) {
      Problem problem = problems.get(one.subject());
      if (problem == null) {
        settle(one);
        removeTask(one);
      } else if (one.taskId() != null && isAnswered(one)) {
        settle(one);
        problems.values().forEach(each -> tryAgain(each.jobs()));
      } else if (one.taskId() == null && (one.lasting() || problem.lost())) {
        raise(one, whose.get(), problem);
      }
    }
  }

  private static String text(Collection<Problem> problems) {
    return problems.isEmpty()
        ? null
        : problems.stream().map(Problem::text).map(Texts::cut).collect(Collectors.joining("; "));
  }

  /** What waits, as people call it; empty when it is not known any more. */
  private Optional<String> whose(Waiting waiting) {
    if (waiting.notificationUuid() != null) {
      return notifications
          .find(waiting.notificationUuid())
          .map(notification -> "recovery of " + notification.sourceHostName());
    }
    HistoricProcessInstance process =
        history
            .createHistoricProcessInstanceQuery()
            .processInstanceId(waiting.processInstanceId())
            .singleResult();
    return Optional.of(process == null ? "process " + waiting.processInstanceId() : name(process));
  }

  private String name(HistoricProcessInstance process) {
    Object host =
        process.getEndTime() == null
            ? runtime.getVariable(process.getId(), HostFailureProcess.HOST_NAME.name())
            : null;
    String name =
        Objects.requireNonNullElse(
            process.getProcessDefinitionName(), process.getProcessDefinitionKey());
    return host == null ? name : "%s (%s)".formatted(name, host);
  }

  private void see(Waiting waiting, String subject, Problem problem) {
    LOG.warn("{} waits: {}", waiting, problem.text());
    jdbc.sql(
            """
            insert into ukemi.attention (notification_uuid, process_instance_id, subject, problem)
            values (?, ?, ?, ?)
            """)
        .params(waiting.notificationUuid(), waiting.processInstanceId(), subject, problem.text())
        .update();
  }

  /** What has no notification to be kept with is not kept. */
  private void settle(Open open) {
    jdbc.sql(
            open.notificationUuid() == null
                ? "delete from ukemi.attention where id = ?"
                : "update ukemi.attention set settled_at = clock_timestamp() where id = ?")
        .param(open.id())
        .update();
  }

  private boolean isAnswered(Open open) {
    return tasks.createTaskQuery().taskId(open.taskId()).count() == 0;
  }

  private void removeTask(Open open) {
    if (open.taskId() != null && !isAnswered(open)) {
      tasks.deleteTask(open.taskId(), "it goes on");
    }
  }

  private void raise(Open open, String whose, Problem problem) {
    if (Set.of(PERSON, HELD).contains(open.subject())
        || open.subject().equals(POWER) && isAsked(open.notificationUuid())) {
      return; // there is a task, and it shows the readings
    }
    Task task = tasks.newTask("attention-" + UUID.randomUUID());
    task.setName("Attention: %s waits (%s)".formatted(whose, open.subject()));
    task.setDescription(
        problem.text()
            + "\nIt is tried again by itself. Complete this task to try again at once."
            + (open.notificationUuid() == null
                ? "\nProcess " + open.processInstanceId()
                : "\nNotification " + open.notificationUuid()));
    tasks.saveTask(task);
    tasks.addCandidateGroup(task.getId(), "operators");
    jdbc.sql("update ukemi.attention set task_id = ?, problem = ? where id = ?")
        .params(task.getId(), problem.text(), open.id())
        .update();
  }

  /** Whether the recovery has a question to a person open. */
  private boolean isAsked(UUID notification) {
    return tasks.createTaskQuery().processInstanceBusinessKey(notification.toString()).count() > 0;
  }

  /** What is being tried this very moment is left alone. */
  private void tryAgain(List<Job> jobs) {
    Set<String> running =
        management.createJobQuery().acquired().list().stream()
            .map(Job::getId)
            .collect(Collectors.toSet());
    for (Job job : jobs) {
      if (!running.contains(job.getId())) {
        if (job.getRetries() == 0) {
          management.setJobRetries(job.getId(), RETRIES);
        }
        management.setJobDuedate(job.getId(), new Date());
      }
    }
  }
}
