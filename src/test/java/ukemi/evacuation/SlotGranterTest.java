package ukemi.evacuation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static ukemi.evacuation.EvacuationWorld.HOST;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DuplicateKeyException;
import ukemi.evacuation.Attempt.Outcome;
import ukemi.evacuation.EvacuationWorld.Guest;
import ukemi.fencing.RealFencing;
import ukemi.notification.RecoveryRun;

/** Rule R7: how many are in flight, and who goes first. */
class SlotGranterTest {

  private EvacuationWorld world = EvacuationWorld.inFlight(3);
  private final List<String> told = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    world.close();
  }

  private List<Guest> waiting(RecoveryRun run, int guests) {
    List<Guest> waiting = new ArrayList<>();
    for (int n = 0; n < guests; n++) {
      waiting.add(world.waiting(run));
    }
    return waiting;
  }

  private static String process(Guest guest) {
    return EvacuationWorld.process(guest);
  }

  @Test
  void noMoreThanInFlightAreOpenOverAllRuns() {
    waiting(world.run(HOST), 2);
    waiting(world.run("compute-2"), 4);
    world.slots.grant(told::add);
    world.slots.grant(told::add);
    assertThat(told).hasSize(3).doesNotHaveDuplicates();
    assertThat(world.attempts.countOpen()).isEqualTo(3);
  }

  @Test
  void theNextSlotIsGivenWhenOneLands() {
    List<Guest> guests = waiting(world.run(HOST), 5);
    world.slots.grant(told::add);
    world.attempts.close(world.attempt(guests.get(1)).id(), Outcome.RECOVERED, "compute-2", null);
    world.slots.grant(told::add);
    assertThat(told)
        .containsExactlyElementsOf(
            guests.subList(0, 4).stream().map(SlotGranterTest::process).toList());
  }

  @Test
  void aGuestThatWasListedAsLeftKeepsItsSlotUntilNovaSettlesIt() {
    List<Guest> guests = waiting(world.run(HOST), 4);
    world.slots.grant(told::add);
    world.evacuator.evacuate(guests.get(0).vmove(), null);
    world.settlement.listAsLeft(guests.get(0).vmove());
    world.slots.grant(told::add);
    assertThat(told).hasSize(3);
  }

  /** After a restore: see runbook.RestoredDatabaseWatch. */
  @Test
  void aRunThatIsHeldGetsNoSlotAndKeepsNoneFromOthers() {
    RecoveryRun held = world.run(HOST);
    waiting(held, 4);
    world.slots.grant(told::add);
    world
        .jdbc
        .sql("update ukemi.recovery_run set held = true where id = ?")
        .param(held.id())
        .update();
    told.clear();
    List<Guest> others = waiting(world.run("compute-2"), 2);
    world.slots.grant(told::add);
    assertThat(told)
        .containsExactlyElementsOf(others.stream().map(SlotGranterTest::process).toList());
  }

  @Test
  void theMostImportantGoFirstThenTheOldest() {
    RecoveryRun run = world.run(HOST);
    Guest ordinary = world.waiting(run);
    Guest second = world.waiting(run);
    Guest important = world.waiting(run, "active", Map.of("HA_Enabled", "Yes"));
    world.waiting(run, "active", Map.of("HA_Enabled", "no"));
    world.slots.grant(told::add);
    assertThat(told).containsExactly(process(important), process(ordinary), process(second));
  }

  @Test
  void twoNodesThatGrantAtOnceGrantNoMoreThanInFlightAndInOrder() throws Exception {
    world.close();
    world = EvacuationWorld.inFlight(5);
    try (EvacuationWorld other = world.secondNode()) {
      RecoveryRun run = world.run(HOST);
      for (int round = 0; round < 5; round++) {
        List<Guest> ordinary = waiting(run, 6);
        List<String> important = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
          important.add(process(world.waiting(run, "active", Map.of("HA_Enabled", "true"))));
        }
        told.clear();
        EvacuationWorld.atOnce(node -> (node == 0 ? world : other).slots.grant(told::add));
        assertThat(told).hasSize(5).doesNotHaveDuplicates();
        assertThat(told.subList(0, 4)).containsExactlyElementsOf(important);
        assertThat(told.get(4)).isEqualTo(process(ordinary.get(0)));
        world
            .jdbc
            .sql("update ukemi.evacuation_attempt set closed_at = now(), outcome = 'RECOVERED'")
            .update();
        world.jdbc.sql("update ukemi.vmove set waiting_process = null").update();
      }
    }
  }

  @Test
  void aNodeThatStillGrantsTheLastSlotIsWaitedFor() {
    world.close();
    world = EvacuationWorld.inFlight(1);
    RecoveryRun run = world.run(HOST);
    world.waiting(run);
    Guest important = world.waiting(run, "active", Map.of("HA_Enabled", "true"));
    world.jdbc.sql("update ukemi.vmove set waiting_process = null where priority = 1").update();
    try (EvacuationWorld other = world.secondNode()) {
      List<CompletableFuture<Void>> both = new ArrayList<>();
      world.slots.grant(
          process -> {
            // meanwhile a more important guest comes, which only the other node sees
            CompletableFuture.runAsync(() -> other.queue(important)).join();
            both.add(CompletableFuture.runAsync(() -> other.slots.grant(told::add)));
            assertThat(both.get(0)).failsWithin(Duration.ofMillis(300));
          });
      both.get(0).join();
      assertThat(told).isEmpty();
      assertThat(world.attempts.countOpen()).isEqualTo(1);
    }
  }

  @Test
  void aRunWithoutAFreshProofGetsNoneWhileOthersDo() {
    RecoveryRun unproven = world.unprovenRun(HOST);
    RecoveryRun stale = world.unprovenRun("compute-2");
    RealFencing.prove(world.jdbc, stale, Duration.ofSeconds(61));
    RecoveryRun contradicted = world.run("compute-3");
    RealFencing.readAsOn(world.jdbc, contradicted);
    List<Guest> waiting = new ArrayList<>();
    for (RecoveryRun run : List.of(unproven, stale, contradicted)) {
      waiting.add(world.waiting(run, "active", Map.of("HA_Enabled", "true")));
    }
    Guest good = world.waiting(world.run("compute-4"));
    world.slots.grant(told::add);
    assertThat(told).containsExactly(process(good));
    assertThat(waiting)
        .allSatisfy(guest -> assertThat(world.attempts.last(guest.vmove())).isEmpty());
  }

  @Test
  void aRunWhoseProofIsGivenLaterGoesOnByItself() {
    RecoveryRun run = world.unprovenRun(HOST);
    waiting(run, 1);
    world.slots.grant(told::add);
    assertThat(told).isEmpty();
    RealFencing.prove(world.jdbc, run, Duration.ZERO);
    world.slots.grant(told::add);
    assertThat(told).hasSize(1);
  }

  @Test
  void waitingProcessesThatNoLongerExistDoNotBlockTheRest() {
    List<Guest> guests = waiting(world.run(HOST), 7);
    Set<String> gone =
        Set.of(
            process(guests.get(0)),
            process(guests.get(1)),
            process(guests.get(2)),
            process(guests.get(3)));
    world.slots.grant(
        process -> {
          if (gone.contains(process)) {
            throw new IllegalStateException("no such process");
          }
          told.add(process);
        });
    assertThat(told).hasSize(3);
    assertThat(world.attempts.countOpen()).isEqualTo(3);
    assertThat(world.row(guests.get(0))).containsEntry("waiting_process", process(guests.get(0)));
  }

  @Test
  void aGuestIsGrantedOnlyWhenItsProcessWasTold() {
    Guest guest = world.waiting(world.run(HOST));
    world.slots.grant(
        process -> {
          throw new IllegalStateException("not yet");
        });
    assertThat(world.attempts.last(guest.vmove())).isEmpty();
    world.slots.grant(told::add);
    assertThat(told).containsExactly(process(guest));
    assertThat(world.attempt(guest).number()).isEqualTo(1);
  }

  @Test
  void aGuestWhoseProcessWasDeletedLeavesTheQueueAndGivesItsSlotBack() {
    List<Guest> guests = waiting(world.run(HOST), 4);
    world.slots.grant(told::add);
    Guest granted = guests.get(0);
    Guest queued = guests.get(3);
    world.evacuator.evacuate(guests.get(1).vmove(), null);
    Set<String> living = Set.of(process(guests.get(2)));
    world.guests.abandonThoseWithoutProcess(
        all -> {
          assertThat(all)
              .as("what is under way in Nova is not given up")
              .doesNotContain(process(guests.get(1)));
          return living;
        });
    assertThat(world.attempt(granted).outcome()).isEqualTo(Outcome.NOT_ASKED);
    assertThat(world.message(granted)).isEqualTo("its process was deleted");
    assertThat(world.message(queued)).isEqualTo("its process was deleted");
    assertThat(world.row(queued)).containsEntry("waiting_process", null);
    assertThat(world.attempt(guests.get(1)).isOpen()).isTrue();
    assertThat(world.attempt(guests.get(2)).isOpen()).isTrue();
  }

  @Test
  void aGuestHasOneOpenAttemptAlsoOverTwoRuns() {
    RecoveryRun run = world.run(HOST);
    Guest guest = world.waiting(run);
    world.slots.grant(told::add);
    world.evacuator.evacuate(guest.vmove(), null);
    world.runs.close(run.id(), ukemi.notification.Notification.Status.FAILED, "left");
    RecoveryRun next = world.claim.claim(world.oneMore(run.notificationUuid()), "p").orElseThrow();
    RealFencing.prove(world.jdbc, next, Duration.ZERO);
    world.list(next);
    Guest again = new Guest(guest.instance(), world.vmoveOf(next, guest.instance()));
    world.queue(again);
    world.slots.grant(told::add);
    assertThat(world.attempts.last(again.vmove())).isEmpty();
    assertThatThrownBy(() -> world.attempts.open(again.vmove(), "p"))
        .isInstanceOf(DuplicateKeyException.class);

    world.nova.noValidHost(guest.instance());
    world.watch.look();
    world.slots.grant(told::add);
    assertThat(world.attempt(again).isOpen()).isTrue();
  }

  @Test
  void aCancelledRunGetsNoFurtherSlot() {
    RecoveryRun run = world.run(HOST);
    waiting(run, 2);
    world.guests.abandon(run.id(), "the recovery was cancelled");
    world.slots.grant(told::add);
    assertThat(told).isEmpty();
    assertThat(world.attempts.anyOpen()).isFalse();
  }

  @Test
  void aCancelledRunLeavesNoSlotBehindWhenItIsCancelledAtThatMoment() throws Exception {
    for (int round = 0; round < 10; round++) {
      RecoveryRun run = world.run("compute-c" + round);
      waiting(run, 3);
      EvacuationWorld.atOnce(
          one -> {
            if (one == 0) {
              world.slots.grant(told::add);
            } else {
              world.guests.abandon(run.id(), "the recovery was cancelled");
            }
          });
      assertThat(world.attempts.anyOpen()).isFalse();
    }
  }
}
