package ukemi.command;

/** The message says what is wrong and what is right. */
class WrongArguments extends RuntimeException {

  WrongArguments(String message) {
    super(message);
  }
}
