package ukemi.runbook;

import java.util.Map;

/** Names in {@code host-failure.bpmn}. */
final class HostFailureProcess {

  static final String KEY = "host-failure";

  static final String HOST_SILENT = "HostSilent";
  static final String HOST_ALIVE = "HostAlive";

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

  /** What the person of the last user task chose, and who and when it was. */
  static final Variable<String> DECISION = new Variable<>("decision", String.class);

  /** A choice of {@link #DECISION}. */
  static final String ALIVE = "alive";

  static final Variable<String> DECIDED_BY = new Variable<>("decidedBy", String.class);
  static final Variable<String> DECIDED_AT = new Variable<>("decidedAt", String.class);

  /** What the recovery policy looks at, besides {@link #METHOD}. */
  static final Variable<String> SEGMENT = new Variable<>("segment", String.class);

  static final Variable<String> FAILURE = new Variable<>("failure", String.class);
  static final Variable<Integer> GUESTS_ON_HOST = new Variable<>("guestsOnHost", Integer.class);
  static final Variable<Integer> OTHER_RUNS = new Variable<>("otherRuns", Integer.class);

  /** The policy's answer: the outputs of the rule that fits; null when none does. */
  static final Variable<Map> POLICY = new Variable<>("policy", Map.class);

  /** Why the policy's table could not be evaluated. */
  static final Variable<String> POLICY_PROBLEM = new Variable<>("policyProblem", String.class);

  /** What the person sees whom the policy asks. */
  static final Variable<String> WHY = new Variable<>("why", String.class);

  static final Variable<String> EVIDENCE = new Variable<>("evidence", String.class);

  /** What the person of the last question added, and for how long it holds. */
  static final Variable<String> COMMENT = new Variable<>("comment", String.class);

  /** The same where the form does not insist on it: a form has one field for a name. */
  static final Variable<String> NOTE = new Variable<>("note", String.class);

  static final Variable<String> HOLD_FOR = new Variable<>("holdFor", String.class);

  /** The questions of the policy. */
  static final String APPROVE_RECOVERY = "ApproveRecovery";

  static final String APPROVE_EVACUATION = "ApproveEvacuation";

  static final String CANCEL_RECOVERY = "CancelRecovery";

  static final Variable<String> CANCELLED_BY = new Variable<>("cancelledBy", String.class);
  static final Variable<String> CANCEL_REASON = new Variable<>("cancelReason", String.class);

  /** ask, yes or no. */
  static final Variable<String> PUT_BACK = new Variable<>("putBack", String.class);

  /** What a cancelled recovery has changed. */
  static final Variable<String> STAYS = new Variable<>("stays", String.class);

  private HostFailureProcess() {}
}
