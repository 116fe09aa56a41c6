package ukemi.runbook;

import java.util.Map;

/** Names in {@code instance-failure.bpmn}, besides those it shares with the other processes. */
final class InstanceFailureProcess {

  static final String KEY = "instance-failure";

  static final String GUEST_STOPPED = "GuestStopped";
  static final String GUEST_ACTIVE = "GuestActive";

  /** BPMN error: Nova was not asked, or refuses. */
  static final String NOT_RESTARTED = "NOT_RESTARTED";

  static final Variable<String> INSTANCE_NAME = new Variable<>("instanceName", String.class);

  /** What the table looks at. */
  static final Variable<String> STATE = new Variable<>("state", String.class);

  static final Variable<Boolean> COVERED = new Variable<>("covered", Boolean.class);
  static final Variable<String> HOST_RECOVERY = new Variable<>("hostRecovery", String.class);
  static final Variable<Integer> RESTARTS = new Variable<>("restarts", Integer.class);
  static final Variable<Boolean> TOO_OFTEN = new Variable<>("tooOften", Boolean.class);

  /** How often this run has asked Nova in vain. */
  static final Variable<Integer> TRIES = new Variable<>("tries", Integer.class);

  /** The table's answer; null when no rule fits. */
  static final Variable<Map> ANSWER = new Variable<>("answer", Map.class);

  private InstanceFailureProcess() {}
}
