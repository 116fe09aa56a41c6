package ukemi.runbook;

/** Names in {@code host-failure.bpmn}. */
final class HostFailureProcess {

  static final String KEY = "host-failure";

  static final String HOST_SILENT = "HostSilent";
  static final String HOST_ALIVE = "HostAlive";
  static final String PROOF_LOST = "ProofLost";

  static final String FENCE_HOST_AGAIN = "FenceHostAgain";

  /** A user task for which the evacuation does not wait. */
  static final String LOOK_INTO_EVACUATION = "LookIntoEvacuation";

  static final Variable<String> RUN_ID = new Variable<>("runId", String.class);
  static final Variable<String> HOST_NAME = new Variable<>("hostName", String.class);
  static final Variable<Boolean> CLAIMED = new Variable<>("claimed", Boolean.class);

  /** Whether the host was a reserve before its recovery. */
  static final Variable<Boolean> WAS_RESERVED = new Variable<>("wasReserved", Boolean.class);

  /** The person who said, while it was being fenced, that the host is alive. */
  static final Variable<String> FOUND_ALIVE_BY = new Variable<>("foundAliveBy", String.class);

  /** BPMN error: what was proven off before is not proven any more. */
  static final String NO_PROOF = "NO_PROOF";

  static final Variable<String> METHOD = new Variable<>("method", String.class);
  static final Variable<Integer> GUESTS_LEFT = new Variable<>("guestsLeft", Integer.class);

  /** A list of vmove uuids, the most important guest first. */
  static final String GUESTS = "guests";

  /** What the person of the last user task chose, and who and when it was. */
  static final Variable<String> DECISION = new Variable<>("decision", String.class);

  /** A choice of {@link #DECISION}. */
  static final String ALIVE = "alive";

  static final Variable<String> DECIDED_BY = new Variable<>("decidedBy", String.class);
  static final Variable<String> DECIDED_AT = new Variable<>("decidedAt", String.class);

  private HostFailureProcess() {}
}
