package ukemi.evacuation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import ukemi.compute.ComputeRefused;
import ukemi.evacuation.EvacuationWorld.Guest;
import ukemi.notification.Notification;
import ukemi.notification.RecoveryRun;

class SourceReadingsTest {

  private static final String HOST = EvacuationWorld.HOST;

  private final AtomicLong passed = new AtomicLong();
  private EvacuationWorld world;
  private FakeNova nova;

  @BeforeEach
  void timeStandsStill() {
    world(EvacuationWorld.empty());
  }

  private void world(EvacuationWorld other) {
    world = other;
    nova = world.nova;
    world.nanoTime = passed::get;
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void guestsThatGoTogetherShareTheirReadings() {
    List<Guest> guests = granted(10);
    long before = nova.reads.get();

    guests.forEach(guest -> world.evacuator.evacuate(guest.vmove(), null));

    assertThat(nova.evacuateCalls).hasSize(10);
    assertThat(nova.reads.get() - before).isZero();
  }

  @Test
  void theMigrationsAreReadAgainAfterASecondAndTheGuestsAfterHalfAMinute() {
    List<Guest> guests = granted(3);
    long before = nova.reads.get();

    passed.addAndGet(Duration.ofSeconds(1).toNanos());
    world.evacuator.evacuate(guests.get(0).vmove(), null);
    assertThat(nova.reads.get() - before).as("migrations").isEqualTo(1);

    passed.addAndGet(Duration.ofSeconds(29).toNanos());
    world.evacuator.evacuate(guests.get(1).vmove(), null);
    assertThat(nova.reads.get() - before).as("migrations, guest").isEqualTo(3);

    world.evacuator.evacuate(guests.get(2).vmove(), null);
    assertThat(nova.reads.get() - before).as("guest").isEqualTo(4);
  }

  @Test
  void whoLooksForLandingsSavesTheOthersAReading() {
    List<Guest> guests = granted(2);
    world.evacuator.evacuate(guests.get(0).vmove(), null);
    passed.addAndGet(Duration.ofSeconds(1).toNanos());
    world.watch.look();
    long before = nova.reads.get();

    world.evacuator.evacuate(guests.get(1).vmove(), null);

    assertThat(nova.reads.get() - before).isZero();
  }

  @Test
  void aGuestThatSomebodyHasBegunToEvacuateIsReadItselfAndNotStartedTwice() {
    Guest guest = granted(1).get(0);
    nova.take(guest.instance());
    passed.addAndGet(Duration.ofSeconds(1).toNanos());

    world.evacuator.evacuate(guest.vmove(), null);

    assertThat(nova.evacuateCalls).isEmpty();
    assertThat(world.attempt(guest).askedAt()).isNotNull();
  }

  @Test
  void theSecondTryIsReadAfterItsSlotWasGranted() {
    Guest guest = granted(1).get(0);
    world.evacuator.evacuate(guest.vmove(), null);
    nova.noValidHost(guest.instance());
    world.watch.look();
    world.again(guest);
    long first = world.attempt(guest).id();
    long failedLate = nova.migration(guest.instance(), "failed");

    world.evacuator.evacuate(guest.vmove(), null);

    assertThat(world.attempt(guest).id()).isEqualTo(first);
    assertThat(world.attempt(guest).baselineMigration()).isEqualTo(failedLate);
  }

  @Test
  void aGuestOfAnEarlierRecoveryIsReadAfterItsSlotWasGranted() {
    RecoveryRun run = world.run(HOST);
    Guest guest = world.granted(run, "active");
    world.evacuator.evacuate(guest.vmove(), null);
    nova.noValidHost(guest.instance());
    world.watch.look();
    world.runs.close(run.id(), Notification.Status.FAILED, "1 left");
    RecoveryRun next = world.runOf(run.hostUuid(), HOST);
    world.list(next);
    Guest again = new Guest(guest.instance(), world.vmoveOf(next, guest.instance()));
    world.again(again);
    long failedLate = nova.migration(guest.instance(), "failed");

    world.evacuator.evacuate(again.vmove(), null);

    assertThat(world.attempt(again).baselineMigration()).isEqualTo(failedLate);
  }

  @Test
  void aGuestThatIsToBeLockedIsReadItselfAndItsOwnersLockKept() {
    world.close();
    world(
        EvacuationWorld.with(
            new GuestSettings(
                GuestSettings.Recover.ALL, "HA_Enabled", false, GuestSettings.Lock.ALWAYS),
            EvacuationWorld.IN_SEGMENT));
    Guest guest = granted(1).get(0);
    nova.setLocked(guest.instance(), true);

    world.evacuator.evacuate(guest.vmove(), null);

    assertThat(nova.actions).isEmpty();
    assertThat(world.row(guest)).containsEntry("locked", false);
  }

  @Test
  void aGuestDeletedMeanwhileIsNotBroughtBack() {
    Guest guest = granted(1).get(0);
    nova.guests.remove(guest.instance());
    nova.evacuation =
        id -> {
          throw new ComputeRefused(404, "Instance could not be found.");
        };

    world.evacuator.evacuate(guest.vmove(), null);
    assertThat(world.attempt(guest).outcome()).isEqualTo(Attempt.Outcome.FAILED);
    world.again(guest);
    world.evacuator.evacuate(guest.vmove(), null);

    assertThat(world.attempt(guest).outcome()).isEqualTo(Attempt.Outcome.GONE);
  }

  /** Guests listed just now that have their slots. */
  private List<Guest> granted(int count) {
    RecoveryRun run = world.run(HOST);
    List<Guest> guests =
        IntStream.range(0, count)
            .mapToObj(number -> world.waiting(run, "active", Map.of()))
            .toList();
    world.slots.grant(process -> {});
    return guests;
  }
}
