package ukemi.engine;

import java.nio.file.Path;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import ukemi.InvalidSetting;

/**
 * Where an operator keeps runbooks. Whether the folders are there is seen when they are read: a
 * folder that is not mounted must not stop a program whose runbooks are deployed.
 *
 * @param processesDir drawings and tables, .bpmn and .dmn (environment: UKEMI_PROCESSES_DIR); null
 *     = those in the jar
 * @param formsDir forms, .form (environment: UKEMI_FORMS_DIR); null = those in the jar
 */
@ConfigurationProperties("ukemi")
record RunbookFolders(String processesDir, String formsDir) {

  static final String PROCESSES_DIR = "UKEMI_PROCESSES_DIR";
  static final String FORMS_DIR = "UKEMI_FORMS_DIR";

  RunbookFolders {
    refuseBlank(PROCESSES_DIR, processesDir);
    refuseBlank(FORMS_DIR, formsDir);
  }

  Optional<Path> processes() {
    return absolute(processesDir);
  }

  Optional<Path> forms() {
    return absolute(formsDir);
  }

  private static Optional<Path> absolute(String folder) {
    return Optional.ofNullable(folder).map(path -> Path.of(path).toAbsolutePath().normalize());
  }

  private static void refuseBlank(String name, String value) {
    if (value != null && value.isBlank()) {
      throw new InvalidSetting(
          name, "it is empty", "a folder, or no such setting at all: then the jar's are used");
    }
  }
}
