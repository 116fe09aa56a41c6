package ukemi.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A server of a database directory as its postmaster.pid shows it.
 *
 * @param pid its process
 * @param port 0 while it is not known yet
 * @param stopping whether it is going down
 */
record Postmaster(long pid, int port, boolean stopping) {

  private static final int PORT_LINE = 3;
  private static final int STATUS_LINE = 7;

  /**
   * The running server of the directory. The file alone proves nothing: after a crash or in another
   * container its number may be that of any process.
   */
  static Optional<Postmaster> running(Path database) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(pidFile(database));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    if (lines.isEmpty() || !lines.get(0).trim().matches("\\d{1,18}")) {
      return Optional.empty();
    }
    long pid = Long.parseLong(lines.get(0).trim());
    if (!worksIn(Path.of("/proc", Long.toString(pid)), database)) {
      return Optional.empty();
    }
    String port = lines.size() > PORT_LINE ? lines.get(PORT_LINE).trim() : "";
    String status = lines.size() > STATUS_LINE ? lines.get(STATUS_LINE).trim() : "";
    return Optional.of(
        new Postmaster(
            pid, port.matches("\\d{1,5}") ? Integer.parseInt(port) : 0, status.equals("stopping")));
  }

  /** Whether any process of a server, also one whose postmaster was killed, uses the directory. */
  static boolean hasProcesses(Path database) throws IOException {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .filter(process -> process.getFileName().toString().matches("\\d+"))
          .anyMatch(process -> worksIn(process, database));
    }
  }

  static Path pidFile(Path database) {
    return database.resolve("postmaster.pid");
  }

  private static boolean worksIn(Path process, Path database) {
    try {
      return Files.readString(process.resolve("comm")).trim().equals("postgres")
          && Files.isSameFile(process.resolve("cwd"), database);
    } catch (IOException e) {
      // it has ended, or is another user's and so not ours
      return false;
    }
  }
}
