package ukemi.notification;

/** The processes that deal with notifications; the engine is behind it. */
public interface RecoveryProcesses {

  /**
   * Ends an open run at the step it is at; what then becomes of its host is the process's to do.
   *
   * @return false when it is ending already
   */
  boolean cancel(RecoveryRun run, Cancellation cancellation);

  /** Called in the transaction that stores the notification, so that both are kept or neither. */
  void start(Notification notification);
}
