package ukemi.evacuation;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static ukemi.evacuation.EvacuationWorld.HOST;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeUnavailable;
import ukemi.evacuation.Attempt.Outcome;
import ukemi.evacuation.EvacuationWorld.Guest;
import ukemi.notification.RecoveryRun;

/** Promises 2 and 5, rule R6: only what Nova shows settles an attempt. */
class LandingWatchTest {

  private static final Duration HTTP_TIMEOUT = Duration.ofSeconds(63);

  private final EvacuationWorld world = EvacuationWorld.empty();
  private final FakeNova nova = world.nova;

  @AfterEach
  void close() {
    world.close();
  }

  private void settled(Guest guest, Outcome outcome) {
    world.watch.look();
    assertThat(world.attempt(guest).outcome()).isEqualTo(outcome);
  }

  /**
   * Two looks five seconds apart must agree, and no answer of Nova's is no failure of the guest.
   */
  private void notTaken(Guest guest) {
    open(guest);
    try {
      Thread.sleep(5_100);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    settled(guest, Outcome.NOT_ASKED);
  }

  private void open(Guest guest) {
    world.watch.look();
    assertThat(world.attempt(guest).outcome()).isNull();
    assertThat(world.status(guest)).isEqualTo("ongoing");
  }

  @Test
  void a200SaysNothing() {
    Guest guest = world.underWay("active");
    assertThat(world.attempt(guest).answeredAt()).isNotNull();
    open(guest);
    world.later(Duration.ofHours(1));
    open(guest);
  }

  @Test
  void novasOwnOrderOfStepsIsOneRecoveryAtItsEnd() {
    Guest guest = world.underWay("active");
    nova.newestBecomes(guest.instance(), "pre-migrating");
    for (String task : new String[] {"rebuild_block_device_mapping", "rebuild_spawning"}) {
      nova.shows(guest.instance(), HOST, "active", task);
      world.later(Duration.ofSeconds(31));
      open(guest);
    }
    // the state first, then the host, then the migration
    nova.shows(guest.instance(), HOST, "active", null);
    world.later(Duration.ofSeconds(31));
    open(guest);
    nova.shows(guest.instance(), "compute-2", "active", null);
    nova.newestBecomes(guest.instance(), "done");
    settled(guest, Outcome.RECOVERED);
    assertThat(world.row(guest))
        .containsEntry("status", "succeeded")
        .containsEntry("dest_host", "compute-2");
  }

  @Test
  void idleOnTheOldHostIsNeitherFailureNorSuccess() {
    Guest guest = world.underWay("active");
    nova.shows(guest.instance(), HOST, "active", null);
    world.later(Duration.ofHours(1));
    open(guest);
    nova.newestBecomes(guest.instance(), "done");
    open(guest);
  }

  @Test
  void aMigrationThatIsDoneWhileATaskIsInProgressIsNotTheEnd() {
    Guest guest = world.underWay("active");
    nova.newestBecomes(guest.instance(), "done");
    nova.shows(guest.instance(), "compute-2", "active", "rebuild_spawning");
    open(guest);
    nova.shows(guest.instance(), "compute-2", "active", null);
    settled(guest, Outcome.RECOVERED);
  }

  @Test
  void noValidHostAfterA200IsAFailureWithNovasWords() {
    Guest guest = world.underWay("active");
    nova.noValidHost(guest.instance());
    settled(guest, Outcome.FAILED);
    assertThat(world.attempt(guest).reason())
        .isEqualTo("evacuation error in Nova: No valid host was found");
  }

  @Test
  void aTargetThatRefusesTheClaimIsAFailureThoughTheGuestIsStillActive() {
    Guest guest = world.underWay("active");
    nova.shows(guest.instance(), HOST, "active", null);
    nova.newestBecomes(guest.instance(), "failed");
    settled(guest, Outcome.FAILED);
  }

  @Test
  void aFailedMigrationIsNotBelievedBeforeTheGuestIsIdle() {
    Guest guest = world.underWay("active");
    nova.newestBecomes(guest.instance(), "error");
    open(guest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"error", "paused", "suspended"})
  void anotherStateOnTheOtherHostIsNotRecovered(String state) {
    Guest guest = world.underWay("active");
    nova.land(guest.instance(), "compute-2", state);
    settled(guest, Outcome.IMPOSSIBLE);
    assertThat(world.attempt(guest).reason())
        .isEqualTo("it is on compute-2 in state " + state + ", before it was active");
    assertThat(world.status(guest)).isNotEqualTo("succeeded");
    assertThat(world.attempts.countOpen()).as("its slot is free").isZero();
  }

  @Test
  void aGuestThatNovaShowsOnNoHostIsLeft() {
    Guest guest = world.underWay("active");
    nova.newestBecomes(guest.instance(), "done");
    nova.shows(guest.instance(), null, "shelved_offloaded", null);
    settled(guest, Outcome.IMPOSSIBLE);
  }

  @Test
  void anOrderThatNovaNeverTookIsKnownOnlyAfterTheHttpTimeOut() {
    nova.evacuateTimeout = Duration.ofHours(1);
    Guest guest = world.granted(world.run(HOST), "active");
    nova.evacuation = id -> lostAnswer();
    world.evacuator.evacuate(guest.vmove(), null);
    open(guest);
    world.later(Duration.ofMinutes(59));
    open(guest);
    world.later(Duration.ofSeconds(63));
    notTaken(guest);
    assertThat(world.attempt(guest).reason()).startsWith("Nova never took the order");
  }

  @ParameterizedTest
  @ValueSource(strings = {"powering-off", "image_uploading", "deleting"})
  void anOrderThatNovaNeverTookIsKnownAlsoWhenTheHostDiedWithATask(String task) {
    Guest guest = world.granted(world.run(HOST), "active");
    nova.shows(guest.instance(), HOST, "active", task);
    nova.evacuation = id -> lostAnswer();
    world.evacuator.evacuate(guest.vmove(), null);
    world.later(HTTP_TIMEOUT);
    notTaken(guest);
  }

  @Test
  void anOrderWhoseMigrationIsNotThereYetMayStillHaveBeenTaken() {
    Guest guest = world.granted(world.run(HOST), "active");
    nova.evacuation =
        id -> {
          nova.shows(id, HOST, "active", "rebuilding");
          lostAnswer();
        };
    world.evacuator.evacuate(guest.vmove(), null);
    world.later(HTTP_TIMEOUT);
    open(guest);
  }

  @Test
  void anAnswerThatWasLostThoughNovaTookTheOrderIsARecoveryAllTheSame() {
    Guest guest = world.granted(world.run(HOST), "active");
    nova.evacuation =
        id -> {
          nova.take(id);
          lostAnswer();
        };
    world.evacuator.evacuate(guest.vmove(), null);
    world.later(HTTP_TIMEOUT);
    open(guest);
    nova.land(guest.instance(), "compute-3", "active");
    settled(guest, Outcome.RECOVERED);
    assertThat(nova.evacuateCalls).hasSize(1);
  }

  private static void lostAnswer() {
    throw new ComputeUnavailable("HTTP 503", null);
  }

  @Test
  void aGuestThatIsDeletedMeanwhileIsGoneWithinHalfAMinute() {
    Guest guest = world.underWay("active");
    nova.guests.remove(guest.instance());
    world.later(Duration.ofSeconds(31));
    settled(guest, Outcome.GONE);
  }

  @ParameterizedTest
  @CsvSource({"stopped,active,stop", "active,stopped,start"})
  void aGuestEndsInTheStateItHad(String before, String after, String action) {
    Guest guest = world.underWay(before);
    nova.land(guest.instance(), "compute-2", after);
    open(guest);
    assertThat(nova.actions).containsExactly(action + " " + guest.instance());
    settled(guest, Outcome.RECOVERED);
    assertThat(nova.guests.get(guest.instance()).vmState()).isEqualTo(before);
  }

  @Test
  void aGuestIsNotStoppedOrStartedBeforeItHasLeftTheDeadHost() {
    Guest guest = world.underWay("stopped");
    nova.shows(guest.instance(), HOST, "active", null);
    world.later(Duration.ofSeconds(31));
    open(guest);
    assertThat(nova.actions).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"failed", "error", "done", "completed"})
  void anEvacuationFromBeforeIsNotOurs(String status) {
    RecoveryRun run = world.run(HOST);
    world.evacuator.evacuate(
        world.granted(run, "active").vmove(), null); // reads from the first one on
    Guest guest = world.granted(run, "active");
    nova.migration(guest.instance(), status);
    nova.evacuation = id -> {}; // 200, and nothing follows yet
    world.evacuator.evacuate(guest.vmove(), null);
    open(guest);
  }

  @Test
  void anEvacuationOfAnotherGuestIsNotOurs() {
    RecoveryRun run = world.run(HOST);
    Guest first = world.granted(run, "active");
    Guest second = world.granted(run, "active");
    world.evacuator.evacuate(first.vmove(), null);
    world.evacuator.evacuate(second.vmove(), null);
    nova.noValidHost(first.instance());
    settled(first, Outcome.FAILED);
    assertThat(world.attempt(second).isOpen()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void aClockOfNovaThatIsAnHourOffChangesNothing(int hours) {
    nova.clockOff = Duration.ofHours(hours);
    Guest guest = world.underWay("active");
    open(guest);
    nova.land(guest.instance(), "compute-2", "active");
    settled(guest, Outcome.RECOVERED);
  }

  @Test
  void onlyTheDatabasesClockIsAsked() {
    noClasses()
        .that()
        .resideInAPackage("ukemi.evacuation..")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(
            new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("ukemi.evacuation"));
  }

  @Test
  void aGuestThatLandsAfterItWasListedAsLeftIsRecoveredAfterAll() {
    Guest guest = world.underWay("active");
    world.settlement.listAsLeft(guest.vmove());
    assertThat(world.message(guest)).isEqualTo("still under way in Nova after 15 min");
    assertThat(world.attempt(guest).isOpen()).isTrue();
    nova.land(guest.instance(), "compute-2", "active");
    settled(guest, Outcome.RECOVERED);
    assertThat(world.status(guest)).isEqualTo("succeeded");
  }

  @Test
  void aGuestThatLandedAMomentAgoIsNotListedAsLeft() {
    Guest guest = world.underWay("active");
    world.guests.succeed(guest.vmove(), "compute-2");
    world.settlement.listAsLeft(guest.vmove());
    assertThat(world.status(guest)).isEqualTo("succeeded");
  }

  @Test
  void theLandingsOfACancelledRecoveryAreStillSeen() {
    RecoveryRun run = world.run(HOST);
    Guest guest = world.granted(run, "active");
    world.evacuator.evacuate(guest.vmove(), null);
    world.guests.abandon(run.id(), "the recovery was cancelled");
    assertThat(world.watch.hasWork()).isTrue();
    nova.land(guest.instance(), "compute-2", "active");
    settled(guest, Outcome.RECOVERED);
    assertThat(world.watch.hasWork()).isFalse();
  }

  @Test
  void aGuestOfWhichNovaTellsNothingDoesNotHideTheOthers() {
    RecoveryRun run = world.run(HOST);
    Guest lost = world.granted(run, "active");
    Guest good = world.granted(run, "active");
    world.evacuator.evacuate(lost.vmove(), null);
    world.evacuator.evacuate(good.vmove(), null);
    nova.land(lost.instance(), "compute-2", "active");
    nova.land(good.instance(), "compute-2", "active");
    nova.unreachable.add(lost.instance());
    assertThat(world.watch.look().problems()).hasSize(1);
    assertThat(world.attempt(good).outcome()).isEqualTo(Outcome.RECOVERED);
    nova.unreachable.clear();
    settled(lost, Outcome.RECOVERED);
  }

  @Test
  void aHostOfWhichNovaTellsNothingDoesNotHideTheOthers() {
    for (String host : new String[] {"compute-1", "compute-2", "compute-3"}) {
      Guest guest = world.granted(world.run(host), "active");
      world.evacuator.evacuate(guest.vmove(), null);
      nova.land(guest.instance(), "compute-9", "active");
    }
    nova.unreachable.add("compute-2");
    assertThat(world.watch.look().problems()).hasSize(1);
    assertThat(world.attempts.countOpen()).isEqualTo(1);
  }

  @Test
  void aStopThatNovaRefusesDoesNotHideTheOthers() {
    RecoveryRun run = world.run(HOST);
    Guest refused = world.granted(run, "stopped");
    Guest good = world.granted(run, "active");
    world.evacuator.evacuate(refused.vmove(), null);
    world.evacuator.evacuate(good.vmove(), null);
    nova.land(refused.instance(), "compute-2", "active");
    nova.land(good.instance(), "compute-2", "active");
    nova.stopping =
        id -> {
          throw new ComputeRefused(409, "in use");
        };
    world.watch.look();
    assertThat(world.attempt(good).outcome()).isEqualTo(Outcome.RECOVERED);
  }

  @Test
  void aRoundReadsOneListAHostAndNoGuestThatHasNotMoved() {
    RecoveryRun run = world.run(HOST);
    for (int n = 0; n < 10; n++) {
      Guest guest = world.granted(run, "active");
      world.evacuator.evacuate(guest.vmove(), null);
    }
    nova.reads.set(0);
    world.watch.look();
    assertThat(nova.reads).hasValue(1);
  }

  @Test
  void twoWatchersSettleAnAttemptOnce() throws Exception {
    try (EvacuationWorld other = world.secondNode()) {
      Guest guest = world.underWay("active");
      nova.land(guest.instance(), "compute-2", "active");
      EvacuationWorld.atOnce(node -> (node == 0 ? world : other).watch.look());
      assertThat(world.attempt(guest).outcome()).isEqualTo(Outcome.RECOVERED);
      assertThat(world.attempts.untold()).hasSize(1);
    }
  }
}
