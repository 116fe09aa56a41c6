package ukemi.notification;

import java.util.Optional;

/** The processes that deal with notifications; the engine is behind it. */
public interface RecoveryProcesses {

  /**
   * Ends an open run at the step it is at; what then becomes of its host is the process's to do.
   *
   * @return why it can't be cancelled; empty when it was told
   */
  Optional<String> cancel(RecoveryRun run, Cancellation cancellation);

  /** Called in the transaction that stores the notification, so that both are kept or neither. */
  void start(Notification notification);
}
