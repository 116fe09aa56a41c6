package ukemi.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Ends the program as {@code kill -9} does when it reaches the boundary named in {@code HALT_AT},
 * the first time only: the file named in {@code HALT_MARKER} remembers it.
 */
public final class HaltAtBoundary implements BoundaryHook {

  private final String boundary = System.getenv("HALT_AT");

  @Override
  public void accept(Boundary reached) {
    if (!reached.name().equals(boundary)) {
      return;
    }
    try {
      Files.createFile(Path.of(System.getenv("HALT_MARKER")));
    } catch (FileAlreadyExistsException e) {
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().halt(137);
  }
}
