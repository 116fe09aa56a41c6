package ukemi.command;

import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Finds the command that the program was started with. */
public final class Commands {

  private static final List<Command> ALL = List.of(new CheckHosts(), new ImportMasakari());

  private final List<Command> commands;
  private final PrintStream errors;

  Commands(List<Command> commands, PrintStream errors) {
    this.commands = commands;
    this.errors = errors;
  }

  /**
   * Runs the command that the arguments begin with.
   *
   * @return its exit code; empty when no command is asked for: the arguments are settings, as
   *     {@code --server.port=80}, or there are none
   */
  public static OptionalInt run(String... arguments) {
    return new Commands(ALL, System.err).start(List.of(arguments));
  }

  OptionalInt start(List<String> arguments) {
    Optional<String> first = arguments.stream().filter(one -> !one.startsWith("-")).findFirst();
    if (first.isEmpty()) {
      return OptionalInt.empty();
    }
    if (arguments.get(0).startsWith("-")) {
      // never a second server by mistake
      errors.println(
          "\"%s\" stands behind a setting. A command comes first; its settings are variables."
              .formatted(first.get()));
      return OptionalInt.of(Command.WRONG_ARGUMENTS);
    }
    String name = arguments.get(0);
    List<String> rest = arguments.subList(1, arguments.size());
    return OptionalInt.of(
        commands.stream()
            .filter(command -> command.name().equals(name))
            .findFirst()
            .map(command -> run(command, rest))
            .orElseGet(() -> unknown(name)));
  }

  private int run(Command command, List<String> arguments) {
    try {
      return command.run(arguments);
    } catch (WrongArguments e) {
      errors.println(command.name() + ": " + e.getMessage());
      return Command.WRONG_ARGUMENTS;
    } catch (CommandFailed e) {
      errors.println(command.name() + ": " + e.getMessage());
      return Command.FAILED;
    }
  }

  private int unknown(String name) {
    errors.println(
        "There is no command \"" + name + "\". Without a command Ukemi starts. There are:");
    commands.forEach(
        command -> errors.println("  %-20s %s".formatted(command.name(), command.purpose())));
    return Command.WRONG_ARGUMENTS;
  }
}
