package ukemi.compute;

import java.util.UUID;

/**
 * A row of Nova's os-migrations of type migration: a guest that an admin has moved, switched off.
 * One whose flavor its owner has changed is of type resize, and not among these.
 *
 * @param destination "dest_compute"; null until the scheduler has chosen
 * @param status pre-migrating, migrating, post-migrating, finished (to be confirmed or reverted),
 *     confirming, confirmed, reverting, reverted, error, failed
 */
public record ColdMigration(
    long id, UUID instance, String source, String destination, String status) {

  /** Whether it waits to be confirmed or reverted. */
  public boolean isToBeConfirmed() {
    return status.equals("finished");
  }

  /** Whether it has brought the guest to where that is. */
  public boolean hasBrought(Instance guest) {
    return destination != null && destination.equals(guest.host());
  }
}
