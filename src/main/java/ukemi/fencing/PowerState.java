package ukemi.fencing;

/** What a live reading of a machine's power said. */
public enum PowerState {
  ON,
  OFF,
  /** Anything that is not a clear answer. It is never off. */
  UNKNOWN
}
