package ukemi.evacuation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static ukemi.evacuation.EvacuationWorld.HOST;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeUnavailable;
import ukemi.evacuation.Attempt.Outcome;
import ukemi.evacuation.EvacuationWorld.Guest;
import ukemi.fencing.RealFencing;
import ukemi.notification.RecoveryRun;

/** Promises 1 and 4, rule R6: one call for an attempt, and none without proof. */
class EvacuatorTest {

  private final EvacuationWorld world = EvacuationWorld.empty();
  private final FakeNova nova = world.nova;

  @AfterEach
  void close() {
    world.close();
  }

  /** A drawing that is wrong may lead here without any fencing. */
  private Guest grantedByAWrongDrawing(RecoveryRun run) {
    Guest guest = world.waiting(run);
    world.attempts.open(guest.vmove(), EvacuationWorld.process(guest));
    return guest;
  }

  private void notEvacuated(Guest guest, String why) {
    world.evacuator.evacuate(guest.vmove(), null);
    assertThat(nova.evacuateCalls).isEmpty();
    assertThat(world.attempt(guest).outcome()).isEqualTo(Outcome.NOT_ASKED);
    assertThat(world.attempt(guest).askedAt()).isNull();
    assertThat(world.attempt(guest).reason()).containsPattern(why);
  }

  @Test
  void aGuestOfAHostThatWasNeverProvenOffIsNotEvacuatedWhateverTheDrawingSays() {
    notEvacuated(grantedByAWrongDrawing(world.unprovenRun(HOST)), "there is no valid proof of off");
  }

  @Test
  void theProofOfAnotherHostIsNoProof() {
    world.run("compute-2");
    notEvacuated(grantedByAWrongDrawing(world.unprovenRun(HOST)), "there is no valid proof of off");
  }

  @Test
  void aProofThatIsTooOldIsNoProof() {
    RecoveryRun run = world.unprovenRun(HOST);
    RealFencing.prove(world.jdbc, run, Duration.ofSeconds(61));
    notEvacuated(grantedByAWrongDrawing(run), "last read as off \\d+ s ago");
  }

  @Test
  void aMachineThatWasReadAsOnSinceTheSlotWasGrantedIsNotEvacuated() {
    RecoveryRun run = world.run(HOST);
    Guest guest = world.granted(run, "active");
    RealFencing.readAsOn(world.jdbc, run);
    notEvacuated(guest, "the proof of off is void: machine qmt3sc was read as on");
  }

  @Test
  void aHostWhoseHeartbeatAdvancedSinceTheSlotWasGrantedIsNotEvacuated() {
    RecoveryRun run = world.run(HOST);
    Guest guest = world.granted(run, "active");
    RealFencing.heartbeatAdvances(world.jdbc, run);
    notEvacuated(guest, "the heartbeat of nova-compute on compute-1 has advanced");
  }

  @Test
  void aGuestWithoutASlotIsNotEvacuated() {
    Guest guest = world.waiting(world.run(HOST));
    world.evacuator.evacuate(guest.vmove(), null);
    assertThat(nova.evacuateCalls).isEmpty();
  }

  @Test
  void theIntentIsStoredBeforeTheCallLeaves() {
    Guest guest = world.granted(world.run(HOST), "active");
    nova.evacuation =
        id -> {
          assertThat(world.attempt(guest).askedAt()).isNotNull();
          assertThat(world.attempt(guest).baselineMigration()).isNotNull();
          assertThat(world.status(guest)).isEqualTo("ongoing");
          nova.take(id);
        };
    world.evacuator.evacuate(guest.vmove(), null);
    assertThat(world.attempt(guest).answeredAt()).isNotNull();
    assertThat(world.attempt(guest).isOpen()).isTrue();
  }

  @Test
  void aJobThatRunsAgainAfterTheIntentWasStoredMakesNoSecondCall() {
    Guest guest = world.granted(world.run(HOST), "active");
    nova.evacuation =
        id -> {
          throw new IllegalStateException("the program ends here");
        };
    assertThatThrownBy(() -> world.evacuator.evacuate(guest.vmove(), null))
        .hasMessage("the program ends here");
    nova.evacuation = nova::take;
    world.evacuator.evacuate(guest.vmove(), null);
    world.secondNode().evacuator.evacuate(guest.vmove(), null);
    assertThat(nova.evacuateCalls).hasSize(1);
    assertThat(world.attempt(guest).isOpen()).isTrue();
  }

  @Test
  void aJobThatRunsAgainWhenTheProofIsGoneDoesNotTakeTheCallForOneThatNeverLeft() {
    RecoveryRun run = world.run(HOST);
    Guest guest = world.granted(run, "active");
    nova.evacuation = id -> {}; // 200, and nothing follows yet
    world.evacuator.evacuate(guest.vmove(), null);
    RealFencing.readAsOn(world.jdbc, run);
    world.evacuator.evacuate(guest.vmove(), null);
    assertThat(world.attempt(guest).isOpen()).isTrue();
  }

  @Test
  void twoNodesThatRunTheSameJobAtOnceMakeOneCall() throws Exception {
    try (EvacuationWorld other = world.secondNode()) {
      RecoveryRun run = world.run(HOST);
      for (int round = 0; round < 10; round++) {
        Guest guest = world.granted(run, "active");
        EvacuationWorld.atOnce(
            node -> (node == 0 ? world : other).evacuator.evacuate(guest.vmove(), null));
        assertThat(nova.evacuateCalls).containsOnlyOnce(guest.instance());
      }
    }
  }

  @Test
  void theNewestMigrationBeforeTheCallIsTheBaseline() {
    Guest guest = world.granted(world.run(HOST), "active");
    nova.migration(guest.instance(), "failed");
    long newest = nova.migration(guest.instance(), "error");
    world.evacuator.evacuate(guest.vmove(), null);
    assertThat(world.attempt(guest).baselineMigration()).isEqualTo(newest);
  }

  @Test
  void aGuestThatSomebodyHasMovedMeanwhileIsNotEvacuated() {
    Guest guest = world.granted(world.run(HOST), "active");
    nova.take(guest.instance());
    nova.land(guest.instance(), "compute-7", "active");
    world.evacuator.evacuate(guest.vmove(), null);
    world.watch.look();
    assertThat(nova.evacuateCalls).isEmpty();
    assertThat(world.attempt(guest).outcome()).isEqualTo(Outcome.RECOVERED);
    assertThat(world.row(guest)).containsEntry("dest_host", "compute-7");
  }

  @Test
  void aGuestThatSomebodyElseEvacuatesJustNowIsNotStartedTwice() {
    Guest guest = world.granted(world.run(HOST), "active");
    nova.take(guest.instance());
    world.evacuator.evacuate(guest.vmove(), null);
    assertThat(nova.evacuateCalls).isEmpty();
    nova.land(guest.instance(), "compute-7", "active");
    world.watch.look();
    assertThat(world.attempt(guest).outcome()).isEqualTo(Outcome.RECOVERED);
  }

  @Test
  void aGuestThatItsOwnerWasRebuildingWhenTheHostDiedIsEvacuated() {
    Guest guest = world.granted(world.run(HOST), "active");
    nova.migration(guest.instance(), "completed");
    nova.shows(guest.instance(), HOST, "active", "rebuild_spawning");
    world.evacuator.evacuate(guest.vmove(), null);
    assertThat(nova.evacuateCalls).containsExactly(guest.instance());
  }

  @Test
  void aGuestThatWasDeletedIsNotEvacuated() {
    Guest guest = world.granted(world.run(HOST), "active");
    nova.guests.remove(guest.instance());
    world.evacuator.evacuate(guest.vmove(), null);
    assertThat(nova.evacuateCalls).isEmpty();
    assertThat(world.attempt(guest).outcome()).isEqualTo(Outcome.GONE);
  }

  @Test
  void aGuestThatItsOwnerHasDeletedIsNotBroughtBack() {
    Guest guest = world.granted(world.run(HOST), "soft-delete");
    world.evacuator.evacuate(guest.vmove(), null);
    assertThat(nova.evacuateCalls).isEmpty();
    assertThat(nova.actions).isEmpty();
    assertThat(world.attempt(guest).outcome()).isEqualTo(Outcome.IMPOSSIBLE);
    assertThat(world.settlement.settle(guest.vmove())).isEqualTo(Settlement.Next.LEFT);
    assertThat(world.message(guest)).isEqualTo("its owner has deleted it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"active", "stopped", "error"})
  void aStateThatNovaEvacuatesIsEvacuatedAlsoWithAnOldTaskInProgress(String state) {
    Guest guest = world.granted(world.run(HOST), state);
    nova.shows(guest.instance(), HOST, state, "powering-off");
    world.evacuator.evacuate(guest.vmove(), null);
    assertThat(nova.evacuateCalls).containsExactly(guest.instance());
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 409})
  void aDefiniteNoEndsTheAttemptWithNovasWords(int status) {
    Guest guest = world.granted(world.run(HOST), "active");
    nova.evacuation =
        id -> {
          throw new ComputeRefused(status, "Compute service of compute-1 is still in use");
        };
    world.evacuator.evacuate(guest.vmove(), null);
    assertThat(world.attempt(guest).outcome()).isEqualTo(Outcome.FAILED);
    assertThat(world.attempt(guest).reason())
        .isEqualTo("Nova refused: Compute service of compute-1 is still in use");
  }

  @Test
  void noDefiniteAnswerIsPerhapsAndKeepsTheAttemptOpen() {
    Guest guest = world.granted(world.run(HOST), "active");
    nova.evacuation =
        id -> {
          nova.take(id);
          throw new ComputeUnavailable("HTTP 503", null);
        };
    world.evacuator.evacuate(guest.vmove(), null);
    world.evacuator.evacuate(guest.vmove(), null);
    assertThat(nova.evacuateCalls).hasSize(1);
    assertThat(world.attempt(guest).isOpen()).isTrue();
    assertThat(world.attempt(guest).answeredAt()).isNull();
  }

  @Test
  void aNovaThatCannotBeReadBeforeTheCallChangesNothing() {
    Guest guest = world.granted(world.run(HOST), "active");
    nova.unreachable.add(guest.instance());
    assertThatThrownBy(() -> world.evacuator.evacuate(guest.vmove(), null))
        .isInstanceOf(ComputeUnavailable.class);
    assertThat(nova.evacuateCalls).isEmpty();
    assertThat(world.attempt(guest).askedAt()).isNull();
    nova.unreachable.clear();
    world.evacuator.evacuate(guest.vmove(), null);
    assertThat(nova.evacuateCalls).hasSize(1);
  }

  @Test
  void aRecoveryThatWasCancelledMakesNoFurtherCall() {
    RecoveryRun run = world.run(HOST);
    Guest guest = world.granted(run, "active");
    world.guests.abandon(run.id(), "the recovery was cancelled");
    world.evacuator.evacuate(guest.vmove(), null);
    assertThat(nova.evacuateCalls).isEmpty();
    assertThat(world.attempt(guest).outcome()).isEqualTo(Outcome.NOT_ASKED);
    assertThat(world.attempts.anyOpen()).isFalse();
    assertThat(world.guests.summary(run.id()).left())
        .singleElement()
        .asString()
        .endsWith("recovery was cancelled");
  }

  @Test
  void aGuestWhoseRecoveryWasCancelledCanBeRecoveredByTheNextRun() {
    RecoveryRun run = world.run(HOST);
    Guest guest = world.granted(run, "active");
    world.guests.abandon(run.id(), "the recovery was cancelled");
    world.runs.close(run.id(), ukemi.notification.Notification.Status.FAILED, "cancelled");
    RecoveryRun next = world.claim.claim(world.oneMore(run.notificationUuid()), "p2").orElseThrow();
    RealFencing.prove(world.jdbc, next, Duration.ZERO);
    world.list(next);
    Guest again = new Guest(guest.instance(), world.vmoveOf(next, guest.instance()));
    world.queue(again);
    world.slots.grant(process -> {});
    world.evacuator.evacuate(again.vmove(), null);
    assertThat(nova.evacuateCalls).containsExactly(guest.instance());
  }

  @Test
  void aGuestThatIsListedTwiceIsOneGuest() {
    RecoveryRun run = world.run(HOST);
    world.waiting(run, "active", Map.of());
    assertThat(world.list(run)).hasSize(1).isEqualTo(world.list(run));
  }
}
