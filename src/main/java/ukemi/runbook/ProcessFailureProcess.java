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

  /**
   * The table's column for whether a host whose process is back is enabled: may be {@link #ASK}.
   */
  static final String ENABLE = "enable";

  static final String ASK = "ask";

  /** BPMN error: it has to be waited for again. */
  static final String STILL_DOWN = "STILL_DOWN";

  private ProcessFailureProcess() {}
}
