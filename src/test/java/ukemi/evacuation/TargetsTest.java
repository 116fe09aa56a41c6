package ukemi.evacuation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import ukemi.evacuation.EvacuationWorld.Guest;
import ukemi.notification.RecoveryRun;
import ukemi.segment.MaintenanceOwner;

/** Guests of a failed host go to other hosts of its segment, spread over them. */
class TargetsTest {

  private EvacuationWorld world = EvacuationWorld.empty();
  private RecoveryRun run = world.run(EvacuationWorld.HOST);

  @AfterEach
  void close() {
    world.close();
  }

  private String targetOf(Guest guest) {
    world.evacuator.evacuate(guest.vmove(), null);
    return world.nova.targets.get(guest.instance());
  }

  @Test
  void theGuestsAreSpreadOverTheSegmentsHosts() {
    world.besides(run, "compute-2", false);
    world.besides(run, "compute-3", false);
    for (int guest = 0; guest < 6; guest++) {
      targetOf(world.granted(run, "active"));
    }
    assertThat(world.nova.targets.values())
        .containsExactlyInAnyOrder(
            "compute-2", "compute-2", "compute-2", "compute-3", "compute-3", "compute-3");
  }

  @Test
  void aHostOfAnotherSegmentGetsNoGuest() {
    world.besides(run, "compute-2", false);
    world.besides(world.run("compute-8"), "compute-9", false);
    assertThat(targetOf(world.granted(run, "active"))).isEqualTo("compute-2");
    assertThat(targetOf(world.granted(run, "active"))).isEqualTo("compute-2");
  }

  @Test
  void whatIsDownDisabledOnMaintenanceOrAReserveGetsNoGuest() {
    world.besides(run, "down", false);
    world.nova.down.add("down");
    world.besides(run, "disabled", false);
    world.nova.disabled.put("disabled", "");
    UUID repaired = world.besides(run, "repaired", false);
    world.hosts.putOnMaintenance(repaired, MaintenanceOwner.OPERATOR);
    world.besides(run, "reserve", true);
    world.besides(run, "unknown-to-nova", false);
    world.nova.hosts.remove("unknown-to-nova");
    world.runOf(world.besides(run, "reported-dead", false), "reported-dead");
    world.besides(run, "good", false);
    for (int guest = 0; guest < 3; guest++) {
      assertThat(targetOf(world.granted(run, "active"))).isEqualTo("good");
    }
  }

  @Test
  void aHostThatWasReportedDeadInPlannedWorkGetsNoGuestUntilSomebodyHasSeenToIt() {
    UUID host = world.besides(run, "compute-2", false);
    final UUID work = world.plannedWork(host);
    world.besides(run, "compute-3", false);
    for (int guest = 0; guest < 3; guest++) {
      assertThat(targetOf(world.granted(run, "active"))).isEqualTo("compute-3");
    }

    world
        .jdbc
        .sql("update ukemi.planned_work set ended_at = now(), closed_at = now() where uuid = ?")
        .param(work)
        .update();
    assertThat(targetOf(world.granted(run, "active"))).isEqualTo("compute-2");
  }

  @Test
  void aHostThatIsUpAgainSincePlannedWorkNotedItGetsGuests() {
    UUID host = world.besides(run, "compute-2", false);
    world.plannedWork(host);
    world
        .jdbc
        .sql(
            """
            insert into ukemi.notification (uuid, type, source_host_uuid, source_host_name,
              segment_uuid, payload, generated_time, status)
            select gen_random_uuid(), 'COMPUTE_HOST', uuid, name, segment_uuid,
                   '{"event": "STARTED"}', now(), 'finished' from ukemi.host where uuid = ?
            """)
        .param(host)
        .update();
    assertThat(targetOf(world.granted(run, "active"))).isEqualTo("compute-2");
  }

  @Test
  void aGuestThatAHostRefusedIsSentToAnother() {
    world.besides(run, "compute-2", false);
    world.besides(run, "compute-3", false);
    Guest guest = world.granted(run, "active");
    String first = targetOf(guest);
    world.nova.noValidHost(guest.instance());
    world.watch.look();
    world.again(guest);
    assertThat(targetOf(guest)).isNotEqualTo(first);
  }

  @Test
  void withoutAHostThatCanTakeItTheGuestIsTriedAgainAndNothingIsAsked() {
    world.besides(run, "compute-2", false);
    world.nova.down.add("compute-2");
    Guest guest = world.granted(run, "active");
    assertThat(targetOf(guest)).isNull();
    assertThat(world.nova.evacuateCalls).isEmpty();
    assertThat(world.attempt(guest).reason())
        .isEqualTo(
            "none of the segment's other hosts is up and enabled, and neither reported dead, on maintenance nor a reserve");
    assertThat(world.settlement.settle(guest.vmove())).isEqualTo(Settlement.Next.AGAIN);
  }

  @Test
  void aHostAloneInItsSegmentLeavesTheChoiceToNova() {
    assertThat(targetOf(world.granted(run, "active"))).isEqualTo("any");
  }

  @Test
  void aHostWithNothingButAReserveBesideItDoesNotLeaveItsSegment() {
    world.besides(run, "reserve", true);
    assertThat(targetOf(world.granted(run, "active"))).isNull();
    assertThat(world.nova.evacuateCalls).isEmpty();
  }

  @Test
  void guestsThatGoOneByOneAreSpreadAsWell() {
    world.besides(run, "compute-2", false);
    world.besides(run, "compute-3", false);
    List<String> chosen = new ArrayList<>();
    for (int guest = 0; guest < 4; guest++) {
      Guest sent = world.granted(run, "active");
      chosen.add(targetOf(sent));
      world.nova.land(sent.instance(), chosen.get(guest), "active");
      world.watch.look();
    }
    assertThat(chosen).containsExactly("compute-2", "compute-3", "compute-2", "compute-3");
  }

  @Test
  void aSiteMayLeaveTheChoiceToNova() {
    world.close();
    world =
        EvacuationWorld.with(
            EvacuationWorld.ALL_UNLOCKED, new TargetSettings(TargetSettings.Auto.ANYWHERE, false));
    run = world.run(EvacuationWorld.HOST);
    world.besides(run, "compute-2", false);
    assertThat(targetOf(world.granted(run, "active"))).isEqualTo("any");
  }
}
