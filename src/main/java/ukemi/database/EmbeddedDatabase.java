package ukemi.database;

import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails;
import org.springframework.util.FileSystemUtils;
import ukemi.InvalidSetting;

/**
 * A PostgreSQL of our own, for a site that names none. It outlives a killed Ukemi, and the next one
 * takes it over as it is; if it was killed too, PostgreSQL recovers by itself. When the server
 * alone is killed, it is started again at the same port.
 *
 * <p>It listens on the loopback address only, without a socket file. Whoever else is on the machine
 * can't use it: it asks for a password that lies in the data directory, readable by one user.
 */
class EmbeddedDatabase implements JdbcConnectionDetails, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
  private static final String USER = "ukemi";
  private static final String NAME = "ukemi";
  private static final String LOOPBACK = "127.0.0.1";

  /** Recovery after a crash reads all changes since the last checkpoint (5 minutes of work). */
  private static final Duration LONGEST_START = Duration.ofMinutes(10);

  private static final Duration PAUSE = Duration.ofMillis(200);

  private final DataDirectory directory;
  private final PostgresBinaries binaries;
  private final String password;
  private int port;
  private boolean closed;

  private EmbeddedDatabase(DataDirectory directory) throws IOException {
    this.directory = directory;
    this.binaries = PostgresBinaries.unpack(directory.path());
    this.password = directory.password();
  }

  /**
   * Finds, recovers or creates the database of the directory.
   *
   * @throws ukemi.InvalidSetting when the directory can't be used
   * @throws IllegalStateException when PostgreSQL does not come up, with what it said
   */
  static EmbeddedDatabase start(Path path) {
    refuseRootWithoutNamespace();
    DataDirectory directory = DataDirectory.open(path);
    EmbeddedDatabase database = null;
    try {
      database = new EmbeddedDatabase(directory);
      database.start();
      return database;
    } catch (IOException | SQLException e) {
      if (database == null) {
        directory.close();
      } else {
        database.close();
      }
      throw new IllegalStateException(
          "The embedded PostgreSQL in %s does not start: %s".formatted(path, e.getMessage()), e);
    }
  }

  /** PostgreSQL refuses to run as root; in a user namespace it is nobody. */
  private static void refuseRootWithoutNamespace() {
    if (!LinuxUtils.isUnshareAvailable() && isRoot()) {
      throw new InvalidSetting(
          "SPRING_DATASOURCE_URL",
          "it is missing, and the embedded PostgreSQL does not run as root where root has no user"
              + " namespaces, as in a container or a chroot",
          "another user than root to run Ukemi, or jdbc:postgresql://host:port/database");
    }
  }

  private static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private synchronized void start() throws IOException, SQLException {
    createFiles();
    Instant deadline = Instant.now().plus(LONGEST_START);
    Optional<Postmaster> found = Postmaster.running(directory.database());
    boolean adopted = found.isPresent() && answers(found.get(), deadline);
    if (!adopted) {
      waitForStragglers(deadline);
      Files.deleteIfExists(Postmaster.pidFile(directory.database()));
      startServer();
      found = Postmaster.running(directory.database());
    }
    Postmaster postmaster = found.orElseThrow(() -> new IOException("it ended at once"));
    port = postmaster.port();
    createDatabase();
    LOG.info(
        "{} the embedded PostgreSQL in {} (process {}, port {})",
        adopted ? "Took over" : "Started",
        directory.path(),
        postmaster.pid(),
        port);
    watch(postmaster.pid());
  }

  /** Unfinished work of a killed first start is thrown away. */
  private void createFiles() throws IOException {
    if (Files.exists(directory.database())) {
      return;
    }
    Path unfinished = directory.path().resolve("database.new");
    FileSystemUtils.deleteRecursively(unfinished);
    binaries.run(
        "initdb",
        "--pgdata=" + unfinished,
        "--username=" + USER,
        "--pwfile=" + directory.passwordFile(),
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--no-locale",
        "--data-checksums");
    Files.move(unfinished, directory.database(), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Waits for a server that is coming up; false when it goes or has gone down. */
  private boolean answers(Postmaster found, Instant deadline) throws IOException, SQLException {
    Optional<Postmaster> server = Optional.of(found);
    while (server.isPresent()) {
      SQLException failure = null;
      if (!server.get().stopping() && server.get().port() != 0) {
        try (Connection connection = connect(server.get().port(), "postgres")) {
          return true;
        } catch (SQLException e) {
          failure = e;
        }
      }
      pause(deadline, failure);
      server = Postmaster.running(directory.database());
    }
    return false;
  }

  /** Processes of a killed postmaster end by themselves; beside a new one they would do harm. */
  private void waitForStragglers(Instant deadline) throws IOException, SQLException {
    while (Postmaster.hasProcesses(directory.database())) {
      pause(deadline, null);
    }
  }

  private static void pause(Instant deadline, SQLException failure)
      throws IOException, SQLException {
    if (Instant.now().isAfter(deadline)) {
      if (failure != null) {
        throw failure;
      }
      throw new IOException("the one that runs neither answers nor ends");
    }
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void startServer() throws IOException {
    if (port != 0) {
      startServer(port);
      return;
    }
    try {
      startServer(freePort());
    } catch (IOException e) {
      if (!e.getMessage().contains("Address already in use")) {
        throw e;
      }
      // somebody was quicker
      startServer(freePort());
    }
  }

  private void startServer(int atPort) throws IOException {
    Path log = directory.path().resolve("database-start.log");
    Files.deleteIfExists(log);
    try {
      binaries.run(
          "pg_ctl",
          "start",
          "--wait",
          "--timeout=" + LONGEST_START.toSeconds(),
          "--pgdata=" + directory.database(),
          "--log=" + log,
          "--options="
              + ("-p " + atPort)
              + (" -c listen_addresses=" + LOOPBACK)
              + " -c unix_socket_directories="
              + " -c fsync=on"
              + " -c timezone=UTC -c log_timezone=UTC"
              // a week of logs, in database/log
              + " -c logging_collector=on -c log_filename=postgresql-%a.log"
              + " -c log_truncate_on_rotation=on -c log_rotation_age=1d");
    } catch (IOException e) {
      String said = Files.exists(log) ? Files.readString(log).trim() : "";
      throw new IOException(e.getMessage() + "\n" + said, e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
      return socket.getLocalPort();
    }
  }

  private void createDatabase() throws SQLException {
    try (Connection connection = connect(port, "postgres");
        Statement statement = connection.createStatement()) {
      if (!statement
          .executeQuery("select 1 from pg_database where datname = '" + NAME + "'")
          .next()) {
        statement.execute("create database " + NAME);
      }
    }
  }

  private Connection connect(int atPort, String name) throws SQLException {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setServerNames(new String[] {LOOPBACK});
    dataSource.setPortNumbers(new int[] {atPort});
    dataSource.setDatabaseName(name);
    dataSource.setUser(USER);
    dataSource.setPassword(password);
    dataSource.setConnectTimeout(2);
    dataSource.setSocketTimeout(10);
    return dataSource.getConnection();
  }

  private void watch(long pid) {
    ProcessHandle.of(pid)
        .ifPresent(process -> process.onExit().thenRunAsync(() -> startAgain(pid)));
  }

  private synchronized void startAgain(long pid) {
    while (!closed) {
      LOG.error("The embedded PostgreSQL (process {}) has ended; it is started again", pid);
      try {
        start();
        return;
      } catch (IOException | SQLException e) {
        LOG.error("It does not start; next try in 5 s", e);
        try {
          // lets close() in
          wait(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  @Override
  public String getJdbcUrl() {
    return "jdbc:postgresql://%s:%d/%s".formatted(LOOPBACK, port, NAME);
  }

  @Override
  public String getUsername() {
    return USER;
  }

  @Override
  public String getPassword() {
    return password;
  }

  /** Stops the server, also one that was taken over, and gives the directory up. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    notifyAll();
    try {
      if (Postmaster.running(directory.database()).isPresent()) {
        binaries.run(
            "pg_ctl",
            "stop",
            "--wait",
            "--timeout=60",
            "--mode=fast",
            "--pgdata=" + directory.database());
        LOG.info("Stopped the embedded PostgreSQL in {}", directory.path());
      }
    } catch (IOException e) {
      LOG.error("The embedded PostgreSQL in {} did not stop", directory.path(), e);
    } finally {
      directory.close();
    }
  }
}
