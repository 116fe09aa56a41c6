package ukemi.notification;

/** Starts the process that deals with a notification; the engine is behind it. */
public interface RecoveryProcesses {

  /** Called in the transaction that stores the notification, so that both are kept or neither. */
  void start(Notification notification);
}
