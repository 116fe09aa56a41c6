package ukemi.evacuation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ukemi.compute.ComputeRefused;
import ukemi.evacuation.EvacuationWorld.Guest;
import ukemi.notification.Notification;
import ukemi.notification.RecoveryRun;
import ukemi.segment.MaintenanceOwner;

/** Every state a guest can be in when its host dies (masakari-engine.md 2.2). */
class GuestStatesTest {

  private EvacuationWorld world = EvacuationWorld.empty();

  @AfterEach
  void close() {
    world.close();
  }

  /** What we do to a guest besides the one evacuate call. */
  private String actions(Guest guest) {
    return String.join(
        " ",
        world.nova.actions.stream()
            .map(action -> action.replace(" " + guest.instance(), ""))
            .toList());
  }

  @ParameterizedTest
  @CsvSource({
    // vm_state, task, power, Nova leaves it, we do, it ends
    "active,,1,active,'',active",
    "active,powering-off,1,active,reset,active",
    "active,rebuild_spawning,1,active,reset,active",
    "stopped,,4,stopped,'',stopped",
    "stopped,powering-on,4,active,reset stop,stopped",
    "error,,1,active,stop reset,error",
    "error,deleting,1,active,reset stop reset,error",
    "resized,,1,active,reset,active",
    "resized,resize_reverting,1,active,reset,active",
    "resized,,4,active,reset stop,stopped",
    "paused,,3,active,reset stop,stopped",
    "paused,unpausing,3,active,reset stop,stopped",
    "suspended,,4,active,reset stop,stopped",
    "rescued,,1,active,reset stop,stopped",
    "shelved,,4,active,reset stop,stopped",
    "building,spawning,0,active,reset stop,stopped",
  })
  void aGuestEndsAsItWas(
      String state, String task, int power, String after, String actions, String end) {
    RecoveryRun run = world.run(EvacuationWorld.HOST);
    UUID instance = world.nova.put(EvacuationWorld.HOST, state, task, power);
    world.list(run);
    Guest guest = new Guest(instance, world.vmoveOf(run, instance));
    world.again(guest);
    world.evacuator.evacuate(guest.vmove(), null);
    assertThat(world.nova.evacuateCalls).hasSize(1);
    world.nova.land(instance, "compute-2", after);
    for (int look = 0; look < 4; look++) {
      world.watch.look();
    }
    assertThat(actions(guest)).isEqualTo(actions);
    assertThat(world.nova.guests.get(instance).vmState()).isEqualTo(end);
    assertThat(world.attempt(guest).outcome()).isEqualTo(Attempt.Outcome.RECOVERED);
  }

  @Test
  void aCrashAfterTheResetDoesNotChangeWhatTheGuestMustBe() {
    RecoveryRun run = world.run(EvacuationWorld.HOST);
    Guest guest = world.granted(run, "suspended");
    world.nova.resetToError(guest.instance());
    world.list(run);
    world.evacuator.evacuate(guest.vmove(), null);
    world.nova.land(guest.instance(), "compute-2", "active");
    world.watch.look();
    world.watch.look();
    assertThat(world.nova.guests.get(guest.instance()).vmState()).isEqualTo("stopped");
  }

  private void locking() {
    locking(GuestSettings.Lock.ALWAYS);
  }

  private void locking(GuestSettings.Lock lock) {
    world.close();
    world =
        EvacuationWorld.with(
            new GuestSettings(GuestSettings.Recover.ALL, "HA_Enabled", false, lock),
            EvacuationWorld.IN_SEGMENT);
  }

  @Test
  void aGuestIsLockedUntilItIsBack() {
    locking();
    Guest guest = world.underWay("active");
    assertThat(actions(guest)).isEqualTo("lock");
    world.watch.look();
    assertThat(actions(guest)).isEqualTo("lock");
    world.nova.land(guest.instance(), "compute-2", "active");
    world.watch.look();
    assertThat(actions(guest)).isEqualTo("lock unlock");
    world.watch.look();
    assertThat(actions(guest)).as("once").isEqualTo("lock unlock");
    assertThat(world.watch.hasWork()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"active,''", "stopped,''", "suspended,lock reset", "error,lock"})
  void byItselfOnlyAGuestThatNeedsMoreThanOneOrderIsLocked(String state, String actions) {
    locking(GuestSettings.Lock.SEVERAL_STEPS);
    assertThat(actions(world.underWay(state))).isEqualTo(actions);
  }

  @Test
  void aGuestThatIsLeftIsUnlockedAsWell() {
    locking();
    Guest guest = world.underWay("active");
    world.nova.noValidHost(guest.instance());
    world.watch.look();
    assertThat(actions(guest)).as("it is tried again").isEqualTo("lock");
    world.guests.fail(guest.vmove(), "no room");
    world.watch.look();
    assertThat(actions(guest)).isEqualTo("lock unlock");
  }

  /** After a restore: see runbook.RestoredDatabaseWatch. */
  @Test
  void aGuestOfARunThatIsHeldIsNotUnlocked() {
    locking(GuestSettings.Lock.ALWAYS);
    Guest guest = world.underWay("active");
    world.jdbc.sql("update ukemi.recovery_run set held = true").update();
    world.nova.land(guest.instance(), "compute-2", "active");
    world.watch.look();
    world.watch.look();
    assertThat(actions(guest)).isEqualTo("lock");
    world.jdbc.sql("update ukemi.recovery_run set held = false").update();
    world.watch.look();
    assertThat(actions(guest)).isEqualTo("lock unlock");
  }

  @Test
  void aLockOfTheOwnersIsKept() {
    locking();
    Guest guest = world.granted(world.run(EvacuationWorld.HOST), "active");
    world.nova.setLocked(guest.instance(), true);
    world.evacuator.evacuate(guest.vmove(), null);
    world.nova.land(guest.instance(), "compute-2", "active");
    world.watch.look();
    world.watch.look();
    assertThat(actions(guest)).isEmpty();
    assertThat(world.nova.guests.get(guest.instance()).locked()).isTrue();
  }

  @Test
  void onlyMarkedGuestsWhereTheSiteWantsThatAndTheOthersAreListedWithTheReason() {
    world.close();
    world =
        EvacuationWorld.with(
            new GuestSettings(
                GuestSettings.Recover.HA_ENABLED, "ha", true, GuestSettings.Lock.NEVER),
            EvacuationWorld.IN_SEGMENT);
    RecoveryRun run = world.run(EvacuationWorld.HOST);
    UUID marked = world.nova.put(EvacuationWorld.HOST, "active", Map.of("ha", "Yes"));
    UUID plain = world.nova.put(EvacuationWorld.HOST, "active", Map.of("HA_Enabled", "true"));
    UUID broken = world.nova.put(EvacuationWorld.HOST, "error", Map.of("ha", "1"));
    assertThat(world.list(run)).containsExactly(world.vmoveOf(run, marked));
    assertThat(world.message(new Guest(plain, world.vmoveOf(run, plain))))
        .isEqualTo("left: it has no true ha in its metadata");
    assertThat(world.message(new Guest(broken, world.vmoveOf(run, broken))))
        .isEqualTo("left: it was in state error");
  }

  @Test
  void theNextPassTakesOnlyTheGuestsThatAreLeft() {
    RecoveryRun run = world.run(EvacuationWorld.HOST);
    Guest back = world.granted(run, "active");
    Guest full = world.granted(run, "active");
    Guest slow = world.granted(run, "active");
    Guest never = world.granted(run, "active");
    for (Guest guest : List.of(back, full, slow)) {
      world.evacuator.evacuate(guest.vmove(), null);
    }
    world.nova.land(back.instance(), "compute-2", "active");
    for (int attempt = 1; attempt <= 3; attempt++) {
      world.nova.noValidHost(full.instance());
      world.watch.look();
      Settlement.Next next = world.settlement.settle(full.vmove());
      if (attempt < 3) {
        assertThat(next).isEqualTo(Settlement.Next.AGAIN);
        world.again(full);
        world.evacuator.evacuate(full.vmove(), null);
      } else {
        assertThat(next).isEqualTo(Settlement.Next.LEFT);
      }
    }
    world.settlement.listAsLeft(slow.vmove());
    world.attempts.close(
        world.attempt(never).id(), Attempt.Outcome.IMPOSSIBLE, null, "it has a vTPM");
    world.settlement.settle(never.vmove());

    assertThat(world.list(run)).containsExactly(full.vmove());
    assertThat(world.message(full)).as("until it is tried again").contains("No valid host");
    world.again(full);
    assertThat(world.status(full)).isEqualTo("pending");
    world.evacuator.evacuate(full.vmove(), "reserve-1");
    world.nova.noValidHost(full.instance());
    world.watch.look();
    assertThat(world.settlement.settle(full.vmove()))
        .as("tries of the first pass do not count")
        .isEqualTo(Settlement.Next.AGAIN);
  }

  @Test
  void aGuestWhoseTargetDiesStartsAgainFromWhereItIs() {
    RecoveryRun run = world.run(EvacuationWorld.HOST);
    Guest guest = world.granted(run, "active");
    UUID target = world.besides(run, "compute-2", false);
    world.besides(run, "compute-3", false);
    world.evacuator.evacuate(guest.vmove(), "compute-2");
    world.watch.look();
    assertThat(world.attempt(guest).isOpen()).isTrue();

    world.hosts.putOnMaintenance(target, MaintenanceOwner.RECOVERY);
    world.runOf(target, "compute-2");
    world.watch.look();
    assertThat(world.attempt(guest).outcome()).isEqualTo(Attempt.Outcome.TARGET_DIED);
    assertThat(world.settlement.settle(guest.vmove())).isEqualTo(Settlement.Next.AGAIN);
    world.again(guest);
    world.evacuator.evacuate(guest.vmove(), null);
    assertThat(world.nova.evacuateCalls).hasSize(2);
    assertThat(world.nova.targets.get(guest.instance())).isEqualTo("compute-3");
    world.watch.look();
    assertThat(world.attempt(guest).isOpen()).as("the dead one is not taken for ours").isTrue();
    world.nova.land(guest.instance(), "compute-3", "active");
    world.watch.look();
    assertThat(world.attempt(guest).outcome()).isEqualTo(Attempt.Outcome.RECOVERED);
    assertThat(world.attempts.countFailed(guest.vmove(), 1)).as("does not count").isZero();
  }

  @Test
  void aGuestThatHadArrivedOnTheDeadTargetIsRecoveredWithItInTheStateItHadAtFirst() {
    RecoveryRun run = world.run(EvacuationWorld.HOST);
    Guest guest = world.granted(run, "stopped");
    UUID target = world.besides(run, "compute-2", false);
    world.evacuator.evacuate(guest.vmove(), "compute-2");
    // it is there, and about to be stopped again
    world.nova.shows(guest.instance(), "compute-2", "active", "powering-off");
    RecoveryRun second = world.runOf(target, "compute-2");
    world.watch.look();
    assertThat(world.attempt(guest).outcome()).isEqualTo(Attempt.Outcome.TARGET_DIED);
    assertThat(world.settlement.settle(guest.vmove())).isEqualTo(Settlement.Next.LEFT);
    assertThat(world.status(guest)).isEqualTo("ignored");

    world.list(second);
    Guest again = new Guest(guest.instance(), world.vmoveOf(second, guest.instance()));
    assertThat(world.row(again).get("state_wanted")).isEqualTo("stopped");
  }

  @Test
  void aTargetThatWasProvenOffBeforeTheCallIsNoReasonToTryAgain() {
    RecoveryRun run = world.run(EvacuationWorld.HOST);
    UUID target = world.besides(run, "compute-2", false);
    RecoveryRun before = world.runOf(target, "compute-2");
    world.runs.close(before.id(), Notification.Status.FINISHED, "it has come back since");
    Guest guest = world.granted(run, "active");
    world.evacuator.evacuate(guest.vmove(), "compute-2");
    world.watch.look();
    assertThat(world.attempt(guest).isOpen()).isTrue();
  }

  @Test
  void aTargetUnderRecoveryIsDeadThoughItsProofIsOlderThanTheCall() {
    RecoveryRun run = world.run(EvacuationWorld.HOST);
    UUID target = world.besides(run, "compute-2", false);
    Guest guest = world.granted(run, "active");
    world.evacuator.evacuate(guest.vmove(), "compute-2"); // Nova was not told yet, and takes it
    world.runOf(target, "compute-2");
    world
        .jdbc
        .sql("update ukemi.proof_of_off set given_at = given_at - interval '1 minute'")
        .update();
    world.watch.look();
    assertThat(world.attempt(guest).outcome()).isEqualTo(Attempt.Outcome.TARGET_DIED);
  }

  @ParameterizedTest
  @CsvSource({"1,TARGET_DIED", "-1,", "none,"})
  void aTargetWhoseRecoveryIsOverIsDeadOnlyWhileItHasNotComeBack(String seen, String outcome) {
    RecoveryRun run = world.run(EvacuationWorld.HOST);
    UUID target = world.besides(run, "compute-2", false);
    Guest guest = world.granted(run, "active");
    world.evacuator.evacuate(guest.vmove(), "compute-2");
    RecoveryRun other = world.runOf(target, "compute-2");
    if (!seen.equals("none")) {
      OffsetDateTime heartbeat =
          world
              .nova
              .service("compute-2")
              .orElseThrow()
              .heartbeat()
              .plusSeconds(Long.parseLong(seen))
              .atOffset(ZoneOffset.UTC);
      world
          .jdbc
          .sql(
              """
              insert into ukemi.heartbeat (run_id, host_name, baseline, last_heartbeat, read_at)
              values (?, 'compute-2', ?, ?, ?)
              """)
          .params(other.id(), heartbeat, heartbeat, heartbeat)
          .update();
    }
    world.runs.close(other.id(), Notification.Status.FINISHED, "no guests");
    world.watch.look();
    Attempt.Outcome expected = outcome == null ? null : Attempt.Outcome.valueOf(outcome);
    assertThat(world.attempt(guest).outcome()).isEqualTo(expected);
  }

  @Test
  void aTargetWhoseProofIsVoidIsNotTakenForDead() {
    RecoveryRun run = world.run(EvacuationWorld.HOST);
    UUID target = world.besides(run, "compute-2", false);
    Guest guest = world.granted(run, "active");
    world.evacuator.evacuate(guest.vmove(), "compute-2");
    RecoveryRun other = world.runOf(target, "compute-2");
    world
        .jdbc
        .sql("update ukemi.proof_of_off set voided_at = clock_timestamp() where run_id = ?")
        .param(other.id())
        .update();
    world.watch.look();
    assertThat(world.attempt(guest).isOpen()).isTrue();
  }

  @Test
  void aHostThatIsReportedDeadGetsNoGuestMore() {
    RecoveryRun run = world.run(EvacuationWorld.HOST);
    world.runOf(world.besides(run, "compute-2", true), "compute-2");
    Guest guest = world.granted(run, "active");
    world.evacuator.evacuate(guest.vmove(), "compute-2");
    assertThat(world.nova.evacuateCalls).isEmpty();
  }

  @Test
  void aReserveThatIsOnMaintenanceMeanwhileGetsNoGuestMore() {
    RecoveryRun run = world.run(EvacuationWorld.HOST);
    UUID reserve = world.besides(run, "compute-2", true);
    world.hosts.putOnMaintenance(reserve, MaintenanceOwner.RECOVERY);
    Guest guest = world.granted(run, "active");
    world.evacuator.evacuate(guest.vmove(), "compute-2");
    assertThat(world.nova.evacuateCalls).isEmpty();
    assertThat(world.attempt(guest).reason())
        .isEqualTo("reserve compute-2 is on maintenance or reported dead");
  }

  @Test
  void aGuestThatNovaDoesNotLetUsPrepareIsAFailedTry() {
    Guest guest = world.granted(world.run(EvacuationWorld.HOST), "paused");
    world.nova.resetting =
        id -> {
          throw new ComputeRefused(409, "in the middle of something");
        };
    world.evacuator.evacuate(guest.vmove(), null);
    assertThat(world.nova.evacuateCalls).isEmpty();
    assertThat(world.attempt(guest).outcome()).isEqualTo(Attempt.Outcome.FAILED);
    assertThat(world.attempt(guest).reason()).contains("in the middle of something");
  }
}
