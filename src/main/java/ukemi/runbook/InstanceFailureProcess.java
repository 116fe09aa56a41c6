package ukemi.runbook;

import java.util.Map;

/** Names in {@code instance-failure.bpmn}, besides those it shares with the other processes. */
final class InstanceFailureProcess {

  static final String KEY = "instance-failure";

  static final String GUEST_STOPPED = "GuestStopped";
  static final String GUEST_ACTIVE = "GuestActive";

  /** The recovery of its host, which it was left to, is over. */
  static final String HOST_SETTLED = "HostSettled";

  /** Few enough guests are being moved. */
  static final String MOVE_GRANTED = "MoveGranted";

  /** It is on another host, where its move is to be confirmed, or is already. */
  static final String GUEST_MOVED = "GuestMoved";

  static final String MOVE_FAILED = "MoveFailed";
  static final String MOVE_CONFIRMED = "MoveConfirmed";

  /** Where {@link #GUEST_MOVED} ends a question to a person. */
  static final String MOVED_LATE = "MovedLate";

  /** Where {@link #GUEST_ACTIVE} ends a question to a person. */
  static final String GUEST_BACK_BY_ITSELF = "GuestBackByItself";

  /** BPMN error: Nova was not asked, or refuses. */
  static final String NOT_RESTARTED = "NOT_RESTARTED";

  /** BPMN error: Nova was not asked for a move or its confirmation, or refuses. */
  static final String NOT_MOVED = "NOT_MOVED";

  static final Variable<String> INSTANCE_NAME = new Variable<>("instanceName", String.class);

  /** What the table looks at. */
  static final Variable<String> STATE = new Variable<>("state", String.class);

  /** What Nova is at work on; "none" = nothing. */
  static final Variable<String> TASK = new Variable<>("novaTask", String.class);

  /** "up" or "down". */
  static final Variable<String> COMPUTE_SERVICE = new Variable<>("computeService", String.class);

  static final Variable<Boolean> COVERED = new Variable<>("covered", Boolean.class);
  static final Variable<String> HOST_RECOVERY = new Variable<>("hostRecovery", String.class);
  static final Variable<Boolean> ELSEWHERE = new Variable<>("elsewhere", Boolean.class);
  static final Variable<Boolean> OLD = new Variable<>("old", Boolean.class);
  static final Variable<Integer> RESTARTS = new Variable<>("restarts", Integer.class);
  static final Variable<Boolean> TOO_OFTEN = new Variable<>("tooOften", Boolean.class);

  /** How often this run has asked Nova in vain. */
  static final Variable<Integer> TRIES = new Variable<>("tries", Integer.class);

  /** How often this run has asked for a move. */
  static final Variable<Integer> MOVES = new Variable<>("moves", Integer.class);

  /** What Nova was asked for last; null when it has been written down in {@link #TRIED}. */
  static final Variable<String> TRYING = new Variable<>("trying", String.class);

  /** Why Nova was not asked, or what it answered; null = nothing. */
  static final Variable<String> PROBLEM = new Variable<>("problem", String.class);

  /** What was tried and what came of it, a line each. */
  static final Variable<String> TRIED = new Variable<>("tried", String.class);

  /** The table's answer; null when no rule fits. */
  static final Variable<Map> ANSWER = new Variable<>("answer", Map.class);

  private InstanceFailureProcess() {}
}
