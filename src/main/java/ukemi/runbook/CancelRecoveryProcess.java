package ukemi.runbook;

/** Names in {@code cancel-recovery.bpmn}, besides those that it shares with the host's process. */
final class CancelRecoveryProcess {

  static final String KEY = "cancel-recovery";

  static final Variable<String> REASON = new Variable<>("reason", String.class);

  /** Why nothing was cancelled, for the person who wanted it. */
  static final Variable<String> ANSWER = new Variable<>("answer", String.class);

  /** Whether there was a recovery, and it was told. */
  static final Variable<Boolean> CANCELLED = new Variable<>("cancelled", Boolean.class);

  private CancelRecoveryProcess() {}
}
