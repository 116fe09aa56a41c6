package ukemi.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import ukemi.InvalidSetting;

/**
 * The directory of the embedded database, held by one Ukemi at a time. The lock is the operating
 * system's: it ends with the process, however that ends.
 */
class DataDirectory implements AutoCloseable {

  private final Path path;
  private final FileChannel lock;

  private DataDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Creates the directory when it is missing and takes its lock.
   *
   * @throws InvalidSetting when it can't be used, or another Ukemi uses it
   */
  static DataDirectory open(Path path) {
    try {
      if (!Files.isDirectory(path)) {
        Files.createDirectories(path.getParent());
        Files.createDirectory(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      Path lockFile = path.resolve("ukemi.lock");
      FileChannel channel =
          FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!isFree(channel)) {
        String holder = Files.readString(lockFile).trim();
        channel.close();
        throw new InvalidSetting(
            DatabaseSettings.DATA_DIR,
            "another Ukemi (process %s) uses the directory %s".formatted(holder, path),
            "a directory of its own for each Ukemi, or one PostgreSQL for all of them in"
                + " SPRING_DATASOURCE_URL");
      }
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(UTF_8)));
      return new DataDirectory(path, channel);
    } catch (IOException e) {
      throw new InvalidSetting(
          DatabaseSettings.DATA_DIR,
          "the directory %s can't be used (%s)".formatted(path, e),
          "a directory that the user %s may create and write"
              .formatted(System.getProperty("user.name")));
    }
  }

  private static boolean isFree(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  Path path() {
    return path;
  }

  /** PostgreSQL's own directory. */
  Path database() {
    return path.resolve("database");
  }

  Path passwordFile() {
    return path.resolve("database-password");
  }

  /** The password of the embedded database; made once, readable by this user alone. */
  String password() throws IOException {
    Path file = passwordFile();
    if (!Files.exists(file)) {
      byte[] random = new byte[24];
      new SecureRandom().nextBytes(random);
      Path unfinished = path.resolve("database-password.new");
      Files.deleteIfExists(unfinished);
      Files.createFile(
          unfinished,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(unfinished, Base64.getUrlEncoder().encodeToString(random));
      Files.move(unfinished, file);
    }
    return Files.readString(file).trim();
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
