package ukemi.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;

/**
 * Reads this node's set: the files of the jar, and over them those of the operator's folders. A
 * folder without any file of its kinds is a mistake, such as a volume that is not mounted: the
 * jar's files must not silently take the place of the operator's.
 */
@Component
class RunbookFiles {

  static final String SHIPPED = "shipped";

  private static final List<String> PROCESSES = List.of(".bpmn", ".dmn");
  private static final List<String> FORMS = List.of(".form");

  private final RunbookFolders folders;

  RunbookFiles(RunbookFolders folders) {
    this.folders = folders;
  }

  RunbookSet read() {
    SortedMap<String, byte[]> files = new TreeMap<>();
    SortedMap<String, String> origins = new TreeMap<>();
    List<ModelProblem> problems = new ArrayList<>();
    shipped()
        .forEach(
            (name, content) -> {
              files.put(name, content);
              origins.put(name, SHIPPED);
            });
    overlay(RunbookFolders.PROCESSES_DIR, folders.processes(), PROCESSES, files, origins, problems);
    overlay(RunbookFolders.FORMS_DIR, folders.forms(), FORMS, files, origins, problems);
    return new RunbookSet(files, origins, problems);
  }

  SortedMap<String, byte[]> shipped() {
    SortedMap<String, byte[]> files = new TreeMap<>();
    PathMatchingResourcePatternResolver resolver = new PathMatchingResourcePatternResolver();
    for (String pattern : List.of("processes/*.bpmn", "processes/*.dmn", "forms/*.form")) {
      try {
        for (Resource resource : resolver.getResources("classpath*:" + pattern)) {
          try (InputStream content = resource.getInputStream()) {
            files.put(resource.getFilename(), content.readAllBytes());
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return files;
  }

  private static void overlay(
      String setting,
      Optional<Path> folder,
      List<String> kinds,
      SortedMap<String, byte[]> files,
      SortedMap<String, String> origins,
      List<ModelProblem> problems) {
    if (folder.isEmpty()) {
      return;
    }
    Path path = folder.get();
    try {
      List<Path> found = found(path, kinds);
      if (found.isEmpty()) {
        problems.add(
            new ModelProblem(
                path.toString(),
                null,
                "has no file %s; expected: at least one, or no setting %s"
                    .formatted(String.join(" or ", kinds), setting)));
      }
      for (Path file : found) {
        files.put(file.getFileName().toString(), Files.readAllBytes(file));
        origins.put(file.getFileName().toString(), path.toString());
      }
    } catch (IOException | UncheckedIOException e) {
      problems.add(
          new ModelProblem(
              path.toString(),
              null,
              "can't be read: %s; expected: a folder that Ukemi may read, or no setting %s"
                  .formatted(e, setting)));
    }
  }

  /** Without an editor's hidden copies. */
  private static List<Path> found(Path folder, List<String> kinds) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(
              file -> {
                String name = file.getFileName().toString();
                return !name.startsWith(".") && kinds.stream().anyMatch(name::endsWith);
              })
          .sorted()
          .toList();
    }
  }
}
