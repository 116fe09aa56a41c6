package ukemi.evacuation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import ukemi.compute.Aggregate;
import ukemi.notification.Notification;
import ukemi.notification.RecoveryRun;
import ukemi.segment.Host;
import ukemi.segment.MaintenanceOwner;

/** Rule R10 and promise 6: a reserve is held by one recovery, and an unused one stays a reserve. */
class ReservesTest {

  private final EvacuationWorld world =
      EvacuationWorld.with(
          EvacuationWorld.ALL_UNLOCKED, new TargetSettings(TargetSettings.Auto.SEGMENT, true));
  private final FakeNova nova = world.nova;
  private final RecoveryRun run = world.run(EvacuationWorld.HOST);
  private UUID older;
  private UUID newer;

  @BeforeEach
  void twoReserves() {
    older = reserve("reserve-1");
    newer = reserve("reserve-2");
    world.besides(run, "compute-2", false);
  }

  private UUID reserve(String name) {
    UUID uuid = world.besides(run, name, true);
    nova.disabled.put(name, "");
    return uuid;
  }

  @AfterEach
  void close() {
    world.close();
  }

  private boolean isReserved(UUID host) {
    return world.hosts.byUuid(host).filter(Host::reserved).isPresent();
  }

  @Test
  void theReserveRegisteredLastIsTriedFirst() throws NoReserve {
    assertThat(world.reserves.count(run)).isEqualTo(2);
    assertThat(world.reserves.claim(run)).isEqualTo("reserve-2");
  }

  @Test
  void aReserveInsidePlannedWorkIsNotClaimed() throws NoReserve {
    UUID work = world.plannedWork(newer);
    assertThat(world.reserves.count(run)).isEqualTo(1);

    world
        .jdbc
        .sql("update ukemi.planned_work set ended_at = now() where uuid = ?")
        .param(work)
        .update();
    assertThat(world.reserves.count(run)).isEqualTo(2);

    world.plannedWork(newer);
    assertThat(world.reserves.claim(run)).isEqualTo("reserve-1");
  }

  @Test
  void aClaimThatACrashCutShortIsFoundAgain() throws NoReserve {
    world.reserves.claim(run);
    assertThat(world.reserves.claim(run)).isEqualTo("reserve-2");
  }

  @Test
  void theNextReserveFollowsWhenOneHasBeenFilled() throws NoReserve {
    world.reserves.enable(run, world.reserves.claim(run));
    assertThat(world.reserves.count(run)).isEqualTo(1);
    assertThat(world.reserves.claim(run)).isEqualTo("reserve-1");
    world.reserves.enable(run, "reserve-1");
    assertThat(world.reserves.count(run)).isZero();
    assertThatThrownBy(() -> world.reserves.claim(run)).isInstanceOf(NoReserve.class);
  }

  @Test
  void twoRecoveriesNeverHoldTheSameReserve() throws NoReserve {
    RecoveryRun second = world.runOf(world.besides(run, "compute-8", false), "compute-8");
    RecoveryRun third = world.runOf(world.besides(run, "compute-9", false), "compute-9");
    assertThat(world.reserves.claim(run)).isEqualTo("reserve-2");
    assertThat(world.reserves.claim(second)).isEqualTo("reserve-1");
    assertThat(world.reserves.count(third)).isZero();
    assertThatThrownBy(() -> world.reserves.claim(third)).isInstanceOf(NoReserve.class);
  }

  @Test
  void aReserveThatIsDownIsPassedOverAndStaysAReserve() throws NoReserve {
    nova.down.add("reserve-2");
    assertThat(world.reserves.claim(run)).isEqualTo("reserve-1");
    assertThat(isReserved(newer)).isTrue();
    world.reserves.settle(run);
    assertThat(world.reserves.summary(run.id()))
        .anySatisfy(line -> assertThat(line).startsWith("reserve-2: could not be used"));
  }

  @Test
  void aReserveThatDiesBeforeItIsEnabledIsGivenUp() throws NoReserve {
    String reserve = world.reserves.claim(run);
    nova.down.add(reserve);
    assertThatThrownBy(() -> world.reserves.enable(run, reserve)).isInstanceOf(NoReserve.class);
    assertThat(nova.actions).isEmpty();
    assertThat(world.reserves.claim(run)).isEqualTo("reserve-1");
  }

  @Test
  void aReserveOnMaintenanceIsNone() {
    world.hosts.putOnMaintenance(newer, MaintenanceOwner.OPERATOR);
    assertThat(world.reserves.count(run)).isEqualTo(1);
  }

  @Test
  void aReserveThatTookGuestsIsAReserveNoMore() throws NoReserve {
    world.reserves.enable(run, world.reserves.claim(run));
    assertThat(isReserved(newer)).as("until something is on it").isTrue();
    nova.put("reserve-2", "active", Map.of());
    world.reserves.settle(run);
    assertThat(isReserved(newer)).isFalse();
    assertThat(nova.actions).containsExactly("enable reserve-2");
    assertThat(world.reserves.summary(run.id()))
        .containsExactly("reserve-2: took guests, is no reserve any more");
  }

  @Test
  void aReserveWithAGuestStillOnItsWayIsAReserveNoMore() throws NoReserve {
    EvacuationWorld.Guest guest = world.granted(run, "active");
    world.reserves.enable(run, world.reserves.claim(run));
    world.evacuator.evacuate(guest.vmove(), "reserve-2");
    assertThat(nova.targets.get(guest.instance())).isEqualTo("reserve-2");
    world.reserves.settle(run);
    assertThat(isReserved(newer)).isFalse();
    assertThat(nova.disabled).doesNotContainKey("reserve-2");
  }

  @Test
  void anUnusedReserveIsAsItWasBefore() throws NoReserve {
    nova.aggregates =
        List.of(
            new Aggregate(1, "ssd", Set.of(EvacuationWorld.HOST)),
            new Aggregate(2, "gpu", Set.of("compute-2")),
            new Aggregate(3, "all", Set.of(EvacuationWorld.HOST, "reserve-2")));
    world.reserves.enable(run, world.reserves.claim(run));
    world.reserves.settle(run);
    assertThat(nova.actions)
        .containsExactly(
            "add reserve-2 to 1",
            "enable reserve-2",
            "disable reserve-2",
            "remove reserve-2 from 1");
    assertThat(isReserved(newer)).isTrue();
    world.reserves.settle(run);
    assertThat(nova.actions).as("once").hasSize(4);
  }

  @Test
  void aReserveThatTheOperatorHadEnabledStaysEnabled() throws NoReserve {
    nova.disabled.remove("reserve-2");
    world.reserves.enable(run, world.reserves.claim(run));
    world.reserves.settle(run);
    assertThat(nova.actions).isEmpty();
  }

  @Test
  void aReserveEnabledBeforeACrashIsGivenBackAllTheSame() throws NoReserve {
    world.reserves.enable(run, world.reserves.claim(run));
    world.reserves.enable(run, "reserve-2"); // the job is done again
    world.reserves.settle(run);
    assertThat(nova.actions).containsExactly("enable reserve-2", "disable reserve-2");
    assertThat(isReserved(older)).isTrue();
  }

  @Test
  void aRecoveryThatIsCancelledKeepsNoReserve() throws NoReserve {
    world.reserves.enable(run, world.reserves.claim(run));
    assertThat(world.reserves.anyLeftOver()).isFalse();
    world.runs.close(run.id(), Notification.Status.FAILED, "cancelled");
    assertThat(world.reserves.anyLeftOver()).isTrue();
    world.reserves.settleLeftOver();
    assertThat(nova.actions).containsExactly("enable reserve-2", "disable reserve-2");
    assertThat(world.reserves.anyLeftOver()).isFalse();
  }

  @Test
  void aReserveThatGotAGuestWhileACrashCutItsGivingBackShortServesOn() throws NoReserve {
    world.reserves.enable(run, world.reserves.claim(run));
    nova.disabled.put(
        "reserve-2", "Ukemi: reserve, given back unused, claim " + claim()); // by the try before
    nova.put("reserve-2", "active", Map.of());

    world.reserves.settle(run);

    assertThat(nova.disabled).doesNotContainKey("reserve-2");
    assertThat(isReserved(newer)).isFalse();
  }

  @Test
  void aReserveWhoseEnablingFailedStaysDisabledWithTheGuestThatAnOperatorPutThere()
      throws NoReserve {
    world.reserves.enable(run, world.reserves.claim(run));
    world.reserves.settle(run); // as an earlier run
    String before = nova.disabled.get("reserve-2");
    world.jdbc.sql("delete from ukemi.reserve_claim").update();
    world.reserves.claim(run);
    world.jdbc.sql("update ukemi.reserve_claim set enabling_at = now()").update();
    nova.put("reserve-2", "active", Map.of());

    world.reserves.settle(run);

    assertThat(nova.disabled).containsEntry("reserve-2", before);
  }

  private long claim() {
    return world.jdbc.sql("select max(id) from ukemi.reserve_claim").query(Long.class).single();
  }

  @Test
  void aReserveThatTheOperatorDisabledStaysDisabledWithItsGuests() throws NoReserve {
    world.reserves.enable(run, world.reserves.claim(run));
    nova.disabled.put("reserve-2", "memory fault");
    nova.put("reserve-2", "active", Map.of());

    world.reserves.settle(run);

    assertThat(nova.disabled).containsEntry("reserve-2", "memory fault");
  }

  /** After a restore: see runbook.RestoredDatabaseWatch. */
  @Test
  void aUsedReserveThatGotAGuestWhileACrashCutItsRestoringShortServesOn() {
    world.hosts.setReserved(newer, false);
    nova.disabled.put("reserve-2", "Ukemi: reserve"); // by the try before
    nova.put("reserve-2", "active", Map.of());

    assertThat(world.reserves.restore(List.of(run.id()), "reserve-2")).isPresent();

    assertThat(nova.disabled).doesNotContainKey("reserve-2");
    assertThat(isReserved(newer)).isFalse();
  }

  @Test
  void aUsedReserveThatIsEmptyIsAReserveAgain() {
    world.hosts.setReserved(newer, false);
    nova.disabled.remove("reserve-2");

    assertThat(world.reserves.restore(List.of(run.id()), "reserve-2")).isEmpty();

    assertThat(nova.disabled).containsEntry("reserve-2", "Ukemi: reserve");
    assertThat(isReserved(newer)).isTrue();
  }

  @Test
  void theReserveOfARunThatIsHeldIsNotGivenBackAndIsLeftAsItIsWhenItIsClosed() throws NoReserve {
    world.reserves.enable(run, world.reserves.claim(run));
    world.reserves.letGo(run.id());
    world.jdbc.sql("update ukemi.recovery_run set held = true").update();
    List<String> before = List.copyOf(nova.actions());
    assertThat(world.reserves.anyLeftOver()).isFalse();
    world.reserves.giveUp(run.id(), "left as it is");
    world.jdbc.sql("update ukemi.recovery_run set held = false").update();
    world.reserves.settleLeftOver();
    assertThat(nova.actions()).isEqualTo(before);
    assertThat(isReserved(newer)).isTrue();
    assertThat(world.reserves.summary(run.id()))
        .containsExactly("reserve-2: could not be used, left as it is");
  }
}
