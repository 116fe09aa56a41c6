package ukemi.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** How this program is told from others on the same database: by its machine and port. */
@Component
class NodeName {

  private final String name;

  NodeName(Environment environment) {
    this.name = machine() + ":" + environment.getProperty("server.port", "15868");
  }

  /** As the kernel has it: asking for its address could wait for a name server. */
  private static String machine() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      return "unnamed";
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
