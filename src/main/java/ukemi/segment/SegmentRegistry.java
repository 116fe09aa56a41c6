package ukemi.segment;

import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/** The rules for changing segments: names are unique, and a segment in use stays as it is. */
@Service
public class SegmentRegistry {

  private final Segments segments;
  private final Hosts hosts;
  private final SegmentUse use;
  private final TransactionOperations transaction;

  SegmentRegistry(
      Segments segments, Hosts hosts, SegmentUse use, TransactionOperations transaction) {
    this.segments = segments;
    this.hosts = hosts;
    this.use = use;
    this.transaction = transaction;
  }

  /**
   * Registers a segment.
   *
   * @throws NameTaken when another has the name
   */
  public Segment create(NewSegment segment) {
    return adopt(UUID.randomUUID(), segment);
  }

  /**
   * Registers a segment that has a uuid elsewhere and keeps it.
   *
   * @param uuid of no segment that is or was here
   * @throws NameTaken when another has the name
   */
  public Segment adopt(UUID uuid, NewSegment segment) {
    return segments.add(uuid, segment).orElseThrow(() -> new NameTaken("segment", segment.name()));
  }

  /**
   * Changes a segment.
   *
   * @return how it is now; empty when there is none
   * @throws NameTaken when another has the new name
   * @throws SegmentInUse while a notification about one of its hosts has not ended
   */
  public Optional<Segment> update(UUID uuid, SegmentChange change) {
    try {
      return transaction.execute(
          status -> lockUnused(uuid).map(segment -> segments.change(uuid, change)));
    } catch (DuplicateKeyException e) {
      throw new NameTaken("segment", change.name());
    }
  }

  /**
   * Deletes a segment and its hosts. What was recorded about them stays, their names are free.
   *
   * @return whether there was one
   * @throws SegmentInUse while a notification about one of its hosts has not ended
   */
  public boolean delete(UUID uuid) {
    return transaction
        .execute(
            status -> {
              Optional<Segment> found = lockUnused(uuid);
              found.ifPresent(
                  segment -> {
                    segments.delete(uuid);
                    hosts.deleteAllOf(uuid);
                  });
              return found;
            })
        .isPresent();
  }

  private Optional<Segment> lockUnused(UUID uuid) {
    Optional<Segment> segment = segments.lock(uuid);
    segment
        .filter(found -> use.forbidsChangeOfSegment(uuid))
        .ifPresent(
            found -> {
              throw new SegmentInUse(found);
            });
    return segment;
  }
}
