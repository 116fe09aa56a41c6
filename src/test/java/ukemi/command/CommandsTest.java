package ukemi.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import ukemi.database.TestDatabase;

@ExtendWith(LoudAgain.class)
class CommandsTest {

  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
  private final List<String> ran = new ArrayList<>();

  @Test
  void withoutACommandTheProgramStarts() {
    assertThat(start()).isEqualTo(-1);
    assertThat(start("--server.port=80", "--debug")).isEqualTo(-1);
    assertThat(ran).isEmpty();
  }

  @Test
  void aCommandBehindASettingStartsNothing() {
    assertThat(start("--server.port=1", "walk")).isEqualTo(Command.WRONG_ARGUMENTS);
    assertThat(said()).contains("\"walk\" stands behind a setting");
    assertThat(ran).isEmpty();
  }

  @Test
  void aCommandMakesNoDatabase(@TempDir Path home) throws Exception {
    try (MasakariStub masakari = new MasakariStub()) {
      Process process = program(masakari, home);
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).isEqualTo(Command.FAILED);
      assertThat(output)
          .contains("The setting SPRING_DATASOURCE_URL is wrong")
          .contains(home + " has no embedded database")
          .doesNotContain("\tat ");
      assertThat(home).isEmptyDirectory();
      assertThat(masakari.requests()).isEmpty();
    }
  }

  @Test
  void aCommandGetsWhatStandsBehindItsName() {
    assertThat(start("walk", "--far", "home")).isEqualTo(7);
    assertThat(ran).containsExactly("--far", "home");
  }

  @Test
  void anUnknownCommandIsAnsweredWithThoseThereAre() {
    assertThat(start("wlak")).isEqualTo(Command.WRONG_ARGUMENTS);
    assertThat(said()).contains("no command \"wlak\"").containsPattern("walk +goes for a walk");
  }

  @Test
  void aFailureIsALineAndAnExitCode() {
    assertThat(start("walk", "fail")).isEqualTo(Command.FAILED);
    assertThat(start("walk", "wrong")).isEqualTo(Command.WRONG_ARGUMENTS);
    assertThat(said().lines()).containsExactly("walk: it rains", "walk: not this way");
  }

  /** The whole way: main, exit code, both outputs. */
  @Test
  void theProgramImportsAndEnds() throws Exception {
    try (MasakariStub masakari = new MasakariStub()) {
      masakari.host(masakari.segment("rack-a", "auto"), "compute-1");
      Process process = program(masakari, TestDatabase.newDatabase());
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
      assertThat(output)
          .startsWith("Database: jdbc:postgresql:")
          .contains("2 created")
          .doesNotContain("INFO");
    }
  }

  @Test
  void aDatabaseThatIsNotThereIsSaidWithoutAStack() throws Exception {
    try (MasakariStub masakari = new MasakariStub()) {
      Process process = program(masakari, "mysql://here");
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).isEqualTo(Command.FAILED);
      assertThat(output)
          .contains("The setting SPRING_DATASOURCE_URL is wrong")
          .contains("import-masakari: not started, see above")
          .doesNotContain("\tat ");
      assertThat(masakari.requests()).isEmpty();
    }
  }

  private static Process program(MasakariStub masakari, String database) throws IOException {
    return program(masakari, Map.of("SPRING_DATASOURCE_URL", database));
  }

  private static Process program(MasakariStub masakari, Path dataDirectory) throws IOException {
    return program(masakari, Map.of("UKEMI_DATA_DIR", dataDirectory.toString()));
  }

  private static Process program(MasakariStub masakari, Map<String, String> database)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            "ukemi.Ukemi",
            "import-masakari");
    builder.environment().keySet().removeIf(name -> name.startsWith("OS_"));
    builder.environment().putAll(masakari.settings());
    builder.environment().remove("SPRING_DATASOURCE_URL");
    builder.environment().putAll(database);
    return builder.redirectErrorStream(true).start();
  }

  private int start(String... arguments) {
    Command walk =
        new Command() {
          @Override
          public String name() {
            return "walk";
          }

          @Override
          public String purpose() {
            return "goes for a walk";
          }

          @Override
          public int run(List<String> arguments) {
            ran.addAll(arguments);
            if (arguments.contains("fail")) {
              throw new CommandFailed("it rains");
            }
            if (arguments.contains("wrong")) {
              throw new WrongArguments("not this way");
            }
            return 7;
          }
        };
    return new Commands(List.of(walk), new PrintStream(errors, true, StandardCharsets.UTF_8))
        .start(List.of(arguments))
        .orElse(-1);
  }

  private String said() {
    return errors.toString(StandardCharsets.UTF_8);
  }
}
