package ukemi.evacuation;

/** There is no host that a guest could be sent to now. */
class NoTarget extends Exception {

  NoTarget(String message) {
    super(message);
  }
}
