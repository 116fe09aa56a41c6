package ukemi;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** README's table of settings is complete and right. */
class ReadmeSettingsTest {

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /** What README says, in words, where the program has no one default. */
  private static final Map<String, String> IN_WORDS =
      Map.ofEntries(
          entry("ukemi.maas.url", ""),
          entry("ukemi.maas.api-key", ""),
          entry("ukemi.maas.ca-certificate", "the system's"),
          entry("ukemi.fencing.machines", "by name"),
          entry("ukemi.fencing.never", ""),
          entry("ukemi.healthcheck.disable-file", ""),
          entry("ukemi.processes-dir", "those shipped"),
          entry("ukemi.forms-dir", "those shipped"),
          entry("ukemi.engine.retry-cycle", "2s … 15m, for a day"),
          entry("ukemi.policy-file", "that shipped"),
          entry("ukemi.data-dir", "~/.ukemi"),
          entry("ukemi.admin-password", "made at the first start, printed once"));

  /** One setting as README has it. */
  private record Row(String name, String byDefault) {}

  @Test
  void everySettingIsInReadmeAndNoOther() throws IOException {
    Map<String, JsonNode> existing = existing();
    assertThat(existing).hasSizeGreaterThan(30);
    assertThat(rows().stream().map(Row::name).filter(name -> name.startsWith("ukemi.")).toList())
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(existing.keySet());
  }

  @Test
  void everyDefaultInReadmeIsTheProgramsOwn() throws IOException {
    Map<String, JsonNode> existing = existing();
    for (Row row : rows()) {
      if (!row.name().startsWith("ukemi.")) {
        continue;
      }
      assertThat(row.byDefault())
          .as("default of %s", row.name())
          .isEqualTo(byDefault(row.name(), existing.get(row.name())));
    }
  }

  @Test
  void theDefaultsOfSpringsOwnSettingsAreThoseOfOurFile() throws IOException {
    String yaml = Files.readString(Path.of("src/main/resources/application.yaml"));
    assertThat(row("server.port").byDefault()).isEqualTo("15868");
    assertThat(yaml).contains("\n  port: 15868\n");
    assertThat(row("server.forward-headers-strategy").byDefault()).isEqualTo("none");
    assertThat(yaml).doesNotContain("forward-headers-strategy");
  }

  @Test
  void aVariableInReadmeIsTheNameOfItsSetting() throws IOException {
    for (String line : lines()) {
      List<String> names = codes(line.split("\\|")[1]);
      if (names.size() == 2 && names.get(0).matches("(UKEMI|SERVER)_[A-Z_]+")) {
        assertThat(names.get(0)).isEqualTo(variable(names.get(1)));
      }
    }
  }

  @Test
  void everyVariableThatAnyPageNamesExists() throws IOException {
    Set<String> existing =
        existing().keySet().stream()
            .map(ReadmeSettingsTest::variable)
            .collect(Collectors.toCollection(TreeSet::new));
    Pattern named = Pattern.compile("\\bUKEMI_[A-Z][A-Z_]*[A-Z]\\b");
    Pattern property = Pattern.compile("\\bukemi(\\.[a-z]+(-[a-z]+)*)+=");
    for (Path page : pagesAndDocker()) {
      String text = Files.readString(page);
      assertThat(existing)
          .as(page.toString())
          .containsAll(named.matcher(text).results().map(MatchResult::group).toList());
      assertThat(existing().keySet())
          .as(page.toString())
          .containsAll(
              property
                  .matcher(text)
                  .results()
                  .map(result -> result.group().replace("=", ""))
                  .toList());
    }
  }

  private static String byDefault(String name, JsonNode setting) throws IOException {
    if (name.equals("ukemi.demo.directory")) {
      String yaml = Files.readString(Path.of("src/main/resources/application-demo.yaml"));
      assertThat(yaml).contains("demo.directory: ${user.home}/.ukemi-demo");
      return "~/.ukemi-demo";
    }
    // a list is in brackets there
    String value = setting.path("defaultValue").asText("").replaceAll("^\\[|]$", "");
    if (value.isEmpty()) {
      assertThat(IN_WORDS).containsKey(name);
      return IN_WORDS.get(name);
    }
    assertThat(IN_WORDS).doesNotContainKey(name);
    return value;
  }

  private static Row row(String name) throws IOException {
    return rows().stream().filter(row -> row.name().equals(name)).findFirst().orElseThrow();
  }

  /** One for each setting; a line may have several, with as many defaults. */
  private static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : lines()) {
      String[] cells = line.split("\\|");
      List<String> names = full(codes(cells[1]));
      String written = cells[2].strip().replace("`", "");
      List<String> defaults =
          names.size() == 1 ? List.of(written) : List.of(written.split(", ", -1));
      if (names.stream().anyMatch(name -> name.matches("(ukemi|server)\\..*"))) {
        assertThat(defaults).as(line).hasSameSizeAs(names);
        for (int i = 0; i < names.size(); i++) {
          rows.add(new Row(names.get(i), defaults.get(i)));
        }
      }
    }
    return rows;
  }

  private static List<String> lines() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    String settings = readme.substring(readme.indexOf("\n## Settings\n"));
    return settings
        .lines()
        .dropWhile(line -> !line.startsWith("| setting |"))
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .toList();
  }

  private static List<String> codes(String cell) {
    return CODE.matcher(cell).results().map(result -> result.group(1)).toList();
  }

  /** Without the variable's name where the property stands behind it, and without "<host>". */
  private static List<String> full(List<String> codes) {
    List<String> names = new ArrayList<>();
    String prefix = "";
    for (String code : codes) {
      if (code.startsWith("ukemi.") || code.startsWith("server.")) {
        String name = code.replaceFirst("\\.<\\w+>$", "");
        prefix = name.substring(0, name.lastIndexOf('.') + 1);
        names.add(name);
      } else if (!prefix.isEmpty()) {
        names.add(prefix + code);
      } else if (!code.matches("[A-Z_]+") || codes.size() == 1) {
        names.add(code);
      }
    }
    return names;
  }

  private static String variable(String name) {
    return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  private static List<Path> pagesAndDocker() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(Path.of("README.md")));
    for (Path folder : List.of(Path.of("src/site/markdown"), Path.of("docker"))) {
      if (Files.isDirectory(folder)) {
        try (Stream<Path> files = Files.walk(folder)) {
          files.filter(Files::isRegularFile).forEach(pages::add);
        }
      }
    }
    return pages;
  }

  private static Map<String, JsonNode> existing() throws IOException {
    Map<String, JsonNode> found = new TreeMap<>();
    for (URL url :
        Collections.list(
            ReadmeSettingsTest.class
                .getClassLoader()
                .getResources("META-INF/spring-configuration-metadata.json"))) {
      try (InputStream stream = url.openStream()) {
        for (JsonNode property : new ObjectMapper().readTree(stream).path("properties")) {
          String name = property.path("name").asText();
          // of the test classes, too, where a test has settings of its own
          if (name.startsWith("ukemi.") && !name.startsWith("ukemi.example.")) {
            found.put(name, property);
          }
        }
      }
    }
    return found;
  }
}
