package ukemi.fencing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static ukemi.fencing.FencingWorld.MACHINE;
import static ukemi.fencing.PowerState.OFF;
import static ukemi.fencing.PowerState.ON;
import static ukemi.fencing.PowerState.UNKNOWN;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import ukemi.notification.RecoveryRun;

class PowerWatcherTest {

  private final FencingWorld world = FencingWorld.watching();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aMachineThatGoesOffIsProvenOffAsSoonAsTheRuleAllows() {
    world.power.answers(OFF);
    RecoveryRun run = world.openRun();
    world.silent();
    Instant begun = world.clock.now();
    world.fencing.powerOff(run);
    await(Duration.ofSeconds(9), () -> world.fencing.verdict(run.id()) == PowerVerdict.OFF_PROVEN);
    assertThat(Duration.between(begun, world.clock.now()))
        .isBetween(Duration.ofSeconds(5), Duration.ofMillis(7500));
    world.fencing.recordProof(run);
    world.fencing.requireProof(run.id());
    assertThat(world.power.calls("query")).hasSizeLessThanOrEqualTo(3);
  }

  @Test
  void aMachineThatFlapsIsNotProvenOff() throws InterruptedException {
    world.power.query = FakePower.inTurn(OFF, ON, OFF, ON);
    RecoveryRun run = world.openRun();
    world.fencing.powerOff(run);
    Thread.sleep(9000);
    assertThat(states(run)).startsWith("OFF", "ON");
    assertThat(world.fencing.verdict(run.id())).isEqualTo(PowerVerdict.NOT_YET);
  }

  @Test
  void aQueryThatFailsInAnyWayIsUnknown() {
    world.power.query =
        id -> {
          throw new IllegalStateException("a bug");
        };
    RecoveryRun run = world.openRun();
    world.fencing.powerOff(run);
    await(Duration.ofSeconds(3), () -> states(run).contains("UNKNOWN"));
    assertThat(states(run)).containsOnly("UNKNOWN");
  }

  @Test
  void aReadingBegunBeforeTheOrderEndedIsFollowedByAnotherAtOnce() throws InterruptedException {
    CountDownLatch slow = new CountDownLatch(1);
    world.power.query =
        id -> {
          hold(slow);
          return new LivePower(OFF, "off");
        };
    RecoveryRun run = world.openRun();
    world.fencing.readAgain(run);
    await(Duration.ofSeconds(3), () -> world.power.queriesNow.get() == 1);
    Instant asked = world.clock.now();
    world.fencing.readAgain(run);
    slow.countDown();
    await(Duration.ofSeconds(2), () -> world.fencing.worldReadSince(run.id(), asked));
  }

  @Test
  void twoNodesReadAMachineOneAtATime() throws InterruptedException {
    world.power.query =
        id -> {
          sleep(400);
          return new LivePower(ON, "on");
        };
    RecoveryRun run = world.openRun();
    try (FencingWorld other = world.secondNode()) {
      for (int i = 0; i < 12; i++) {
        world.fencing.readAgain(run);
        other.fencing.readAgain(run);
        Thread.sleep(250);
      }
    }
    assertThat(world.power.mostQueriesAtOnce.get()).isEqualTo(1);
    assertThat(world.power.calls("query")).hasSizeGreaterThan(3);
  }

  @Test
  void aQueryThatTakesLongKeepsItsClaim() throws InterruptedException {
    CountDownLatch slow = new CountDownLatch(1);
    world.power.query =
        id -> {
          hold(slow);
          return new LivePower(UNKNOWN, "504");
        };
    RecoveryRun run = world.openRun();
    try (FencingWorld other = world.secondNode()) {
      world.fencing.readAgain(run);
      Thread.sleep(13_000);
      other.watcher.wakeUp();
      Thread.sleep(500);
      assertThat(world.power.calls("query")).hasSize(1);
      slow.countDown();
    }
  }

  @Test
  void aKilledNodesReadingsGoOn() {
    RecoveryRun run = world.openRun();
    world
        .jdbc
        .sql(
            "insert into ukemi.power_watch (run_id, host_name, system_id, watched_since,"
                + " next_read_at, claimed_by, claimed_until) values (?, 'compute-1', ?, now(),"
                + " now(), ?, clock_timestamp() + interval '2 seconds')")
        .params(run.id(), MACHINE, UUID.randomUUID())
        .update();
    Instant begun = world.clock.now();
    world.watcher.wakeUp();
    await(Duration.ofSeconds(6), () -> !states(run).isEmpty());
    assertThat(Duration.between(begun, world.clock.now())).isGreaterThan(Duration.ofMillis(1500));
  }

  @Test
  void aNodeHasFourQueriesUnderWayAtMost() {
    CountDownLatch slow = new CountDownLatch(1);
    world.power.query =
        id -> {
          hold(slow);
          return new LivePower(ON, "on");
        };
    for (int i = 0; i < 7; i++) {
      world.power.put(FakePower.deployed("m" + i, "node-" + i));
      world.fencing.readAgain(world.openRun("node-" + i));
    }
    await(Duration.ofSeconds(3), () -> world.power.queriesNow.get() == 4);
    sleep(600);
    assertThat(world.power.queriesNow.get()).isEqualTo(4);
    slow.countDown();
    await(Duration.ofSeconds(3), () -> world.power.calls("query").size() >= 7);
    assertThat(world.power.mostQueriesAtOnce.get()).isEqualTo(4);
  }

  @Test
  void onceTheRunIsClosedOrNobodyWatchesNothingIsRead() {
    RecoveryRun run = world.openRun();
    world.power.put(FakePower.deployed("m2", "node-2"));
    RecoveryRun closed = world.openRun("node-2");
    world.fencing.readAgain(run);
    world.fencing.readAgain(closed);
    await(Duration.ofSeconds(3), () -> world.power.calls("query").size() >= 2);
    world.fencing.stopWatching(run.id());
    world
        .jdbc
        .sql("update ukemi.recovery_run set closed_at = now() where id = ?")
        .param(closed.id())
        .update();
    sleep(500);
    int soFar = world.power.calls("query").size();
    sleep(4000);
    assertThat(world.power.calls("query")).hasSize(soFar);
  }

  @Test
  void aStoppingNodeTellsNothingOfItsCutOffQuery() {
    world.power.query =
        id -> {
          sleep(60_000);
          return new LivePower(UNKNOWN, "cut off");
        };
    RecoveryRun run = world.openRun();
    world.fencing.readAgain(run);
    await(Duration.ofSeconds(3), () -> world.power.queriesNow.get() == 1);
    world.watcher.stop();
    assertThat(states(run)).isEmpty();
    assertThat(world.rows("power_watch").get(0).get("claimed_until")).isNull();
  }

  @Test
  void aStuckMachineIsNeverProvenOff() throws InterruptedException {
    RecoveryRun run = world.openRun();
    world.silent();
    world.fencing.powerOff(run);
    await(Duration.ofSeconds(16), () -> world.fencing.verdict(run.id()) == PowerVerdict.STILL_ON);
    assertThatThrownBy(() -> world.fencing.recordProof(run)).isInstanceOf(NoProof.class);
    world.fencing.powerOff(run);
    assertThat(world.fencing.verdict(run.id())).isEqualTo(PowerVerdict.NOT_YET);
    assertThat(world.power.calls("off")).hasSize(2);
  }

  private List<String> states(RecoveryRun run) {
    return world
        .jdbc
        .sql("select state from ukemi.power_reading where run_id = ? order by id")
        .param(run.id())
        .query(String.class)
        .list();
  }

  private static void await(Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(end);
      sleep(30);
    }
  }

  private static void hold(CountDownLatch latch) {
    try {
      latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
