package ukemi.restart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeUnavailable;
import ukemi.notification.Notification.Status;

/** What a move of a single guest asks of Nova, and what it leaves alone. */
class GuestMoveRulesTest {

  private static RestartWorld world;
  private static MovingNova nova;
  private UUID guest;
  private GuestRun run;

  @BeforeAll
  static void open() {
    world = new RestartWorld();
    nova = world.nova;
  }

  @BeforeEach
  void aStoppedGuest() {
    world.clear();
    guest = nova.stopped("compute-1");
    run = world.run(guest, "compute-1");
  }

  @AfterAll
  static void close() {
    world.close();
  }

  private static ComputeRefused conflict() {
    return new ComputeRefused(
        409, "Cannot 'migrate' instance while it is in task_state resize_prep");
  }

  private void looksTwice() {
    assertThatThrownBy(() -> world.moves(run, 1)).isInstanceOf(ComputeUnavailable.class);
    world.later(Duration.ofSeconds(10));
  }

  /** The answer to the first call is lost. */
  private void answerIsLost() {
    nova.migration =
        id -> {
          throw new ComputeUnavailable("connection reset", null);
        };
    assertThatThrownBy(() -> world.moves(run, 1)).isInstanceOf(ComputeUnavailable.class);
    world
        .jdbc
        .sql("update ukemi.guest_run set move_asked_at = move_asked_at - interval '10 seconds'")
        .update();
  }

  @Test
  void anOrderOfWhichNovaShowsNothingIsLookedForTwiceBeforeItIsSentAgain() {
    answerIsLost();
    nova.migration = nova::begin;

    assertThatThrownBy(() -> world.moves(run, 1)).hasMessageContaining("once more");
    assertThat(nova.calls).containsExactly("lock", "migrate");

    world.later(Duration.ofSeconds(10));
    assertThat(world.moves(run, 1)).isEmpty();
    assertThat(nova.calls).containsExactly("lock", "migrate", "migrate");
  }

  @Test
  void anOrderThatWasTakenAfterAllIsStillOursWhenTheRepeatedOneIsRefused() {
    answerIsLost();
    looksTwice();
    nova.migration =
        id -> {
          nova.begin(id); // the first one, late
          throw conflict();
        };

    assertThat(world.moves(run, 1)).isEmpty();

    nova.arrives(guest, "compute-2");
    assertThat(world.move.progress(run)).isEqualTo(GuestMove.Progress.MOVED);
    assertThat(world.confirms(run)).isEmpty();
    assertThat(nova.calls).endsWith("confirm");
  }

  @Test
  void aRepeatedOrderThatIsRefusedWithNothingToBeSeenIsNone() {
    answerIsLost();
    looksTwice();
    nova.migration =
        id -> {
          throw conflict();
        };

    assertThat(world.moves(run, 1)).hasValueSatisfying(why -> assertThat(why).contains("Cannot"));
    assertThat(world.runs.move(run.id())).isEmpty();
  }

  @Test
  void ofTwoNodesOnlyOneAsks() {
    nova.migration =
        id -> {
          throw new ComputeUnavailable("still being asked", null);
        };
    // the other node reads while nothing is asked, and asks when this one has
    assertThatThrownBy(() -> world.moves(run, 1)).isInstanceOf(ComputeUnavailable.class);

    assertThat(world.runs.aboutToMove(run.id(), 1, "compute-1", 0, null)).isEmpty();
    assertThat(world.runs.move(run.id())).isPresent();
  }

  @Test
  void aLateRefusalOfOneCallDoesNotForgetAnother() {
    Instant first = world.runs.aboutToMove(run.id(), 1, "compute-1", 0, null).orElseThrow();
    world.runs.aboutToMove(run.id(), 1, "compute-1", 0, first).orElseThrow();

    world.runs.moveFailed(run.id(), first);

    assertThat(world.runs.move(run.id())).isPresent();
  }

  @Test
  void anOperatorsMigrationAfterOursHasFailedIsHis() {
    assertThat(world.moves(run, 1)).isEmpty();
    world.move.progress(run);
    nova.show(guest, "compute-1", "stopped", null);
    nova.moves.replaceAll((id, old) -> nova.with(old, "error"));
    assertThat(world.move.progress(run)).isEqualTo(GuestMove.Progress.FAILED);

    nova.migration(guest, "compute-1", null, "pre-migrating");
    nova.arrives(guest, "compute-2");

    assertThat(world.move.isMovedLate(run)).isFalse();
    assertThat(world.confirms(run)).isPresent();
    assertThat(nova.calls).doesNotContain("confirm");
  }

  @Test
  void whileAPersonIsAskedAFailureEndsTheMove() {
    assertThat(world.moves(run, 1)).isEmpty();
    world.move.progress(run);
    nova.moves.replaceAll((id, old) -> nova.with(old, "error"));
    nova.show(guest, "compute-1", "stopped", null);

    assertThat(world.move.isMovedLate(run)).isFalse();

    assertThat(world.runs.move(run.id())).isEmpty();
  }

  @Test
  void whatNovaHasNotShownBeforeAPersonIsAskedIsNotConfirmed() {
    answerIsLost();
    nova.migration(guest, "compute-1", null, "pre-migrating"); // the person's own
    nova.arrives(guest, "compute-2");

    assertThat(world.move.isMovedLate(run)).isFalse();
  }

  @Test
  void novasOwnNextTryIsFollowed() {
    assertThat(world.moves(run, 1)).isEmpty();
    world.move.progress(run);
    nova.moves.replaceAll((id, old) -> nova.with(old, "error"));
    nova.migration(guest, "compute-1", null, "pre-migrating"); // with its task still set
    world.move.progress(run);
    nova.arrives(guest, "compute-2");

    assertThat(world.move.isMovedLate(run)).isTrue();
    assertThat(world.confirms(run)).isEmpty();
  }

  @Test
  void aHostThatNovaStillCallsUpIsNotEnough() {
    nova.silent.add("compute-1");

    assertThat(world.moves(run, 1))
        .hasValueSatisfying(why -> assertThat(why).contains("has been silent", "nothing proves"));

    assertThat(nova.calls).isEmpty();
    assertThat(world.restart.assess(run).computeService()).isEqualTo("down");
  }

  @Test
  void aRecoveryThatBeginsMeanwhileIsSeenBeforeTheCall() {
    world.recovers("compute-1");

    assertThat(world.runs.aboutToMove(run.id(), 1, "compute-1", 0, null)).isEmpty();
    assertThat(world.moves(run, 1))
        .hasValueSatisfying(why -> assertThat(why).contains("its host is being recovered"));
    assertThat(nova.calls).doesNotContain("migrate");
  }

  @Test
  void oneThatIsClosedMeanwhileIsNotMoved() {
    world.runs.close(run.id(), Status.FAILED, "left");

    assertThat(world.moves(run, 1)).hasValue("it is not dealt with any more");
    assertThat(nova.calls).doesNotContain("migrate");
  }

  private void isMoved() {
    assertThat(world.moves(run, 1)).isEmpty();
    nova.arrives(guest, "compute-2");
    assertThat(world.move.progress(run)).isEqualTo(GuestMove.Progress.MOVED);
  }

  @Test
  void aConfirmationWaitsForTheOldHostToComeBack() {
    isMoved();
    nova.down.add("compute-1");

    assertThat(world.confirms(run))
        .hasValueSatisfying(why -> assertThat(why).contains("nova-compute on compute-1 is down"));
    assertThat(world.move.isMovedLate(run)).isFalse();
    nova.down.clear();

    assertThat(world.move.isMovedLate(run)).isTrue();
    assertThat(world.confirms(run)).isEmpty();
    assertThat(nova.calls).containsOnlyOnce("confirm");
  }

  @Test
  void nothingIsDeletedOnAnOldHostThatIsBeingRecovered() {
    isMoved();
    world.recovers("compute-1");

    assertThat(world.confirms(run))
        .hasValueSatisfying(why -> assertThat(why).contains("compute-1 is being recovered"));
    assertThat(world.move.isMovedLate(run)).isFalse();
    world.recoveriesEnd();

    assertThat(world.move.isMovedLate(run)).isTrue();
    assertThat(nova.calls).doesNotContain("confirm");
  }

  @Test
  void aRestartThatAPersonWantsConfirmsOurMoveInsteadOfDestroyingIt() throws NotRestarted {
    isMoved();

    world.restart.stop(run);

    assertThat(nova.calls).endsWith("confirm").doesNotContain("reset");
    assertThat(world.restart.isStopped(run)).isTrue();
  }

  @Test
  void aRestartDoesNotDestroyOurMoveWhileTheOldHostIsDown() {
    isMoved();
    nova.down.add("compute-1");

    assertThatThrownBy(() -> world.restart.stop(run))
        .isInstanceOf(NotRestarted.class)
        .hasMessageContaining("nova-compute on compute-1 is down");

    assertThat(nova.calls).doesNotContain("reset", "confirm");
  }

  private void isLockedAndDone() {
    assertThat(world.moves(run, 1)).isEmpty();
    assertThat(nova.shown.get(guest).locked()).isTrue();
    world.runs.close(run.id(), Status.FAILED, "left");
  }

  @Test
  void aLockThatSomebodyHasSetSinceIsNotOurs() {
    isLockedAndDone();
    nova.unlock(guest);
    nova.lock(guest, "mine");

    assertThat(world.move.unlock()).isTrue();

    assertThat(nova.shown.get(guest).lockedReason()).isEqualTo("mine");
    assertThat(world.runs.toUnlock()).isEmpty();
  }

  @Test
  void aGuestThatAnotherRunIsMovingStaysLocked() {
    isLockedAndDone();
    nova.show(guest, "compute-1", "stopped", null);
    GuestRun next = world.run(guest, "compute-1");
    assertThat(world.moves(next, 1)).isEmpty();

    world.move.unlock();

    assertThat(nova.shown.get(guest).locked()).isTrue();
    world.runs.close(next.id(), Status.FAILED, "left");
    world.move.unlock();
    assertThat(nova.shown.get(guest).locked()).isFalse();
  }

  @Test
  void nothingIsUnlockedWhileAPersonIsAskedAboutARestoredDatabase() {
    isLockedAndDone();
    world.jdbc.sql("insert into ukemi.hold (remembered_at) values (now())").update();

    world.move.unlock();

    assertThat(nova.shown.get(guest).locked()).isTrue();
  }

  @Test
  void aGuestInADeadCellKeepsNoOtherLocked() {
    isLockedAndDone();
    UUID other = nova.stopped("compute-1");
    GuestRun otherRun = world.run(other, "compute-1");
    assertThat(world.moves(otherRun, 1)).isEmpty();
    world.runs.close(otherRun.id(), Status.FAILED, "left");
    UUID first = world.runs.toUnlock().get(0).instance();
    nova.unreachable.add(first);

    assertThat(world.move.unlock()).isFalse();

    assertThat(nova.shown.get(first).locked()).isTrue();
    assertThat(nova.shown.get(first.equals(guest) ? other : guest).locked()).isFalse();
  }

  @Test
  void aLockThatNovaKeepsIsToldInTheNotification() {
    isLockedAndDone();
    nova.neverUnlocked.add(guest);

    assertThat(world.move.unlock()).isTrue();

    assertThat(world.message(run))
        .isEqualTo(
            "left\nIt is still locked, Nova refuses to unlock it: the policy does not allow it");
  }

  private GuestRun another(String host) {
    return world.run(nova.stopped(host), host);
  }

  @Test
  void ofOneHostTwoAreMovedAtATimeAndOfAllAsManyAsMayBe() {
    assertThat(world.move.grant(run)).isTrue();
    GuestRun second = another("compute-1");
    GuestRun third = another("compute-1");

    assertThat(world.move.grant(second)).isTrue();
    assertThat(world.move.grant(third)).isFalse();
    assertThat(world.move.grant(another("compute-2"))).isTrue(); // the third of three
    assertThat(world.move.grant(another("compute-3"))).isFalse();
    assertThat(world.move.grant(second)).isTrue(); // it has it already
  }

  @Test
  void theTurnOfAMoveThatNobodyWaitsForGoesOnOnlyWhenNovaIsDoneWithIt() {
    GuestRun second = another("compute-1");
    GuestRun third = another("compute-1");
    world.move.grant(run);
    world.move.grant(second);
    assertThat(world.moves(run, 1)).isEmpty();
    world.runs.close(run.id(), Status.FAILED, "left");

    assertThat(world.move.release()).isTrue();
    assertThat(world.move.grant(third)).isFalse();

    nova.show(guest, "compute-1", "stopped", null);
    assertThat(world.move.release()).isTrue();
    assertThat(world.move.grant(third)).isTrue();
  }

  @Test
  void aMoveThatIsConfirmedGivesItsTurnToTheNext() {
    GuestRun third = another("compute-1");
    world.move.grant(run);
    world.move.grant(another("compute-1"));
    isMoved();
    assertThat(world.confirms(run)).isEmpty();

    assertThat(world.move.isConfirmed(run)).isTrue();

    assertThat(world.move.grant(third)).isTrue();
  }

  @Test
  void aMoveWhoseTargetFailsIsNotWaitedFor() {
    assertThat(world.moves(run, 1)).isEmpty();
    nova.becomes(nova.moves.keySet().iterator().next(), "compute-2", "migrating");
    assertThat(world.move.progress(run)).isEqualTo(GuestMove.Progress.UNDER_WAY);

    world.recovers("compute-2");

    assertThat(world.move.progress(run)).isEqualTo(GuestMove.Progress.FAILED);
    assertThat(world.move.whyNot(run))
        .contains("compute-2, where it was to go, has failed", "has to be reset in Nova");
  }

  @Test
  void aPersonWhoLeavesItIsToldThatItsMoveMayStillComeAbout() {
    assertThat(world.move.leftBehind(run)).isEmpty();
    assertThat(world.moves(run, 1)).isEmpty();

    assertThat(world.move.leftBehind(run)).contains("may still come about");

    nova.show(guest, "compute-1", "stopped", null);
    world.restart.assess(run);
    assertThat(world.move.leftBehind(run)).isEmpty();
  }

  @Test
  void whatNovaDoesNotTellKeepsNobodyWaiting() {
    assertThat(world.moves(run, 1)).isEmpty();
    nova.show(guest, "compute-1", "stopped", null);
    nova.tellsNot = new ComputeUnavailable("Nova does not answer", null);

    assertThat(world.move.whyNot(run)).isEqualTo("Nova does not tell why");
  }
}
