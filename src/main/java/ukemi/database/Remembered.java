package ukemi.database;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;

/**
 * What a node keeps outside of its database.
 *
 * @param database whose
 * @param node under which name it writes its beat there
 * @param at its last beat, by the database's clock
 */
record Remembered(UUID database, UUID node, Instant at) {

  /**
   * Reads the file.
   *
   * @return empty when there is none
   * @throws IOException also when it is not one of ours
   */
  static Optional<Remembered> read(Path file) throws IOException {
    try (var reader = Files.newBufferedReader(file)) {
      Properties properties = new Properties();
      properties.load(reader);
      return Optional.of(
          new Remembered(
              UUID.fromString(properties.getProperty("database", "")),
              UUID.fromString(properties.getProperty("node", "")),
              Instant.parse(properties.getProperty("at", ""))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IOException(file + " can't be understood", e);
    }
  }

  /** Replaces the file at once, so that a crash leaves the old one or the new one. */
  void write(Path file) throws IOException {
    Path directory = file.getParent();
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory.getParent());
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Properties properties = new Properties();
    properties.setProperty("database", database.toString());
    properties.setProperty("node", node.toString());
    properties.setProperty("at", at.toString());
    Path unfinished = Files.createTempFile(directory, file.getFileName().toString(), ".new");
    try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE);
        OutputStream content = Channels.newOutputStream(channel)) {
      properties.store(content, "Ukemi: when this node last wrote to its database");
      channel.force(true);
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
