package ukemi.simulator;

/** Ends the connection without an answer. */
final class Cut extends RuntimeException {

  enum Way {
    /** Connection reset by peer. */
    RESET,
    /** Closed in the ordinary way, with nothing said. */
    CLOSED,
    /** Closed in the middle of the answer. */
    HALF_ANSWERED
  }

  final Way way;

  Cut(Way way) {
    super(way.name(), null, false, false);
    this.way = way;
  }
}
