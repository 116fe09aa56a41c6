package ukemi.runbook;

/** Names in {@code retry-recovery.bpmn}, besides those that it shares with others. */
final class RetryRecoveryProcess {

  static final String KEY = "retry-recovery";

  /** Whether a recovery was started. */
  static final Variable<Boolean> RETRIED = new Variable<>("retried", Boolean.class);

  private RetryRecoveryProcess() {}
}
