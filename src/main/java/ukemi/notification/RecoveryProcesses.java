package ukemi.notification;

import java.util.Optional;

/** The processes that deal with notifications; the engine is behind it. */
public interface RecoveryProcesses {

  /**
   * Ends an open run at the step it is at; what then becomes of its host is the process's to do.
   * Outside a transaction it is tried again when it meets a step that ends.
   *
   * @return why it can't be cancelled; empty when it was told
   */
  Optional<String> cancel(RecoveryRun run, Cancellation cancellation);

  /**
   * Starts the return of a host to service. Whether it is possible is found there.
   *
   * @param wantedBy the person; null = nobody: it has started, or was found alive
   */
  void startReturn(String hostName, String wantedBy);

  /** Called in the transaction that stores the notification, so that both are kept or neither. */
  void start(Notification notification);
}
