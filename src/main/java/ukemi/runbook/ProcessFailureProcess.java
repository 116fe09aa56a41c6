package ukemi.runbook;

/** Names in {@code process-failure.bpmn}, besides those it shares with the other processes. */
final class ProcessFailureProcess {

  static final String KEY = "process-failure";

  static final String PROCESS_BACK = "ProcessBack";
  static final String HOST_TAKEN_OVER = "HostTakenOver";

  static final Variable<String> PROCESS_NAME = new Variable<>("processName", String.class);

  /** The table's word for what says that the process is back: {@link #HEARTBEAT} or a report. */
  static final String BACK_WHEN = "backWhen";

  static final String HEARTBEAT = "heartbeat";

  /** What became of the host's nova-compute, for a person. */
  static final Variable<String> OUTCOME = new Variable<>("outcome", String.class);

  private ProcessFailureProcess() {}
}
