package ukemi.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import ukemi.InvalidSetting;

class EmbeddedDatabaseTest {

  /** Unpacked once for most tests: that takes seconds. */
  @TempDir static Path unpacked;

  @TempDir Path temporary;

  private Path directory;
  private final List<Process> programs = new ArrayList<>();

  @AfterEach
  void endWhatIsLeft() throws Exception {
    for (Process program : programs) {
      program.destroyForcibly().waitFor();
    }
    if (directory != null) {
      for (var left = server(); left.isPresent(); left = server()) {
        ProcessHandle.of(left.get().pid()).ifPresent(ProcessHandle::destroyForcibly);
        awaitNoProcess();
      }
      awaitNoProcess();
    }
  }

  @Test
  void whenUkemiIsKilledTheServerLivesOnAndTheNextOneTakesItOver() throws Exception {
    Process first = program();
    write("kept");
    long pid = server().orElseThrow().pid();
    kill(first);
    assertThat(server().orElseThrow().pid()).isEqualTo(pid);
    try (EmbeddedDatabase second = EmbeddedDatabase.start(directory)) {
      assertThat(server().orElseThrow().pid()).isEqualTo(pid);
      assertThat(read(second)).isEqualTo("kept");
    }
    assertThat(server()).as("stopped, though taken over").isEmpty();
    awaitNoProcess();
  }

  @Test
  void whenBothAreKilledTheDatabaseIsRecovered() throws Exception {
    Process first = program();
    write("kept");
    kill(first);
    killServer();
    assertThat(Postmaster.pidFile(database())).as("stale").exists();
    try (EmbeddedDatabase second = EmbeddedDatabase.start(directory)) {
      assertThat(read(second)).isEqualTo("kept");
    }
  }

  @Test
  void aStalePidThatNowBelongsToAnotherProcessIsNotTakenForTheServer() throws Exception {
    Process first = program();
    write("kept");
    kill(first);
    killServer();
    Process other = new ProcessBuilder("sleep", "300").start();
    programs.add(other);
    Path pidFile = Postmaster.pidFile(database());
    List<String> lines = Files.readAllLines(pidFile);
    lines.set(0, Long.toString(other.pid()));
    Files.write(pidFile, lines);
    try (EmbeddedDatabase second = EmbeddedDatabase.start(directory)) {
      assertThat(read(second)).isEqualTo("kept");
    }
    assertThat(other.isAlive()).isTrue();
  }

  @Test
  void aSecondUkemiIsToldThatTheDirectoryIsInUse() throws Exception {
    Process first = program();
    assertThatThrownBy(() -> EmbeddedDatabase.start(directory))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("UKEMI_DATA_DIR")
        .hasMessageContaining("another Ukemi (process " + first.pid() + ")")
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("SPRING_DATASOURCE_URL");
    write("the first one is not disturbed");
  }

  @Test
  void whenTheServerAloneIsKilledItIsStartedAgainAtTheSamePort() throws Exception {
    directory = preparedDirectory();
    try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
      write("kept");
      long pid = server().orElseThrow().pid();
      killServer();
      await()
          .atMost(Duration.ofMinutes(3))
          .ignoreExceptions()
          .until(() -> read(database).equals("kept"));
      assertThat(server().orElseThrow().pid()).isNotEqualTo(pid);
    }
    assertThat(server()).isEmpty();
  }

  @Test
  void aFirstStartThatWasKilledHalfwayIsBegunAgain() throws Exception {
    directory = temporary.resolve("data");
    Files.createDirectories(directory.resolve("database.new/base"));
    Files.createDirectories(directory.resolve("postgresql-new/bin"));
    Files.writeString(directory.resolve("database-password.new"), "half");
    try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
      write("works");
      assertThat(read(database)).isEqualTo("works");
    }
  }

  @Test
  void itKeepsWhatItConfirmedAndListensToThisUserOnly() throws Exception {
    directory = temporary.resolve("data with a space");
    try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
      assertThat(query(database, "show fsync")).isEqualTo("on");
      assertThat(query(database, "show listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(query(database, "show unix_socket_directories")).isEmpty();
      assertThat(query(database, "show data_checksums")).isEqualTo("on");
      for (String user : List.of("ukemi", "postgres")) {
        assertThatThrownBy(() -> DriverManager.getConnection(database.getJdbcUrl(), user, "guess"))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("password authentication failed");
      }
      assertThat(modes(directory)).isEqualTo("rwx------");
      assertThat(modes(database())).isEqualTo("rwx------");
      assertThat(modes(directory.resolve("database-password"))).isEqualTo("rw-------");
    }
  }

  @Test
  void aDirectoryThatCanNotBeUsedIsNamed() throws Exception {
    Path file = Files.createFile(temporary.resolve("file"));
    assertThatThrownBy(() -> EmbeddedDatabase.start(file.resolve("below")))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("UKEMI_DATA_DIR")
        .hasMessageContaining("can't be used");
  }

  @Test
  void springClosesThePoolBeforeTheServerStops() throws Exception {
    directory = preparedDirectory();
    try (ConfigurableApplicationContext program =
            spring(
                "--ukemi.data-dir=" + directory,
                "--spring.datasource.hikari.connection-timeout=60000");
        Connection connection = program.getBean(DataSource.class).getConnection()) {
      assertThat(connection.getMetaData().getURL()).contains("127.0.0.1");
    }
    assertThat(server()).isEmpty();
    awaitNoProcess(); // the one that writes the log ends last
    String log = Files.readString(logOfToday());
    assertThat(log).contains("database system is shut down");
    assertThat(log).as("no connection was cut").doesNotContain("terminating connection");
  }

  @Test
  void aServerThatIsNamedWronglyIsRefusedByName() {
    assertThatThrownBy(() -> spring("--spring.datasource.url= "))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("SPRING_DATASOURCE_URL: it is empty");
    assertThatThrownBy(() -> spring("--spring.datasource.url=jdbc:mysql://u:s3cret@host/db"))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("not the address of a PostgreSQL")
        .hasMessageNotContaining("s3cret");
    assertThatThrownBy(() -> spring("--spring.datasource.username=ukemi"))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("SPRING_DATASOURCE_URL: it is missing");
  }

  @Configuration
  @ImportAutoConfiguration(DataSourceAutoConfiguration.class)
  @EnableConfigurationProperties(DatabaseSettings.class)
  @Import(DatabaseConfiguration.class)
  static class Program {}

  private static ConfigurableApplicationContext spring(String... arguments) {
    return new SpringApplicationBuilder(Program.class).web(WebApplicationType.NONE).run(arguments);
  }

  private Path logOfToday() throws IOException {
    try (var logs = Files.list(database().resolve("log"))) {
      return logs.findFirst().orElseThrow();
    }
  }

  private Path preparedDirectory() throws IOException {
    PostgresBinaries.unpack(unpacked);
    Path prepared = Files.createDirectory(temporary.resolve("data"));
    try (var binaries = Files.list(unpacked)) {
      Path unpackedOnce = binaries.findFirst().orElseThrow();
      Files.createSymbolicLink(prepared.resolve(unpackedOnce.getFileName()), unpackedOnce);
    }
    return prepared;
  }

  /** Starts a program with the database and waits until it is up. */
  private Process program() throws IOException {
    directory = preparedDirectory();
    Process program =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-cp",
                System.getProperty("java.class.path"),
                EmbeddedDatabaseMain.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    programs.add(program);
    BufferedReader output = program.inputReader();
    String line = output.readLine();
    while (line != null && !line.startsWith("url ")) {
      line = output.readLine();
    }
    assertThat(line).isNotNull();
    return program;
  }

  private void awaitNoProcess() {
    await().atMost(Duration.ofMinutes(1)).until(() -> !Postmaster.hasProcesses(database()));
  }

  /** With SIGKILL. */
  private static void kill(Process program) throws InterruptedException {
    program.destroyForcibly().waitFor();
  }

  private void killServer() throws IOException {
    ProcessHandle.of(server().orElseThrow().pid()).orElseThrow().destroyForcibly();
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> !Postmaster.hasProcesses(database()) || server().isPresent());
  }

  private Optional<Postmaster> server() throws IOException {
    return Postmaster.running(database());
  }

  private Path database() {
    return directory.resolve("database");
  }

  private void write(String text) throws Exception {
    String url = "jdbc:postgresql://127.0.0.1:" + server().orElseThrow().port() + "/ukemi";
    String password = Files.readString(directory.resolve("database-password")).trim();
    try (Connection connection = DriverManager.getConnection(url, "ukemi", password)) {
      connection.createStatement().execute("create table note as select '" + text + "' as text");
    }
  }

  private static String read(EmbeddedDatabase database) throws SQLException {
    return query(database, "select text from note");
  }

  private static String query(EmbeddedDatabase database, String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                database.getJdbcUrl(), database.getUsername(), database.getPassword());
        ResultSet result = connection.createStatement().executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }

  private static String modes(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
