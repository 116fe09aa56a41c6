package ukemi.restart;

import java.util.Optional;
import org.springframework.stereotype.Component;
import ukemi.compute.ColdMigration;
import ukemi.compute.Compute;
import ukemi.compute.ComputeRefused;
import ukemi.compute.Instance;
import ukemi.fault.Boundaries;
import ukemi.fault.Boundary;

/** Confirms a move of ours: what the old host has of the guest is deleted there. */
@Component
class Confirmation {

  private final Compute compute;
  private final GuestRuns runs;
  private final HostState hosts;

  Confirmation(Compute compute, GuestRuns runs, HostState hosts) {
    this.compute = compute;
    this.runs = runs;
    this.hosts = hosts;
  }

  /**
   * Asks Nova for it, unless that is done or under way.
   *
   * @param guest resized
   * @throws NotMoved when the old host cannot take part in it, or Nova refuses
   */
  void ask(GuestRun run, Instance guest, ColdMigration migration) throws NotMoved {
    if (!migration.isToBeConfirmed()) {
      return; // for a moment it is still called resized
    }
    // nothing is written down before: it is asked for as soon as the old host is back
    Optional<String> why = hosts.whyNotToBeTouched(migration.source());
    if (why.isPresent()) {
      throw new NotMoved(
          "it is on %s, but that cannot be confirmed now: %s".formatted(guest.host(), why.get()));
    }
    runs.aboutToConfirm(run.id());
    try {
      compute.confirmResize(guest.id());
      Boundaries.reached(Boundary.MOVE_CONFIRMED);
    } catch (ComputeRefused e) {
      if (compute.instance(guest.id()).filter(now -> now.vmState().equals("resized")).isPresent()) {
        throw new NotMoved(
            "it is on %s, but Nova does not confirm that: %s"
                .formatted(guest.host(), e.getMessage()));
      }
    }
  }
}
