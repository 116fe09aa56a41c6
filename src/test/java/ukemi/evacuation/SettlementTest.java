package ukemi.evacuation;

import static org.assertj.core.api.Assertions.assertThat;
import static ukemi.evacuation.EvacuationWorld.HOST;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import ukemi.evacuation.Attempt.Outcome;
import ukemi.evacuation.EvacuationWorld.Guest;
import ukemi.evacuation.Settlement.Next;
import ukemi.notification.RecoveryRun;

/** Promise 5: tries are counted, the last decides, and what is left says why. */
class SettlementTest {

  private final EvacuationWorld world = EvacuationWorld.empty();
  private final RecoveryRun run = world.run(HOST);

  @AfterEach
  void close() {
    world.close();
  }

  /** One try more of a guest that ends so. */
  private Next tried(Guest guest, Outcome outcome, String reason) {
    if (world.attempts.last(guest.vmove()).isPresent()) {
      world.queue(guest);
    }
    world.slots.grant(process -> {});
    world.attempts.close(world.attempt(guest).id(), outcome, null, reason);
    return world.settlement.settle(guest.vmove());
  }

  @Test
  void aGuestThatFailsIsTriedThreeTimesThenLeftWithItsLastReason() {
    Guest guest = world.waiting(run);
    assertThat(tried(guest, Outcome.FAILED, "no room")).isEqualTo(Next.AGAIN);
    assertThat(tried(guest, Outcome.FAILED, "no room")).isEqualTo(Next.AGAIN);
    assertThat(world.guests.summary(run.id()).left())
        .hasSize(1)
        .first()
        .asString()
        .endsWith("not tried");
    assertThat(tried(guest, Outcome.FAILED, "still no room")).isEqualTo(Next.LEFT);
    assertThat(world.message(guest)).isEqualTo("still no room (3 tries)");
    assertThat(world.guests.summary(run.id()).left())
        .containsExactly(
            "guest-%s (%s): still no room (3 tries)".formatted(guest.instance(), guest.instance()));
  }

  @Test
  void aTryThatWasNotAskedDoesNotCount() {
    Guest guest = world.waiting(run);
    for (int n = 0; n < 5; n++) {
      assertThat(tried(guest, Outcome.NOT_ASKED, "no proof")).isEqualTo(Next.AGAIN);
    }
    assertThat(tried(guest, Outcome.FAILED, "no room")).isEqualTo(Next.AGAIN);
    assertThat(world.attempt(guest).number()).isEqualTo(6);
  }

  @Test
  void theLastAttemptDecides() {
    Guest guest = world.waiting(run);
    tried(guest, Outcome.FAILED, "no room");
    tried(guest, Outcome.FAILED, "no room");
    world.queue(guest);
    world.slots.grant(process -> {});
    world.evacuator.evacuate(guest.vmove(), null);
    world.nova.land(guest.instance(), "compute-2", "active");
    world.watch.look();
    assertThat(world.settlement.settle(guest.vmove())).isEqualTo(Next.RECOVERED);
    assertThat(world.guests.summary(run.id())).isEqualTo(new Guests.Summary(1, List.of()));
  }

  @Test
  void aGuestThatNovaCannotEvacuateIsNotTriedAgain() {
    Guest guest = world.waiting(run);
    assertThat(tried(guest, Outcome.IMPOSSIBLE, "it is paused")).isEqualTo(Next.LEFT);
    assertThat(world.message(guest)).isEqualTo("it is paused");
  }

  @Test
  void aGuestThatWasDeletedIsNotListedAsLeft() {
    Guest guest = world.waiting(run);
    assertThat(tried(guest, Outcome.GONE, "deleted")).isEqualTo(Next.LEFT);
    assertThat(world.guests.summary(run.id())).isEqualTo(new Guests.Summary(0, List.of()));
  }

  @Test
  void anOverdueGuestWhoseTryHasJustFailedIsLeftWithThatReason() {
    Guest guest = world.waiting(run);
    world.slots.grant(process -> {});
    world.attempts.close(world.attempt(guest).id(), Outcome.FAILED, null, "no room");
    world.settlement.listAsLeft(guest.vmove());
    assertThat(world.message(guest)).isEqualTo("no room");
  }

  @Test
  void settlingTwiceIsTheSame() {
    Guest guest = world.waiting(run);
    tried(guest, Outcome.FAILED, "no room");
    assertThat(world.settlement.settle(guest.vmove())).isEqualTo(Next.AGAIN);
    assertThat(world.attempts.countFailed(guest.vmove(), 1)).isEqualTo(1);
  }

  @Test
  void theSummaryCountsTheRecoveredAndListsTheOthersInOrder() {
    Guest untried = world.waiting(run);
    Guest failed = world.waiting(run);
    Guest good = world.waiting(run);
    world.guests.fail(failed.vmove(), "no room");
    world.guests.succeed(good.vmove(), "compute-2");
    Guests.Summary summary = world.guests.summary(run.id());
    assertThat(summary.recovered()).isEqualTo(1);
    assertThat(summary.left()).hasSize(2);
    assertThat(summary.left().get(0)).contains(untried.instance() + "): not tried");
    assertThat(summary.left().get(1)).contains(failed.instance() + "): no room");
  }

  @Test
  void theGuestsOfAnotherRunAreNotInTheSummary() {
    world.waiting(world.run("compute-2"));
    assertThat(world.guests.summary(run.id())).isEqualTo(new Guests.Summary(0, List.of()));
  }

  @Test
  void eachProcessIsToldOnce() {
    Guest guest = closed();
    List<String> told = new ArrayList<>();
    world.settlement.tell(told::add);
    world.settlement.tell(told::add);
    assertThat(told).containsExactly(EvacuationWorld.process(guest));
  }

  @Test
  void aProcessThatDoesNotWaitYetIsToldLater() {
    closed();
    world.settlement.tell(process -> false);
    List<String> told = new ArrayList<>();
    world.settlement.tell(told::add);
    assertThat(told).hasSize(1);
  }

  @Test
  void aProcessThatCannotBeToldDoesNotKeepTheOthersFromIt() {
    Guest stuck = closed();
    Guest good = closed();
    List<String> told = new ArrayList<>();
    world.settlement.tell(
        process -> {
          if (process.equals(EvacuationWorld.process(stuck))) {
            throw new IllegalStateException("suspended");
          }
          return told.add(process);
        });
    assertThat(told).containsExactly(EvacuationWorld.process(good));
    world.settlement.tell(told::add);
    assertThat(told).hasSize(2);
  }

  @Test
  void thatAProcessWasToldIsKeptInTheTransactionThatTellsIt() {
    closed();
    UUID proof = UUID.randomUUID();
    world.settlement.tell(
        process -> {
          world
              .jdbc
              .sql("update ukemi.vmove set message = ? where run_id = ?")
              .params(proof.toString(), run.id())
              .update();
          throw new IllegalStateException("the program ends here");
        });
    assertThat(
            world
                .jdbc
                .sql("select count(*) from ukemi.vmove where message is not null")
                .query(Integer.class)
                .single())
        .as("what telling has written")
        .isZero();
    assertThat(world.attempts.untold()).hasSize(1);
  }

  private Guest closed() {
    Guest guest = world.waiting(run, "active", Map.of());
    world.slots.grant(process -> {});
    world.attempts.close(world.attempt(guest).id(), Outcome.FAILED, null, "no room");
    return guest;
  }
}
