package ukemi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.repository.DeploymentBuilder;

/** The recovery policy as an operator edits it, and deploys it with all drawings and forms. */
public final class PolicyTable {

  private static final String FILE = "recovery-policy.dmn";

  private String text = read(Path.of("processes", FILE));

  /** What another file has instead of what is shipped. */
  private final Map<String, String> others = new HashMap<>();

  /** The shipped table: one rule that fits always and asks nobody. */
  public static PolicyTable shipped() {
    return new PolicyTable();
  }

  /** Deployed with another table or drawing, changed in that place. */
  public PolicyTable with(String file, String shipped, String instead) {
    String other = read(Path.of("processes", file));
    if (!other.contains(shipped)) {
      throw new IllegalArgumentException(file + " has no " + shipped);
    }
    others.put(file, other.replace(shipped, instead));
    return this;
  }

  public PolicyTable askBeforeFencing(String answer) {
    return entry("NothingAsksFencing", answer);
  }

  public PolicyTable askBeforeEvacuation(String answer) {
    return entry("NothingAsksEvacuation", answer);
  }

  public PolicyTable group(String group) {
    return entry("NothingAsksGroup", group);
  }

  public PolicyTable remindAfter(String duration) {
    return entry("NothingAsksRemind", duration);
  }

  /** The rule fits only with so many guests on the host, such as {@code > 10}. */
  public PolicyTable guests(String condition) {
    return entry("NothingAsksGuests", condition);
  }

  /** Sets a cell of the rule to a FEEL expression. */
  private PolicyTable entry(String id, String expression) {
    String escaped = expression.replace("<", "&lt;").replace(">", "&gt;");
    String changed =
        Pattern.compile("(id=\"" + id + "\"><text>).*?(</text>)")
            .matcher(text)
            .replaceAll("$1" + Matcher.quoteReplacement(escaped) + "$2");
    assertThat(changed).contains("id=\"" + id + "\"><text>" + escaped);
    text = changed;
    return this;
  }

  /**
   * Deploys it: recoveries that start from now on use it.
   *
   * @return id of the deployment
   */
  public String deploy(RepositoryService repository) {
    DeploymentBuilder deployment = repository.createDeployment().name("ukemi").source("test");
    for (String folder : List.of("processes", "forms")) {
      try (Stream<Path> files = Files.list(Path.of(folder))) {
        files
            .sorted()
            .forEach(
                file -> {
                  String name = file.getFileName().toString();
                  String content = name.equals(FILE) ? text : others.getOrDefault(name, read(file));
                  deployment.addInputStream(
                      name,
                      new java.io.ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
                });
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return deployment.deploy().getId();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
