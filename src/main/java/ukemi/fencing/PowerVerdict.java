package ukemi.fencing;

/** What a run's readings say now. */
public enum PowerVerdict {
  /** Rule R1 (a) is met. */
  OFF_PROVEN,
  /** The machine was on long after the order: it is to be ordered again. */
  STILL_ON,
  /** Neither. */
  NOT_YET
}
