package ukemi.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ukemi.fencing.Provider;
import ukemi.notification.Notification;
import ukemi.notification.Notifications;
import ukemi.notification.PlannedFailures.Planned;
import ukemi.plannedwork.NewWork;
import ukemi.plannedwork.PlannedWork;
import ukemi.plannedwork.PlannedWorks;
import ukemi.plannedwork.WorkPlan;
import ukemi.segment.Hosts;

/** From the announcement of work to what becomes of what it has left. */
class PlannedWorkRunTest {

  private static final String UNDER_WAY = PlannedWorkProcess.WORK_UNDER_WAY;
  private static final String IS_OVER = PlannedWorkProcess.SEE_TO_FAILURES;

  private final RunbookWorld world = RunbookWorld.with(Provider.NONE);
  private final WorkPlan plan = world.bean(WorkPlan.class);
  private final PlannedWorks works = world.bean(PlannedWorks.class);

  @BeforeEach
  void aSegmentOfThreeHosts() {
    world
        .jdbc
        .sql(
            """
            insert into ukemi.failover_segment (uuid, name, service_type, recovery_method)
            values (gen_random_uuid(), 'rack-a', 'COMPUTE', 'auto')
            """)
        .update();
    for (String host : List.of("compute-1", "compute-2", "compute-3")) {
      world
          .jdbc
          .sql(
              """
              insert into ukemi.host (uuid, segment_uuid, name, type, control_attributes)
              select gen_random_uuid(), uuid, ?, 'COMPUTE', 'SSH' from ukemi.failover_segment
              """)
          .param(host)
          .update();
      world.nova.hosts.add(host);
      world.nova.alive.add(host);
    }
  }

  private PlannedWork announce(String host, String segment) {
    return announce(host, segment, Duration.ZERO, Duration.ofHours(4));
  }

  private PlannedWork announce(String host, String segment, Duration begins, Duration ends) {
    Instant now = Instant.now();
    PlannedWork work =
        plan.announce(new NewWork(host, segment, now.plus(begins), now.plus(ends), "CHG-7", "ann"));
    world.work();
    return work;
  }

  private void dies(String host) {
    world.nova.alive.remove(host);
    world.nova.down.add(host);
  }

  /** Reported, and noted by the door. */
  private UUID noted(String host, String type, String payload) {
    UUID uuid =
        world
            .jdbc
            .sql(
                """
                insert into ukemi.notification (uuid, type, source_host_uuid, source_host_name,
                  segment_uuid, payload, generated_time, status)
                select gen_random_uuid(), ?, uuid, name, segment_uuid, ?::jsonb, now(), 'ignored'
                  from ukemi.host where name = ?
                returning uuid
                """)
            .params(type, payload, host)
            .query(UUID.class)
            .single();
    Notification notification = world.bean(Notifications.class).find(uuid).orElseThrow();
    Planned planned =
        works.openFor(world.bean(Hosts.class).byName(host).orElseThrow()).orElseThrow();
    works.note(planned, notification);
    return uuid;
  }

  private UUID noted(String host) {
    return noted(host, "COMPUTE_HOST", "{\"event\": \"STOPPED\", \"host_status\": \"NORMAL\"}");
  }

  private void timeIsUp(PlannedWork work) {
    world
        .jdbc
        .sql(
            """
            update ukemi.planned_work set starts_at = now() - interval '5 h',
                   ends_at = now() - interval '1 s' where uuid = ?
            """)
        .param(work.uuid())
        .update();
    timer(work);
  }

  private void timer(PlannedWork work) {
    timers(work, "WorkTimeIsUp").forEach(job -> world.management.executeJob(job.getId()));
    world.work();
  }

  private List<Job> timers(PlannedWork work, String activity) {
    String process =
        world
            .runtime
            .createProcessInstanceQuery()
            .processInstanceBusinessKey(work.uuid().toString())
            .singleResult()
            .getId();
    return world
        .management
        .createJobQuery()
        .timers()
        .activityId(activity)
        .processInstanceId(process)
        .list();
  }

  private Task task(String key) {
    return world.tasks.createTaskQuery().taskDefinitionKey(key).singleResult();
  }

  private void answer(String key, Map<String, Object> answers) {
    world.complete(key, "ada", List.of("operators"), answers);
    world.work();
  }

  private String shown(String variable) {
    return (String) world.tasks.getVariable(task(IS_OVER).getId(), variable);
  }

  private void isClosed(PlannedWork work, String outcome) {
    PlannedWork now = works.find(work.uuid()).orElseThrow();
    assertThat(now.closedAt()).isNotNull();
    assertThat(now.outcome()).contains(outcome);
    assertThat(
            world
                .runtime
                .createProcessInstanceQuery()
                .processInstanceBusinessKey(work.uuid().toString())
                .count())
        .isZero();
  }

  @Test
  void whenNothingIsLeftItClosesAndAsksNobody() {
    PlannedWork work = announce("compute-1", null);
    assertThat(task(UNDER_WAY).getName())
        .matches("Planned work on host compute-1 until [-0-9]{10} [0-9:]{5} UTC");

    timeIsUp(work);

    assertThat(world.tasks.createTaskQuery().count()).isZero();
    isClosed(work, "Nothing was left");
  }

  @Test
  void itsTimerIsDueAtItsEnd() {
    PlannedWork work = announce("compute-1", null, Duration.ofHours(2), Duration.ofHours(5));
    assertThat(task(UNDER_WAY).getName())
        .matches("Planned work on host compute-1 from .* until .*");
    assertThat(timers(work, "WorkTimeIsUp").get(0).getDuedate().toInstant())
        .isBetween(work.endsAt().minusSeconds(60), work.endsAt().plusSeconds(60));
  }

  @Test
  void aTimerOfAClockThatIsAheadDoesNotEndIt() {
    PlannedWork work = announce("compute-1", null);
    timer(work);
    assertThat(task(UNDER_WAY)).isNotNull();
    assertThat(works.find(work.uuid()).orElseThrow().endedAt()).isNull();
    assertThat(timers(work, "WorkTimeIsUp")).hasSize(1);
  }

  @Test
  void aFailureThatWasNotedIsShownWithTheStateOfItsHostNow() {
    PlannedWork work = announce(null, "rack-a");
    noted("compute-1");
    dies("compute-1");
    noted("compute-2", "PROCESS", "{\"event\": \"STOPPED\", \"process_name\": \"libvirtd\"}");
    UUID guest = world.nova.put("compute-2", "error", Map.of());
    noted("compute-2", "VM", "{\"event\": \"LIFECYCLE\", \"instance_uuid\": \"" + guest + "\"}");

    timeIsUp(work);

    assertThat(task(IS_OVER).getName())
        .isEqualTo("Planned work on segment rack-a is over: 3 failures noted");
    assertThat(shown("evidence").lines())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .matches("compute-1: host reported failed at .*Z; now nova-compute down"),
            line ->
                assertThat(line)
                    .contains("compute-2: process libvirtd reported", "now nova-compute up"),
            line ->
                assertThat(line)
                    .contains("compute-2: guest " + guest, "; guest-" + guest + " is error on"));
  }

  @Test
  void aHostThatIsStillDeadIsShownThoughNobodyHasReportedIt() {
    PlannedWork work = announce(null, null);
    dies("compute-3");
    timeIsUp(work);
    assertThat(task(IS_OVER).getName())
        .isEqualTo(
            "Planned work on the whole cloud is over: 0 failures noted, 1 other host not in service");
    assertThat(shown("evidence"))
        .isEqualTo("compute-3: nothing was reported; now nova-compute down");
  }

  @ParameterizedTest
  @CsvSource({
    "forced,   nova-compute forced down",
    "disabled, 'nova-compute up, disabled (a fan)'",
    "silent,   nova-compute silent since",
    "gone,     Nova does not show its nova-compute"
  })
  void aHostThatIsNotInServiceIsShown(String how, String state) {
    PlannedWork work = announce("compute-1", null);
    switch (how) {
      case "forced" -> world.nova.forcedDown.add("compute-1");
      case "disabled" -> world.nova.disabled.put("compute-1", "a fan");
      case "silent" -> world.nova.alive.remove("compute-1");
      default -> world.nova.hosts.remove("compute-1");
    }
    timeIsUp(work);
    assertThat(shown("evidence")).contains("compute-1: nothing was reported; now " + state);
  }

  @ParameterizedTest
  @ValueSource(strings = {"OPERATOR", "RECOVERY", "RETURN"})
  void aHostThatIsOutOfServiceForAnotherReasonIsNot(String owner) {
    PlannedWork work = announce("compute-1", null);
    world.jdbc.sql("update ukemi.host set maintenance_owner = ?").param(owner).update();
    dies("compute-1");
    timeIsUp(work);
    isClosed(work, "Nothing was left");
  }

  @Test
  void aReserveIsDisabledAsItShouldBe() {
    PlannedWork work = announce("compute-1", null);
    world.jdbc.sql("update ukemi.host set reserved = true").update();
    world.nova.disabled.put("compute-1", "a reserve");
    timeIsUp(work);
    isClosed(work, "Nothing was left");
  }

  @Test
  void thePersonHasTheHostsRecoveredAndTheirGuestsComeBackOnce() {
    PlannedWork work = announce(null, "rack-a");
    final UUID guest = world.nova.put("compute-1", "active", Map.of());
    final UUID other = world.nova.put("compute-2", "active", Map.of());
    UUID report = noted("compute-1");
    noted("compute-2");
    dies("compute-1");
    timeIsUp(work);

    answer(IS_OVER, Map.of("decision", "recover"));
    world.nova.land(guest, "compute-3", "active");
    world.work();
    assertThat(shown("evidence"))
        .startsWith("compute-2: host reported")
        .endsWith("Being recovered, or recovered since: compute-1");
    answer(IS_OVER, Map.of("decision", "look"));
    assertThat(shown("evidence")).as("it is recovered by now").contains("since: compute-1");
    answer(IS_OVER, Map.of("decision", "leave"));

    assertThat(world.nova.evacuateCalls()).containsExactly(guest).doesNotContain(other);
    assertThat(world.count("notification where status = 'finished'")).isEqualTo(1);
    assertThat(world.status(report)).as("it stays as it ended").isEqualTo("ignored");
    isClosed(work, "Recoveries begun by ada: compute-1 (notification ");
    assertThat(world.tasks.createTaskQuery().count()).isZero();
  }

  @Test
  void onlyTheHostsThatThePersonNamesAreRecovered() {
    PlannedWork work = announce(null, "rack-a");
    noted("compute-1");
    noted("compute-2");
    dies("compute-1");
    dies("compute-2");
    world.nova.put("compute-2", "active", Map.of());
    timeIsUp(work);

    answer(IS_OVER, Map.of("decision", "recover", "onlyHosts", "compute-2, compute-3 compute-9"));

    assertThat(
            world
                .jdbc
                .sql("select source_host_name from ukemi.notification where status <> 'ignored'")
                .query(String.class)
                .list())
        .containsExactly("compute-2");
    assertThat(shown("refused"))
        .contains("compute-3: not down, but nova-compute up", "compute-9: no such host");
    assertThat(shown("evidence").lines())
        .satisfiesExactly(
            line -> assertThat(line).matches("compute-1: host .*; now nova-compute down"),
            line -> assertThat(line).isEqualTo("Being recovered, or recovered since: compute-2"));
  }

  @Test
  void whenOneOfTwoIsRecoveredTheTaskIsBackForTheOther() {
    PlannedWork work = announce(null, "rack-a");
    noted("compute-1");
    noted("compute-2");
    dies("compute-1");
    dies("compute-2");
    timeIsUp(work);

    answer(IS_OVER, Map.of("decision", "recover", "onlyHosts", "compute-2"));

    assertThat(shown("refused")).isNull();
    assertThat(task(IS_OVER).getName())
        .isEqualTo("Planned work on segment rack-a is over: 1 failure noted");
    answer(IS_OVER, Map.of("decision", "leave"));
    isClosed(work, "Recoveries begun by ada: compute-2");
    isClosed(work, "Left by ada\ncompute-1: host reported failed");
  }

  @Test
  void whatWasRefusedIsInTheOutcomeWhenNothingElseIsLeft() {
    PlannedWork work = announce("compute-1", null);
    noted("compute-1");
    dies("compute-1");
    timeIsUp(work);
    answer(IS_OVER, Map.of("decision", "recover", "onlyHosts", "compute-1, compute-9"));
    isClosed(work, "Recoveries begun by ada: compute-1");
    isClosed(work, "Not done: compute-9: no such host in the planned work");
  }

  @Test
  void aHostThatIsRenamedMeanwhileIsRecovered() {
    PlannedWork work = announce("compute-1", null);
    noted("compute-1");
    world.jdbc.sql("update ukemi.host set name = 'compute-7' where name = 'compute-1'").update();
    world.nova.hosts.add("compute-7");
    dies("compute-7");
    timeIsUp(work);
    answer(IS_OVER, Map.of("decision", "recover"));
    isClosed(work, "Recoveries begun by ada: compute-7");
    assertThat(
            world.count(
                "notification where status <> 'ignored' and source_host_name = 'compute-7'"
                    + " and payload ->> 'host_status' = 'NORMAL'"))
        .isOne();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RECOVERY", "RETURN"})
  void allThatAreDownAreNotThoseInRepair(String owner) {
    PlannedWork work = announce("compute-1", null);
    noted("compute-1");
    dies("compute-1");
    world.jdbc.sql("update ukemi.host set maintenance_owner = ?").param(owner).update();
    timeIsUp(work);

    answer(IS_OVER, Map.of("decision", "recover"));
    assertThat(shown("refused")).startsWith("No host of it is down.");
    assertThat(world.count("notification where status <> 'ignored'")).isZero();

    answer(IS_OVER, Map.of("decision", "recover", "onlyHosts", "compute-1"));
    assertThat(world.count("notification where status <> 'ignored'"))
        .as("a person's word")
        .isEqualTo(owner.equals("RECOVERY") ? 1 : 0);
  }

  @Test
  void aGuestThatNovaDoesNotShowHidesNoHost() {
    final PlannedWork work = announce("compute-1", null);
    dies("compute-1");
    UUID guest = UUID.randomUUID();
    world.nova.unreachable.add(guest);
    noted("compute-1", "VM", "{\"event\": \"LIFECYCLE\", \"instance_uuid\": \"" + guest + "\"}");
    timeIsUp(work);
    assertThat(task(IS_OVER).getName()).endsWith("is over: 1 failure noted");
    assertThat(shown("evidence")).contains("now nova-compute down; Nova does not show the guest: ");

    answer(IS_OVER, Map.of("decision", "recover"));
    assertThat(world.count("notification where type = 'COMPUTE_HOST'")).isOne();
  }

  @Test
  void hostsThatAreDownAreListedFirstAndWhatIsCutIsCounted() {
    PlannedWork work = announce(null, "rack-a");
    for (int guest = 0; guest < 40; guest++) {
      noted(
          "compute-1",
          "VM",
          "{\"event\": \"LIFECYCLE\", \"instance_uuid\": \"" + UUID.randomUUID() + "\"}");
    }
    noted("compute-1", "PROCESS", "{\"event\": \"STOPPED\", \"process_name\": \"libvirtd\"}");
    noted("compute-2");
    noted("compute-3");
    dies("compute-3");
    world.nova.disabled.put("compute-1", "x".repeat(255));
    timeIsUp(work);

    List<String> lines = shown("evidence").lines().toList();
    assertThat(lines.get(0)).startsWith("compute-3: host reported");
    assertThat(lines.get(1)).startsWith("compute-2: host reported");
    assertThat(lines.get(2)).startsWith("compute-1: process libvirtd");
    assertThat(lines.get(3)).startsWith("compute-1: guest ");
    assertThat(lines.get(lines.size() - 1))
        .isEqualTo(
            "and %d more: GET /v1/planned-work/%s names the notifications"
                .formatted(43 - (lines.size() - 1), work.uuid()));
  }

  @Test
  void aLongNameDoesNotKeepTheTasksFromComing() {
    String name = "r".repeat(255);
    world.jdbc.sql("update ukemi.failover_segment set name = ?").param(name).update();
    PlannedWork work = announce(null, name);
    assertThat(task(UNDER_WAY).getName()).startsWith("Planned work on segment rrr");
    noted("compute-1");
    timeIsUp(work);
    assertThat(task(IS_OVER).getName()).endsWith("… is over: 1 failure noted");
  }

  @Test
  void aHostThatIsRegisteredAgainMeanwhileIsItsHost() {
    PlannedWork work = announce("compute-1", null);
    world.jdbc.sql("update ukemi.host set deleted_at = now() where name = 'compute-1'").update();
    world
        .jdbc
        .sql(
            """
            insert into ukemi.host (uuid, segment_uuid, name, type, control_attributes)
            select gen_random_uuid(), uuid, 'compute-1', 'COMPUTE', 'SSH'
              from ukemi.failover_segment
            """)
        .update();
    dies("compute-1");
    timeIsUp(work);
    assertThat(shown("evidence"))
        .isEqualTo("compute-1: nothing was reported; now nova-compute down");
  }

  @Test
  void whatIsRefusedIsSaidAndAskedAgain() {
    PlannedWork work = announce("compute-1", null);
    noted("compute-1");
    dies("compute-1");
    world.jdbc.sql("update ukemi.host set maintenance_owner = 'OPERATOR'").update();
    timeIsUp(work);

    answer(IS_OVER, Map.of("decision", "recover"));

    assertThat(shown("refused")).isEqualTo("compute-1: an operator has the host on maintenance");
    assertThat(world.count("notification where status <> 'ignored'")).isZero();
    answer(IS_OVER, Map.of("decision", "look"));
    assertThat(shown("refused")).isNull();
    answer(IS_OVER, Map.of("decision", "leave", "comment", "scrapped"));
    isClosed(work, "Left by ada: scrapped\ncompute-1: host reported failed");
  }

  @Test
  void whenNovaCannotBeAskedThePersonIsToldAndNothingIsGuessed() {
    PlannedWork work = announce("compute-1", null);
    world.nova.unreachable.add("services");
    timeIsUp(work);
    assertThat(task(IS_OVER).getName())
        .isEqualTo(
            "Planned work on host compute-1 is over: 0 failures noted, Nova cannot be asked");
    answer(IS_OVER, Map.of("decision", "recover"));
    assertThat(shown("refused")).contains("Nova cannot be asked which hosts are down");
    assertThat(world.count("notification")).isZero();

    world.nova.unreachable.clear();
    answer(IS_OVER, Map.of("decision", "look"));
    isClosed(work, "Nothing was left");
  }

  @Test
  void lookingAgainShowsTheWorldAsItIsThen() {
    PlannedWork work = announce("compute-1", null);
    noted("compute-1");
    dies("compute-1");
    timeIsUp(work);
    world.nova.down.clear();
    world.nova.alive.add("compute-1");
    answer(IS_OVER, Map.of("decision", "look"));
    assertThat(shown("evidence")).endsWith("now nova-compute up");
  }

  @Test
  void anUnansweredQuestionMovesUp() {
    PlannedWork work = announce("compute-1", null);
    noted("compute-1");
    timeIsUp(work);
    int before = task(IS_OVER).getPriority();
    timers(work, "WorkReminderDue").forEach(job -> world.management.executeJob(job.getId()));
    world.work();
    assertThat(task(IS_OVER).getPriority()).isGreaterThan(before);
  }

  @Test
  void aHostThatIsBeingRecoveredIsNotAskedAbout() {
    PlannedWork work = announce("compute-1", null);
    dies("compute-1");
    world
        .jdbc
        .sql(
            """
            insert into ukemi.notification (uuid, type, source_host_uuid, source_host_name,
              segment_uuid, payload, generated_time, status)
            select gen_random_uuid(), 'COMPUTE_HOST', uuid, name, segment_uuid, '{}', now(),
              'running' from ukemi.host where name = 'compute-1'
            """)
        .update();
    timeIsUp(work);
    isClosed(work, "Nothing was left");
  }

  // its end

  @Test
  void itIsEndedOverTheApi() {
    PlannedWork work = announce("compute-1", null);
    noted("compute-1");
    plan.end(work, "bob");
    world.bean(WorkStarter.class).round();
    world.work();
    assertThat(task(IS_OVER)).isNotNull();
    assertThat(works.find(work.uuid()).orElseThrow().endedBy()).isEqualTo("bob");
  }

  @Test
  void whatIsCalledOffBeforeItsBeginHasLeftNothing() {
    dies("compute-1");
    PlannedWork work = announce("compute-1", null, Duration.ofHours(1), Duration.ofHours(2));
    plan.end(work, "bob");
    world.bean(WorkStarter.class).round();
    world.work();
    isClosed(work, "Called off before it had begun");
  }

  @Test
  void aPersonEndsItInTasklist() {
    PlannedWork work = announce("compute-1", null);
    answer(UNDER_WAY, Map.of("decision", "end"));
    assertThat(works.find(work.uuid()).orElseThrow().endedBy()).isEqualTo("ada");
    isClosed(work, "Nothing was left");
  }

  @Test
  void aPersonMovesItsEndInTasklist() {
    PlannedWork work = announce("compute-1", null);
    answer(UNDER_WAY, Map.of("decision", "change", "newEnd", "yesterday"));
    assertThat((String) world.tasks.getVariable(task(UNDER_WAY).getId(), "refused"))
        .contains("\"yesterday\" is no time");
    answer(UNDER_WAY, Map.of("decision", "change", "newEnd", "10h"));

    assertThat(world.tasks.getVariable(task(UNDER_WAY).getId(), "refused")).isNull();
    Instant end = works.find(work.uuid()).orElseThrow().endsAt();
    assertThat(end).isAfter(work.endsAt().plus(Duration.ofHours(5)));
    assertThat(timers(work, "WorkTimeIsUp").get(0).getDuedate().toInstant())
        .isBetween(end.minusSeconds(60), end.plusSeconds(60));
  }

  @Test
  void whatIsEndedWhileItsEndIsBeingMovedEnds() {
    PlannedWork work = announce("compute-1", null);
    world.complete(UNDER_WAY, "ada", Map.of("decision", "change", "newEnd", "10h"));
    plan.end(work, "bob"); // nothing waits for it at this moment
    world.work();
    isClosed(work, "Nothing was left");
  }

  @Test
  void aProcessThatSomebodyDeletesComesAgain() {
    PlannedWork work = announce("compute-1", null);
    noted("compute-1");
    for (String key : List.of(UNDER_WAY, IS_OVER)) {
      world.runtime.deleteProcessInstance(task(key).getProcessInstanceId(), "not mine", true);
      world.bean(WorkStarter.class).round();
      world.work();
      assertThat(task(key)).isNotNull();
      world.bean(WorkStarter.class).round();
      assertThat(world.runtime.createProcessInstanceQuery().count()).isEqualTo(1);
      if (key.equals(UNDER_WAY)) {
        timeIsUp(work);
      }
    }
    answer(IS_OVER, Map.of("decision", "leave"));
    world.bean(WorkStarter.class).round();
    assertThat(world.runtime.createProcessInstanceQuery().count()).isZero();
  }

  // its scope

  @Test
  void aHostThatOtherWorkIsAboutIsLeftToThat() {
    PlannedWork first = announce("compute-1", null);
    noted("compute-1");
    dies("compute-1");
    PlannedWork second = announce(null, "rack-a");

    timeIsUp(first);
    isClosed(first, "Nothing was left\n1 failures of hosts that other planned work is about");
    assertThat(works.noted(second.uuid())).hasSize(1);

    timeIsUp(second);
    assertThat(task(IS_OVER).getName())
        .isEqualTo("Planned work on segment rack-a is over: 1 failure noted");
  }

  @Test
  void aHostInOtherWorkIsNotRecovered() {
    PlannedWork first = announce("compute-1", null);
    noted("compute-1");
    dies("compute-1");
    timeIsUp(first);
    announce(null, "rack-a");
    answer(IS_OVER, Map.of("decision", "recover"));
    assertThat(world.count("notification where status <> 'ignored'")).isZero();
    isClosed(first, "Not done: compute-1: there is planned work on segment rack-a until ");
    isClosed(first, "1 failures of hosts that other planned work is about");
  }

  @Test
  void aHostThatIsDeletedMeanwhileLeavesNothing() {
    PlannedWork work = announce("compute-1", null);
    dies("compute-1");
    world.jdbc.sql("update ukemi.host set deleted_at = now() where name = 'compute-1'").update();
    timeIsUp(work);
    isClosed(work, "Nothing was left");
  }

  @Test
  void aFailureOfAHostThatIsDeletedMeanwhileIsShownAllTheSame() {
    PlannedWork work = announce(null, "rack-a");
    noted("compute-1");
    world.jdbc.sql("update ukemi.host set deleted_at = now()").update();
    world.jdbc.sql("update ukemi.failover_segment set deleted_at = now()").update();
    timeIsUp(work);
    assertThat(shown("evidence")).endsWith("now not registered any more");
    answer(IS_OVER, Map.of("decision", "recover"));
    assertThat(shown("refused")).startsWith("No host of it is down.");
  }

  // in Tasklist

  private void start(Map<String, Object> answers) {
    IdentityService identity = world.bean(IdentityService.class);
    identity.setAuthentication("ann", List.of("operators"));
    try {
      world.runtime.startProcessInstanceByKey(PlannedWorkProcess.KEY, answers);
    } finally {
      identity.clearAuthentication();
    }
    world.work();
  }

  private static Map<String, Object> form(String scope, String name, String begins, String ends) {
    Map<String, Object> form = new HashMap<>();
    form.put("scope", scope);
    form.put("scopeName", name);
    form.put("begins", begins);
    form.put("ends", ends);
    form.put("reason", "CHG-7");
    return form;
  }

  @Test
  void itIsAnnouncedInTasklist() {
    start(form("segment", "rack-a", "", "4h"));

    PlannedWork work = works.unfinished().get(0);
    assertThat(work.person()).isEqualTo("ann");
    assertThat(work.subject()).isEqualTo("segment rack-a");
    assertThat(Duration.between(work.startsAt(), work.endsAt()))
        .isCloseTo(Duration.ofHours(4), Duration.ofMinutes(1));
    assertThat(task(UNDER_WAY)).isNotNull();
    noted("compute-1");
    timeIsUp(work);
    assertThat(task(IS_OVER)).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "host,    compute-9, '',      4h,               No host named \"compute-9\".",
    "host,    ,          '',      4h,               No host named \"\".",
    "segment, rack-z,    '',      4h,               No segment with name or uuid \"rack-z\".",
    "cloud,   ,          tonight, 4h,               \"tonight\" is no time",
    "cloud,   ,          '',      '',               \"\" is no time",
    "cloud,   ,          '',      31d,              It is longer than 30 days.",
    "cloud,   ,          '',      2020-01-01 10:00, Its end is in the past."
  })
  void whatIsWrongIsNotAnnouncedAndThePersonIsTold(
      String scope, String name, String begins, String ends, String why) {
    start(form(scope, name, begins, ends));
    Task told = task("ReadWhyNotAnnounced");
    assertThat(told.getAssignee()).isEqualTo("ann");
    assertThat((String) world.tasks.getVariable(told.getId(), "answer")).contains(why);
    assertThat(world.count("planned_work")).isZero();
    answer("ReadWhyNotAnnounced", Map.of());
    assertThat(world.runtime.createProcessInstanceQuery().count()).isZero();
  }

  @Test
  void aScopeThatIsNoneIsNotTheWholeCloud() {
    start(form("rack", "rack-a", "", "4h"));
    assertThat(world.count("planned_work")).isZero();
    assertThat(task("ReadWhyNotAnnounced")).isNotNull();
  }
}
