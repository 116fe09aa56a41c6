package ukemi.runbook;

/** Names in {@code evacuate-host.bpmn}, besides those it shares with the process that calls it. */
final class EvacuateHostProcess {

  static final String PROOF_LOST = "ProofLost";

  static final String FENCE_HOST_AGAIN = "FenceHostAgain";

  /** A user task for which the evacuation does not wait. */
  static final String LOOK_INTO_EVACUATION = "LookIntoEvacuation";

  /** What the recovery method says: the last step on the way in, the next one on the way out. */
  static final Variable<String> STEP = new Variable<>("step", String.class);

  /** {@link #STEP} before the first. */
  static final String NONE = "none";

  static final Variable<Integer> GUESTS_TO_GO = new Variable<>("guestsToGo", Integer.class);

  /** A list of vmove uuids, the most important guest first. */
  static final String GUESTS = "guests";

  /** The guests about which a person is to decide, a line each; null = none. */
  static final Variable<String> UNDECIDED = new Variable<>("undecided", String.class);

  /** What is to become of them: {@code recover} or {@code leave}; nobody else's answer. */
  static final Variable<String> GUESTS_DECISION = new Variable<>("guestsDecision", String.class);

  /** How many reserves of the segment are free. */
  static final Variable<Integer> RESERVES = new Variable<>("reserves", Integer.class);

  /** The reserve that is being filled; null = none. */
  static final Variable<String> RESERVE = new Variable<>("reserve", String.class);

  /** BPMN error: no reserve can take guests now. */
  static final String NO_RESERVE = "NO_RESERVE";

  private EvacuateHostProcess() {}
}
