package ukemi.fencing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static ukemi.fencing.FencingWorld.MACHINE;
import static ukemi.fencing.PowerState.OFF;
import static ukemi.fencing.PowerState.ON;
import static ukemi.fencing.PowerState.UNKNOWN;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import ukemi.notification.RecoveryRun;

class PowerWatcherTest {

  private FencingWorld world = FencingWorld.watching();

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
    world.powerOff(run);
    assertThat(world.watcher.pause()).isLessThanOrEqualTo(Duration.ofMillis(501));
    await(() -> isNextReadAfterAGap(run));
    await(() -> world.fencing.verdict(run.id()) == PowerVerdict.OFF_PROVEN);
    assertThat(Duration.between(begun, world.clock.now()))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(5));
    world.fencing.recordProof(run);
    world.fencing.requireProof(run.id());
  }

  /** Exactly so long after the newest reading as two readings of "off" must be apart. */
  private boolean isNextReadAfterAGap(RecoveryRun run) {
    return world
        .jdbc
        .sql(
            "select exists (select from ukemi.power_watch w where run_id = ? and next_read_at ="
                + " (select max(ended_at) from ukemi.power_reading r where r.run_id = w.run_id)"
                + " + interval '5 seconds')")
        .param(run.id())
        .query(Boolean.class)
        .single();
  }

  @Test
  void aMachineThatFlapsIsNotProvenOff() {
    world.power.query = FakePower.inTurn(OFF, ON, OFF, ON);
    RecoveryRun run = world.openRun();
    world.powerOff(run);
    await(
        () -> {
          int read = states(run).size();
          assertThat(world.fencing.verdict(run.id())).isNotEqualTo(PowerVerdict.OFF_PROVEN);
          return read >= 3;
        });
    assertThat(states(run)).startsWith("OFF", "ON", "OFF");
  }

  @Test
  void aQueryThatFailsInAnyWayIsUnknown() {
    world.power.query =
        id -> {
          throw new IllegalStateException("a bug");
        };
    RecoveryRun run = world.openRun();
    world.powerOff(run);
    await(() -> states(run).contains("UNKNOWN"));
    assertThat(states(run)).containsOnly("UNKNOWN");
  }

  @Test
  void aReadingBegunBeforeTheOrderEndedIsFollowedByAnotherAtOnce() {
    world.close();
    world = FencingWorld.watching(Duration.ofSeconds(50)); // the usual time between two of "off"
    CountDownLatch slow = new CountDownLatch(1);
    world.power.query =
        id -> {
          hold(slow);
          return new LivePower(OFF, "off");
        };
    RecoveryRun run = world.openRun();
    world.fencing.readAgain(run);
    await(() -> world.power.queriesNow.get() == 1);
    Instant asked = world.clock.now();
    world.fencing.readAgain(run);
    slow.countDown();
    await(Duration.ofSeconds(30), () -> world.fencing.worldReadSince(run.id(), asked));
  }

  @Test
  void twoNodesReadAMachineOneAtATime() {
    world.power.query =
        id -> {
          sleep(400);
          return new LivePower(ON, "on");
        };
    RecoveryRun run = world.openRun();
    try (FencingWorld other = world.secondNode()) {
      await(
          () -> {
            world.fencing.readAgain(run);
            other.fencing.readAgain(run);
            return world.power.calls("query").size() > 6;
          });
    }
    assertThat(world.power.mostQueriesAtOnce.get()).isEqualTo(1);
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
      await(() -> world.power.queriesNow.get() == 1);
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
    OffsetDateTime claimedUntil =
        world
            .jdbc
            .sql(
                "insert into ukemi.power_watch (run_id, host_name, system_id, watched_since,"
                    + " next_read_at, claimed_by, claimed_until) values (?, 'compute-1', ?, now(),"
                    + " now(), ?, clock_timestamp() + interval '2 seconds')"
                    + " returning claimed_until")
            .params(run.id(), MACHINE, UUID.randomUUID())
            .query(OffsetDateTime.class)
            .single();
    world.watcher.wakeUp();
    await(() -> !states(run).isEmpty());
    assertThat(
            world
                .jdbc
                .sql("select min(begun_at) from ukemi.power_reading where run_id = ?")
                .param(run.id())
                .query(OffsetDateTime.class)
                .single())
        .isAfterOrEqualTo(claimedUntil);
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
    await(() -> world.power.queriesNow.get() == 4);
    sleep(600);
    assertThat(world.power.queriesNow.get()).isEqualTo(4);
    slow.countDown();
    await(() -> world.power.calls("query").size() >= 7);
    assertThat(world.power.mostQueriesAtOnce.get()).isEqualTo(4);
  }

  @Test
  void aPersonsReadingOfADeadBmcComesBeforeTheOthersOfItsRack() {
    Map<String, CountDownLatch> bmcs = eachAnswersWhenTold();
    List<RecoveryRun> rack = rackOfDeadBmcs(12, Duration.ofMinutes(-1));
    await(() -> world.power.queriesNow.get() == 2);
    Instant confirmed = world.clock.now();

    for (int asked : new int[] {11, 10, 9}) {
      world.fencing.readAgain(rack.get(asked));
    }
    bmcs.get("m0").countDown();
    await(WAIT, () -> read().contains("query m11"));
    bmcs.get("m1").countDown();
    await(WAIT, () -> read().contains("query m10"));
    bmcs.get("m11").countDown();
    await(WAIT, () -> read().contains("query m9"));
    assertThat(read().stream().distinct())
        .hasSize(5)
        .endsWith("query m11", "query m10", "query m9");
    await(WAIT, () -> world.fencing.worldReadSince(rack.get(11).id(), confirmed));
  }

  @Test
  void howeverManyReadingsOfDeadBmcsPeopleWaitForTwoOthersAreReadAtOnce() {
    eachAnswersWhenTold();
    List<RecoveryRun> rack = rackOfDeadBmcs(12, Duration.ofMinutes(-1));
    rack.forEach(run -> world.fencing.readAgain(run));
    await(WAIT, () -> world.power.queriesNow.get() >= 2);
    for (String other : List.of("other1", "other2")) {
      world.power.put(FakePower.deployed(other, other));
      world.fencing.readAgain(world.openRun(other));
    }
    await(WAIT, () -> read().containsAll(List.of("query other1", "query other2")));
    assertThat(world.power.queriesNow.get()).isEqualTo(4);
  }

  @Test
  void aPersonsReadingComesBeforeTheFirstOnesOfARackThatWasJustLost() {
    Map<String, CountDownLatch> bmcs = eachAnswersWhenTold();
    RecoveryRun dead = rackOfDeadBmcs(1, Duration.ofHours(1)).get(0);
    List<RecoveryRun> lost =
        IntStream.range(0, 7)
            .mapToObj(
                i -> {
                  world.power.put(FakePower.deployed("lost" + i, "lost-" + i));
                  return world.openRun("lost-" + i);
                })
            .toList();
    lost.forEach(run -> world.powerOff(run));
    await(() -> world.power.queriesNow.get() == 4);
    int before = read().size();

    world.fencing.readAgain(dead);
    world.fencing.readAgain(lost.get(6)); // not known to be slow, but asked for as well
    bmcs.get("lost0").countDown();
    await(WAIT, () -> read().size() > before);
    assertThat(read().get(before)).isEqualTo("query m0");
    bmcs.get("lost1").countDown();
    await(WAIT, () -> read().size() > before + 1);
    assertThat(read().get(before + 1)).isEqualTo("query lost6");
  }

  @Test
  void thereIsTimeForTheReadingsOfAllForWhomPeopleWait() {
    Map<String, CountDownLatch> bmcs = eachAnswersWhenTold();
    List<RecoveryRun> rack = rackOfDeadBmcs(12, Duration.ofMinutes(-1));
    await(() -> world.power.queriesNow.get() == 2);
    Duration query = world.power.queryLimit();
    world.fencing.readAgain(rack.get(11));
    // one under way ends, then this one is read
    assertThat(world.fencing.readingDeadline()).isGreaterThan(query.multipliedBy(2));
    rack.forEach(run -> world.fencing.readAgain(run));
    Duration forAll = world.fencing.readingDeadline();
    world.power.put(FakePower.deployed("live", "node-live"));
    world.fencing.readAgain(world.openRun("node-live"));
    await(WAIT, () -> read().contains("query live"));
    int atOnce = world.power.mostQueriesAtOnce.get() - 1; // besides the live one
    assertThat(forAll).isGreaterThan(query.multipliedBy(1 + 12 / atOnce));

    await(
        () -> {
          bmcs.values().forEach(CountDownLatch::countDown);
          return rack.stream().noneMatch(run -> states(run).isEmpty());
        });
    await(() -> world.fencing.readingDeadline().compareTo(query.multipliedBy(2)) < 0);
  }

  /** Far from what is waited for, and longer than a machine stands still. */
  private static final Duration WAIT = Duration.ofSeconds(30);

  private List<String> read() {
    return world.power.calls("query");
  }

  private Map<String, CountDownLatch> eachAnswersWhenTold() {
    Map<String, CountDownLatch> answers = new ConcurrentHashMap<>();
    world.power.query =
        id -> {
          if (!id.equals("live")) {
            hold(answers.computeIfAbsent(id, one -> new CountDownLatch(1)));
          }
          return new LivePower(UNKNOWN, "504");
        };
    return answers;
  }

  /** Watched for long; the first is due after that time, each other a second later. */
  private List<RecoveryRun> rackOfDeadBmcs(int number, Duration due) {
    List<RecoveryRun> rack = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      world.power.put(FakePower.deployed("m" + i, "node-" + i));
      rack.add(world.openRun("node-" + i));
    }
    world.transactions.executeWithoutResult(
        status -> {
          for (int i = 0; i < number; i++) {
            world
                .jdbc
                .sql(
                    """
                    insert into ukemi.power_watch
                      (run_id, host_name, system_id, watched_since, next_read_at, slow)
                    values (?, ?, ?, now() - interval '1 hour', now() + make_interval(secs => ?), true)
                    """)
                .params(rack.get(i).id(), "node-" + i, "m" + i, due.toSeconds() + i)
                .update();
          }
        });
    world.watcher.wakeUp();
    return rack;
  }

  @Test
  void onceTheRunIsClosedOrNobodyWatchesNothingIsRead() {
    RecoveryRun run = world.openRun();
    world.power.put(FakePower.deployed("m2", "node-2"));
    RecoveryRun closed = world.openRun("node-2");
    world.fencing.readAgain(run);
    world.fencing.readAgain(closed);
    await(() -> world.power.calls("query").size() >= 2);
    world.fencing.stopWatching(run.id());
    world
        .jdbc
        .sql("update ukemi.recovery_run set closed_at = now() where id = ?")
        .param(closed.id())
        .update();
    // what was under way ends; what is watched is read every 3 s
    await(
        () -> {
          int soFar = world.power.calls("query").size();
          sleep(4000);
          return world.power.calls("query").size() == soFar;
        });
  }

  @Test
  void aStoppingNodeTellsNothingOfItsCutOffQuery() {
    world.power.query =
        id -> {
          sleep(600_000);
          return new LivePower(UNKNOWN, "cut off");
        };
    RecoveryRun run = world.openRun();
    world.fencing.readAgain(run);
    await(() -> world.power.queriesNow.get() == 1);
    world.watcher.stop();
    await(() -> world.rows("power_watch").get(0).get("claimed_until") == null);
    assertThat(states(run)).isEmpty();
  }

  @Test
  void aStuckMachineIsNeverProvenOff() {
    RecoveryRun run = world.openRun();
    world.silent();
    world.powerOff(run);
    await(() -> world.fencing.verdict(run.id()) == PowerVerdict.STILL_ON);
    assertThatThrownBy(() -> world.fencing.recordProof(run)).isInstanceOf(NoProof.class);
    world.powerOff(run);
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

  private static void await(BooleanSupplier condition) {
    await(Duration.ofMinutes(2), condition);
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
      latch.await(10, TimeUnit.MINUTES);
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
