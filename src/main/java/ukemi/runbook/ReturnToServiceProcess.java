package ukemi.runbook;

/** Names in {@code return-to-service.bpmn} and {@code start-host.bpmn}. */
final class ReturnToServiceProcess {

  static final String KEY = "return-to-service";

  static final String CLAIM_RETURN = "ClaimReturn";

  static final String HOST_UP = "HostUp";
  static final String OLD_GUESTS_GONE = "OldGuestsGone";

  static final Variable<String> RETURN_ID = new Variable<>("returnId", String.class);

  /** Who started it; null = nobody: the host has started, or was found alive. */
  static final Variable<String> WANTED_BY = new Variable<>("wantedBy", String.class);

  /** What the table looks at, besides the segment. */
  static final Variable<String> STARTED_BY = new Variable<>("startedBy", String.class);

  static final Variable<Boolean> RESERVE_USED = new Variable<>("reserveUsed", Boolean.class);

  /** An answer: on without what was waited for. */
  static final String GO_ON = "goOn";

  /** Who switches the machine on: {@code ukemi} or {@code person}. */
  static final Variable<String> POWER_ON = new Variable<>("powerOn", String.class);

  /** A choice of {@link #POWER_ON}. */
  static final String PERSON = "person";

  /** What the host becomes: {@code service} or a choice below. */
  static final Variable<String> ROLE = new Variable<>("role", String.class);

  /** A choice of {@link #ROLE}. */
  static final String RESERVE = "reserve";

  /** A choice of {@link #ROLE}: its guests go back to it. */
  static final String GUESTS = "guests";

  /** A choice of {@link #ROLE}: a person enables it. */
  static final String DISABLED = "disabled";

  /** What {@link #ROLE} is when Nova has refused the choice, and a person does the rest. */
  static final String LEFT_TO_PERSON = "person";

  static final Variable<Integer> GUESTS_MOVING = new Variable<>("guestsMoving", Integer.class);

  /** What is left to a person; null = nothing is. */
  static final Variable<String> LEFT = new Variable<>("left", String.class);

  static final Variable<String> DONE = new Variable<>("done", String.class);

  /** BPMN error: a person has to switch it on. */
  static final String NOT_SWITCHED_ON = "NOT_SWITCHED_ON";

  /** BPMN error: its nova-compute has to be waited for again. */
  static final String HOST_NOT_UP = "HOST_NOT_UP";

  /** BPMN error: Nova has refused a step; a person is asked. */
  static final String NOVA_REFUSES = "NOVA_REFUSES";

  /** What Nova has refused, and why. */
  static final Variable<String> REFUSAL = new Variable<>("refusal", String.class);

  /** BPMN error: the host is not the return's any more. */
  static final String HOST_LOST = "HOST_LOST";

  /** Why the return ended before its end. */
  static final Variable<String> LOST_BECAUSE = new Variable<>("lostBecause", String.class);

  /** Who stopped it while the host was started. */
  static final Variable<String> STOPPED_BY = new Variable<>("stoppedBy", String.class);

  static final Variable<Boolean> WAS_RESERVE = new Variable<>("wasReserve", Boolean.class);

  /** Why Nova shows the host disabled, as it was shown to the person; null = for no reason. */
  static final Variable<String> DISABLED_REASON = new Variable<>("disabledReason", String.class);

  private ReturnToServiceProcess() {}
}
