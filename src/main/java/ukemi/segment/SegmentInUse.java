package ukemi.segment;

/** A recovery in the segment forbids the change now. */
public class SegmentInUse extends RuntimeException {

  SegmentInUse(Segment segment) {
    super(
        "segment \""
            + segment.name()
            + "\" is in use: a notification about one of its hosts has not ended yet");
  }
}
