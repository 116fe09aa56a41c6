package ukemi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.identity.User;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import ukemi.PolicyTable;
import ukemi.RunningUkemi;
import ukemi.compute.Compute;
import ukemi.compute.ComputeService;
import ukemi.simulator.GuestActionFailure;
import ukemi.simulator.MachineFault;
import ukemi.simulator.SimulatedCloud;

/**
 * An operator answers every question that a recovery asks, in the real Tasklist; what came of it is
 * judged by the notification and by the simulated cloud's truth. Pictures are in target/browser.
 */
class OperatorsBrowserTest {

  /** More than any step takes on a slow machine. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private static final String PASSWORD = "not-a-secret";

  private static Browser browser;
  private static SimulatedCloud cloud;
  private static RunningUkemi ukemi;
  private static Tasklist tasklist;
  private static Cockpit cockpit;
  private static int addresses;

  @RegisterExtension
  static final AfterTestExecutionCallback PICTURE_OF_A_FAILURE =
      test ->
          test.getExecutionException()
              .ifPresent(
                  failure -> browser.picture("failed-" + test.getRequiredTestMethod().getName()));

  @BeforeAll
  static void anOperatorInTasklist() {
    browser = Browser.start();
    cloud = SimulatedCloud.start(0);
    cloud
        .settings()
        .reportInterval(Duration.ofSeconds(1))
        .evacuationTime(Duration.ofMillis(500))
        .bmcTimeout(Duration.ofSeconds(2))
        .rpcTimeout(Duration.ofSeconds(5));
    // by itself nothing becomes a false alarm while a page is slow
    ukemi = RunningUkemi.start(cloud, Map.of("ukemi.detection.false-alarm-after", "2h"));
    newOperator("ada", "Ada", "Lovelace");
    tasklist = new Tasklist(browser, ukemi.url());
    tasklist.logIn("ada", PASSWORD);
    cockpit = new Cockpit(browser, ukemi.url());
  }

  @BeforeEach
  void openTasklist() {
    tasklist.open();
  }

  private static void newOperator(String id, String firstName, String lastName) {
    IdentityService people = ukemi.bean(IdentityService.class);
    User person = people.newUser(id);
    person.setFirstName(firstName);
    person.setLastName(lastName);
    person.setPassword(PASSWORD);
    people.saveUser(person);
    people.createMembership(id, "operators");
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
    if (ukemi != null) {
      ukemi.close();
    }
    if (cloud != null) {
      cloud.close();
    }
  }

  private static void policy(PolicyTable policy) {
    policy.deploy(ukemi.bean(RepositoryService.class));
  }

  /** Hosts of a segment of their own; gives the guests of the first one. */
  private static List<UUID> segment(String name, String method, String... hosts) {
    for (String host : hosts) {
      cloud.addHost(host, "10.30.0." + ++addresses);
    }
    String segment = ukemi.client().createSegment(name, method);
    ukemi.client().createHosts(segment, hosts);
    return IntStream.rangeClosed(1, 4)
        .mapToObj(n -> cloud.addGuest(hosts[0], hosts[0] + "-guest-" + n))
        .toList();
  }

  private static String die(String host) {
    cloud.crash(host);
    return ukemi.client().hostStopped(host);
  }

  /** Makes the timer of that name in the drawing due. */
  private static void timePasses(String timer) {
    ManagementService management = ukemi.bean(ManagementService.class);
    List<String> due = new ArrayList<>();
    await(timer)
        .atMost(LIMIT)
        .until(
            () -> {
              management
                  .createJobQuery()
                  .timers()
                  .activityId(timer)
                  .list()
                  .forEach(job -> due.add(job.getId()));
              return !due.isEmpty();
            });
    due.forEach(job -> management.setJobDuedate(job, new Date()));
  }

  private static void awaitStatus(String notification, String status) {
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(300))
        .untilAsserted(
            () ->
                assertThat(ukemi.client().status(notification))
                    .as(() -> message(notification))
                    .isEqualTo(status));
  }

  private static String message(String notification) {
    return ukemi.client().notification(notification).get("message").asText();
  }

  @Test
  void aDenialNeedsACommentAndEndsTheRecoveryWithWhoAndWhy() {
    policy(PolicyTable.shipped().askBeforeFencing("\"yes\""));
    segment("rack-a", "auto", "rack-a-1", "rack-a-2");
    String notification = die("rack-a-1");

    tasklist.open("Approve recovery of rack-a-1");
    assertThat(tasklist.form()).contains("rack-a-1", "4 active", "recovery-policy", notification);
    tasklist.picture("approve-recovery");
    tasklist.claim();
    tasklist.choose("Deny");
    tasklist.picture("approve-recovery-deny");
    tasklist.tryToComplete();
    tasklist.picture("approve-recovery-refused");
    assertThat(tasklist.refusal("Why are the guests not recovered?")).contains("is required");
    assertThat(ukemi.client().status(notification)).isEqualTo("running");

    tasklist.fill("Why are the guests not recovered?", "we move this rack today");
    tasklist.complete();
    awaitStatus(notification, "ignored");
    assertThat(message(notification))
        .isEqualTo("Denied by ada: we move this rack today\nNothing was changed on rack-a-1");
    assertThat(cloud.truth().hasPower("rack-a-2")).isTrue();
  }

  @Test
  void aRecoveryThatIsHeldIsAskedForAgainAndGoesOnWhenItIsApprovedBothTimes() {
    policy(PolicyTable.shipped().askBeforeFencing("\"yes\"").askBeforeEvacuation("\"yes\""));
    List<UUID> guests = segment("rack-b", "auto", "rack-b-1", "rack-b-2");
    String notification = die("rack-b-1");

    tasklist.open("Approve recovery of rack-b-1");
    tasklist.claim();
    tasklist.choose("Hold");
    tasklist.choose("Ask again after", "4 hours");
    tasklist.fill("Comment", "waiting for the electrician");
    tasklist.picture("approve-recovery-hold");
    tasklist.complete();
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(message(notification))
                    .contains("is on hold until", "by ada: waiting for the electrician"));

    timePasses("HoldOver");
    tasklist.open("Approve recovery of rack-b-1");
    tasklist.claim();
    tasklist.choose("Approve");
    tasklist.complete();
    tasklist.open("Approve evacuation of rack-b-1");
    assertThat(tasklist.form()).contains("proof of off by readings");
    tasklist.picture("approve-evacuation");
    tasklist.claim();
    tasklist.choose("Approve");
    tasklist.picture("approve-evacuation-approve");
    tasklist.complete();
    awaitStatus(notification, "finished");
    assertThat(guests)
        .allSatisfy(guest -> assertThat(cloud.truth().hostOf(guest)).isEqualTo("rack-b-2"));
  }

  @Test
  void aGuestThatDoesNotComeBackIsRestartedAgainOrLeft() {
    policy(PolicyTable.shipped());
    segment("rack-g", "auto", "rack-g-1", "rack-g-2");
    UUID guest = cloud.addGuest("rack-g-1", "web-7", Map.of("HA_Enabled", "True"));
    cloud.failActions(guest, GuestActionFailure.ENDS_IN_ERROR);
    String notification =
        ukemi.client().guestReported("rack-g-1", guest, "LIFECYCLE", "STOPPED_FAILED");
    timePasses("StopOverdue");
    for (int stops : new int[] {2, 3}) { // anew, for a move
      await()
          .atMost(LIMIT)
          .until(
              () -> Collections.frequency(cloud.truth().actions(guest), "os-stop"),
              count -> count == stops);
      timePasses("StopOverdue");
    }

    tasklist.open("Look into guest web-7 of rack-g-1");
    assertThat(tasklist.form())
        .contains(
            "Nova did not restart it",
            "internal error: monitor gone",
            "Stop: not done in time",
            "move it to another host");
    tasklist.claim();
    tasklist.picture("look-into-guest");
    tasklist.choose("Stop and start it again");
    tasklist.fill("Comment", "once more");
    tasklist.complete();
    timePasses("StopOverdue");
    tasklist.open("Look into guest web-7 of rack-g-1");
    tasklist.claim();
    tasklist.choose("Leave it as it is");
    tasklist.fill("Comment", "its disk is broken");
    tasklist.complete();

    awaitStatus(notification, "failed");
    assertThat(message(notification)).startsWith("web-7 was left by ada: its disk is broken");
    cloud.failNothing();
  }

  @Test
  void aHostIsEnabledAgainByAPersonWhenTheTableSaysSo() {
    policy(PolicyTable.shipped().with("process-response.dmn", "\"yes\"</text>", "\"ask\"</text>"));
    segment("rack-p", "auto", "rack-p-1", "rack-p-2");
    ukemi.client().processReported("rack-p-1", "libvirtd", "STOPPED");
    await().atMost(LIMIT).until(() -> cloud.truth().serviceStatus("rack-p-1"), "disabled"::equals);
    ukemi.client().processReported("rack-p-1", "libvirtd", "STARTED");

    tasklist.open("Enable rack-p-1 again?");
    tasklist.claim();
    tasklist.picture("enable-host");
    tasklist.choose("Enable it");
    tasklist.complete();

    await().atMost(LIMIT).until(() -> cloud.truth().serviceStatus("rack-p-1"), "enabled"::equals);
  }

  @Test
  void aSlowRecoveryIsLookedIntoThenCancelledAndItsHostPutBack() {
    policy(PolicyTable.shipped());
    List<UUID> guests = segment("rack-c", "auto", "rack-c-1", "rack-c-2");
    guests.forEach(guest -> cloud.evacuationTime(guest, Duration.ofMinutes(10)));
    String notification = die("rack-c-1");
    await()
        .atMost(LIMIT)
        .until(() -> guests.stream().noneMatch(g -> cloud.truth().evacuateCalls(g).isEmpty()));

    timePasses("EvacuationSlow");
    tasklist.open("Look into evacuation of rack-c-1");
    tasklist.claim();
    tasklist.picture("look-into-evacuation");
    tasklist.choose("No");
    tasklist.complete();

    ProcessInstance run =
        ukemi
            .bean(RuntimeService.class)
            .createProcessInstanceQuery()
            .processInstanceBusinessKey(notification, "host-failure")
            .singleResult();
    cockpit.open();
    cockpit.picture("cockpit");
    cockpit.openProcess(run.getProcessDefinitionId());
    cockpit.picture("cockpit-process");
    assertThat(cockpit.tokensOfRun(run.getId(), "EvacuateHost")).isEqualTo("1");
    cockpit.picture("cockpit-run");
    ProcessInstance evacuation =
        ukemi
            .bean(RuntimeService.class)
            .createProcessInstanceQuery()
            .processInstanceBusinessKey(notification, "evacuate-host")
            .singleResult();
    assertThat(cockpit.tokensOfRun(evacuation.getId(), "EvacuateGuests")).isEqualTo("4");
    cockpit.picture("cockpit-evacuation");

    tasklist.open();
    tasklist.start("Cancel recovery of host");
    tasklist.picture("cancel-recovery");
    tasklist.fill("Host", "rack-c-1");
    tasklist.fill("Reason", "the host is needed");
    tasklist.complete();
    tasklist.open("Put rack-c-1 back?");
    tasklist.claim();
    tasklist.picture("put-host-back");
    tasklist.choose("Put it back");
    tasklist.complete();
    awaitStatus(notification, "failed");
    assertThat(message(notification))
        .startsWith("Cancelled by ada: the host is needed")
        .contains("off maintenance");
  }

  @Test
  void aPersonWhoCancelsTheRecoveryOfAHostThatHasNoneIsTold() {
    tasklist.start("Cancel recovery of host");
    tasklist.fill("Host", "rack-x-1");
    tasklist.fill("Reason", "the wrong host");
    tasklist.complete();
    tasklist.open("Nothing to cancel on rack-x-1");
    assertThat(tasklist.form()).contains("Nothing was cancelled", "rack-x-1 has no open recovery");
    tasklist.picture("nothing-to-cancel");
    tasklist.complete();
    await().atMost(LIMIT).until(() -> ukemi.task("Nothing to cancel on rack-x-1").isEmpty());
  }

  @Test
  void aPersonWhoRetriesTheRecoveryOfAHostThatHadNoneIsTold() {
    tasklist.start("Retry recovery of host");
    tasklist.picture("retry-recovery");
    tasklist.fill("Host", "rack-x-1");
    tasklist.complete();
    tasklist.open("Nothing to retry on rack-x-1");
    assertThat(tasklist.form()).contains("No host named rack-x-1 was ever recovered");
    tasklist.picture("nothing-to-retry");
    tasklist.complete();
    await().atMost(LIMIT).until(() -> ukemi.task("Nothing to retry on rack-x-1").isEmpty());
  }

  @Test
  void aRecoveryWithoutAReserveGoesOnAsThePersonChooses() {
    policy(PolicyTable.shipped());
    List<UUID> guests = segment("rack-d", "reserved_host", "rack-d-1", "rack-d-2");
    String notification = die("rack-d-1");

    tasklist.open("Choose recovery of rack-d-1");
    tasklist.claim();
    tasklist.picture("choose-recovery");
    tasklist.choose("To the other hosts");
    tasklist.complete();
    awaitStatus(notification, "finished");
    assertThat(guests)
        .allSatisfy(guest -> assertThat(cloud.truth().hostOf(guest)).isEqualTo("rack-d-2"));
  }

  @Test
  void aConfirmationOfPowerOffIsTakenOnlyWithTheNameOfTheHost() {
    policy(PolicyTable.shipped());
    List<UUID> guests = segment("rack-e", "auto", "rack-e-1", "rack-e-2");
    cloud.losePowerAndBmc("rack-e-1");
    String notification = ukemi.client().hostStopped("rack-e-1");

    timePasses("FencingTooSlow");
    tasklist.open("Confirm that rack-e-1 is powered off");
    tasklist.picture("confirm-powered-off");
    tasklist.claim();
    tasklist.choose("It is powered off");
    tasklist.picture("confirm-powered-off-confirm");
    tasklist.fill("Type the name of the host", "rack-e-2");
    tasklist.fill("How do you know", "I pulled the plug");
    tasklist.complete();
    tasklist.open("Confirm that rack-e-1 is powered off");
    tasklist.picture("confirm-powered-off-refused");
    assertThat(tasklist.form()).contains("the host name typed is not rack-e-1");
    tasklist.claim();
    tasklist.choose("It is powered off");
    tasklist.picture("confirm-powered-off-again");
    tasklist.fill("Type the name of the host", "rack-e-1");
    tasklist.fill("How do you know", "I pulled the plug");
    tasklist.complete();
    awaitStatus(notification, "finished");
    assertThat(guests)
        .allSatisfy(guest -> assertThat(cloud.truth().hostOf(guest)).isEqualTo("rack-e-2"));
  }

  @Test
  void whoeverIsAskedAboutALockedMachineIsToldThatItWaitsForAnAnswer() {
    policy(PolicyTable.shipped());
    List<UUID> guests = segment("rack-k", "auto", "rack-k-1", "rack-k-2");
    cloud.machineFault("rack-k-1", MachineFault.LOCKED);
    String notification = die("rack-k-1");

    tasklist.open("Confirm that rack-k-1 is powered off");
    tasklist.picture("confirm-powered-off-locked");
    assertThat(tasklist.form())
        .contains("is locked in MAAS", "have it fenced again")
        .doesNotContain("power can be read again");
    cloud.clearMachineFaults("rack-k-1");
    tasklist.claim();
    tasklist.choose("Try to fence it again");
    tasklist.complete();
    awaitStatus(notification, "finished");
    assertThat(guests)
        .allSatisfy(guest -> assertThat(cloud.truth().hostOf(guest)).isEqualTo("rack-k-2"));
  }

  @Test
  void aHostOfWhichNobodyKnowsIsAFalseAlarmWhenThePersonSaysSo() {
    policy(PolicyTable.shipped());
    segment("rack-f", "auto", "rack-f-1", "rack-f-2");
    String notification = ukemi.client().hostStopped("rack-f-1");

    timePasses("HeartbeatUnclear");
    tasklist.open("Decide if rack-f-1 failed");
    tasklist.claim();
    tasklist.picture("decide-if-host-failed");
    assertThat(tasklist.form()).contains("last heartbeat");
    tasklist.choose("It is alive");
    tasklist.complete();
    awaitStatus(notification, "ignored");
    assertThat(message(notification)).startsWith("False alarm");
  }

  @Test
  void whatIsHeldAfterARestoreIsListedAndClosedWhenThePersonSaysSo() {
    policy(PolicyTable.shipped().askBeforeFencing("\"yes\""));
    segment("rack-h", "auto", "rack-h-1", "rack-h-2");
    String notification = die("rack-h-1");
    tasklist.open("Approve recovery of rack-h-1");
    ukemi.jdbc().sql("update ukemi.beat set at = at - interval '10 minutes'").update();

    tasklist.open("Go on after the restore?");
    tasklist.claim();
    assertThat(tasklist.form())
        .contains("rack-h-1: Recover host (at \"Approve recovery of rack-h-1\")", notification);
    tasklist.picture("restored-database");
    tasklist.choose("Close");
    tasklist.fill("Comment", "rack-h-1 is in use again");
    tasklist.complete();
    awaitStatus(notification, "failed");
    assertThat(message(notification)).contains("Closed by ada", "rack-h-1 is in use again");
  }

  @Test
  void aRepairedHostReturnsAsThePersonChooses() {
    policy(PolicyTable.shipped());
    segment("rack-i", "auto", "rack-i-1", "rack-i-2");
    awaitStatus(die("rack-i-1"), "finished");

    tasklist.start("Return host to service");
    tasklist.fill("Host", "rack-i-1");
    tasklist.complete();
    tasklist.open("Return rack-i-1 to service");
    tasklist.claim();
    tasklist.picture("return-host");
    assertThat(tasklist.form()).contains("forced down", ": off (", "Evacuated guests not removed");
    tasklist.choose("Yes: return it now");
    tasklist.fill("Cause and ticket", "a fan, TICKET-7");
    tasklist.complete();

    await().atMost(LIMIT).until(() -> cloud.truth().serviceStatus("rack-i-1"), "enabled"::equals);
    assertThat(cloud.truth().hasPower("rack-i-1")).isTrue();
  }

  @Test
  void aHostThatDiedInPlannedWorkIsRecoveredAtItsEndWhenThePersonSaysSo() {
    policy(PolicyTable.shipped());
    List<UUID> guests = segment("rack-j", "auto", "rack-j-1", "rack-j-2");

    tasklist.start("Planned work");
    tasklist.picture("announce-work");
    tasklist.choose("a segment");
    tasklist.fill("Name", "rack-j");
    tasklist.fill("Ends", "4h");
    tasklist.fill("Reason", "CHG-7: new switches");
    tasklist.complete();
    String open =
        await()
            .atMost(LIMIT)
            .until(() -> ukemi.task("Planned work on segment rack-j until "), Optional::isPresent)
            .orElseThrow()
            .getName();
    tasklist.open(open);
    tasklist.claim();
    assertThat(tasklist.form()).contains("CHG-7: new switches", "ada", "none");
    tasklist.picture("work-under-way");
    tasklist.choose("Move its end");
    tasklist.fill("New end", "soon");
    tasklist.picture("work-under-way-move");
    completeAndOpenTheNext(open);
    assertThat(tasklist.form()).contains("Not changed: \"soon\" is no time");
    tasklist.picture("work-under-way-refused");
    awaitStatus(die("rack-j-1"), "ignored");
    await().atMost(LIMIT).until(() -> isSilent("rack-j-1"));
    tasklist.claim();
    tasklist.choose("End it now");
    tasklist.complete();

    String over = "Planned work on segment rack-j is over: 1 failure noted";
    tasklist.open(over);
    tasklist.claim();
    assertThat(tasklist.form())
        .contains("rack-j-1: host reported failed at", "now nova-compute silent since");
    tasklist.picture("work-over");
    tasklist.choose("Recover hosts");
    tasklist.fill("Only these hosts", "rack-j-2");
    tasklist.picture("work-over-recover");
    completeAndOpenTheNext(over);
    assertThat(tasklist.form()).contains("rack-j-2: not down, but nova-compute up");
    tasklist.picture("work-over-refused");
    tasklist.claim();
    tasklist.choose("Recover hosts");
    tasklist.complete();
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(guests)
                    .allSatisfy(
                        guest -> assertThat(cloud.truth().hostOf(guest)).isEqualTo("rack-j-2")));
  }

  /** Of the same name: the list may show the old one a while yet. */
  private static void completeAndOpenTheNext(String name) {
    String old = ukemi.task(name).orElseThrow().getId();
    tasklist.complete();
    await()
        .atMost(LIMIT)
        .until(() -> ukemi.task(name).filter(next -> !next.getId().equals(old)).isPresent());
    tasklist.open();
    tasklist.open(name);
  }

  /** For longer than it takes to be called so. */
  private static boolean isSilent(String host) {
    ComputeService service = ukemi.bean(Compute.class).service(host).orElseThrow();
    return service.readAt().isAfter(service.heartbeat().plusSeconds(8));
  }

  @Test
  void aPersonWhoAnnouncesWorkOnAnUnknownHostIsTold() {
    tasklist.start("Planned work");
    tasklist.fill("Name", "rack-x-1");
    tasklist.fill("Ends", "4h");
    tasklist.fill("Reason", "the wrong host");
    tasklist.complete();
    tasklist.open("Planned work is not announced");
    assertThat(tasklist.form()).contains("No host named \"rack-x-1\"");
    tasklist.picture("work-not-announced");
    tasklist.complete();
    await().atMost(LIMIT).until(() -> ukemi.task("Planned work is not announced").isEmpty());
  }
}
