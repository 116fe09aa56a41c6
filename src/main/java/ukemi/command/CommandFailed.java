package ukemi.command;

/** The message tells an operator why, and what to do about it. */
class CommandFailed extends RuntimeException {

  CommandFailed(String message) {
    super(message);
  }
}
