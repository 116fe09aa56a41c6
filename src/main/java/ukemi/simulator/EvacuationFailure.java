package ukemi.simulator;

/** How an accepted evacuation can go wrong later. */
public enum EvacuationFailure {
  /** The scheduler finds no host: vm_state error with a fault, migration error. */
  NO_VALID_HOST,
  /** The target refuses the claim: the guest keeps its state, migration failed. */
  CLAIM_REFUSED,
  /** The target cannot start it: vm_state error with a fault, migration failed. */
  SPAWN_FAILED,
  /** Nothing ever happens: task rebuilding, migration accepted, for ever. */
  NEVER_STARTS
}
