package ukemi.segment;

import java.util.UUID;

/**
 * Whether recoveries forbid changes. Notifications know, and they already depend on segments; this
 * turns the arrow round.
 */
public interface SegmentUse {

  /** Whether the segment may not be changed or deleted now. */
  boolean forbidsChangeOfSegment(UUID segment);

  /** Whether this host of the segment may not be changed or deleted now. */
  boolean forbidsChangeOfHost(UUID segment, UUID host);
}
