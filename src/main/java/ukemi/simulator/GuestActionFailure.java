package ukemi.simulator;

/** How an accepted stop or start of a guest can go wrong later. */
public enum GuestActionFailure {
  /** The task stays for ever. */
  NEVER_DONE,
  /** vm_state error with a fault. */
  ENDS_IN_ERROR,
  /** Starts come to nothing on the host where it is now; it stays stopped, as in Nova. */
  NO_START_HERE
}
