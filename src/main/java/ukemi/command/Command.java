package ukemi.command;

import java.util.List;

/** One command of the program, listed in {@link Commands}. */
interface Command {

  int DONE = 0;
  int FAILED = 1;
  int WRONG_ARGUMENTS = 2;

  /** The word that calls it. */
  String name();

  /** What it does, in a line. */
  String purpose();

  /**
   * Does it, and says on standard output what was done.
   *
   * @param arguments what stands behind the name
   * @return exit code
   * @throws WrongArguments when they cannot be understood
   * @throws CommandFailed when it cannot be done
   */
  int run(List<String> arguments);
}
