package ukemi.docker;

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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/**
 * No container engine is needed here, and none proves these files: but what they take from the
 * program is right.
 */
class DockerFilesTest {

  private static final Path DOCKER = Path.of("docker");
  private static final String PORT = "15868";
  private static final Set<String> NOT_OURS =
      Set.of("POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "HEALTH_URL");

  @Test
  void theImageRunsTheJarThatMavenBuildsWithReadmesOptions() throws IOException {
    assertThat(read("pom.xml")).contains("<finalName>ukemi</finalName>");
    String dockerfile = read("docker/Dockerfile");
    assertThat(dockerfile).contains("-jar target/ukemi.jar extract --layers");
    Matcher entry = Pattern.compile("(?m)^ENTRYPOINT (\\[.*])$").matcher(dockerfile);
    assertThat(entry.find()).isTrue();
    List<String> command = new ArrayList<>();
    new ObjectMapper().readTree(entry.group(1)).forEach(word -> command.add(word.asText()));
    assertThat(String.join(" ", command)).isEqualTo(readmesCommand("ukemi.jar"));
  }

  @Test
  void systemdRunsTheJarWithReadmesOptions() throws IOException {
    String unit = read("docker/systemd/ukemi.service");
    String jar = "/usr/local/lib/ukemi/ukemi.jar";
    assertThat(unit)
        .contains("\nExecStart=/usr/bin/" + readmesCommand(jar) + "\n")
        .contains("target/ukemi.jar " + jar + "\n")
        .contains("\nEnvironmentFile=/etc/ukemi/ukemi.env\n")
        .contains("docker/ukemi.env.example /etc/ukemi/ukemi.env")
        .contains("\nStateDirectory=ukemi\n")
        .contains("\nEnvironment=UKEMI_DATA_DIR=/var/lib/ukemi\n");
  }

  @Test
  void everythingListensOnTheProgramsPort() throws IOException {
    assertThat(read("src/main/resources/application.yaml")).contains("\n  port: " + PORT + "\n");
    assertThat(read("docker/Dockerfile"))
        .contains("\nEXPOSE " + PORT + "\n")
        .contains("HEALTH_URL=http://127.0.0.1:" + PORT + "/");
    assertThat(at(compose("compose.yaml"), "services", "proxy", "ports"))
        .isEqualTo(List.of(PORT + ":" + PORT));
    assertThat(read("docker/haproxy.cfg")).contains("bind :" + PORT + " ssl ");
  }

  @Test
  void theProxyKnowsTheNodesOfTheComposeFileAndNoOther() throws IOException {
    List<String> servers =
        Pattern.compile("(?m)^ +server (\\S+) (\\S+):" + PORT + " ")
            .matcher(read("docker/haproxy.cfg"))
            .results()
            .map(server -> server.group(1) + "=" + server.group(2))
            .toList();
    assertThat(servers).containsExactly("ukemi-1=ukemi-1", "ukemi-2=ukemi-2");
    Map<String, Object> services = map(compose("compose.yaml").get("services"));
    assertThat(services.keySet().stream().filter(name -> name.startsWith("ukemi")))
        .containsExactly("ukemi-1", "ukemi-2");
  }

  @Test
  void bothNodesHaveTheSameSettings() throws IOException {
    Map<String, Object> one = node("ukemi-1");
    Map<String, Object> two = node("ukemi-2");
    for (String own : List.of("hostname", "volumes", "build", "pull_policy", "depends_on")) {
      one.remove(own);
      two.remove(own);
    }
    assertThat(one).isNotEmpty().isEqualTo(two);
  }

  @Test
  void theProxyAsksWhetherANodeIsInServiceAndReachesTheDatabase() throws IOException {
    List<String> asked =
        Pattern.compile(
                "(?m)^ +http-check send meth GET uri (\\S+) .*\n +http-check expect status 200$")
            .matcher(read("docker/haproxy.cfg"))
            .results()
            .map(check -> check.group(1))
            .toList();
    assertThat(asked).containsExactly("/healthcheck", "/actuator/health/readiness");
    assertThat(read("src/main/resources/application.yaml"))
        .contains("group.readiness.include: readinessState, db");
  }

  @Test
  void eachNodeKeepsWhatItRemembersOfTheDatabase() throws IOException {
    assertThat(node("ukemi-1")).containsEntry("volumes", List.of("ukemi-1:/var/lib/ukemi"));
    assertThat(node("ukemi-2")).containsEntry("volumes", List.of("ukemi-2:/var/lib/ukemi"));
    assertThat(read("docker/ukemi.env.example")).contains("\nUKEMI_DATA_DIR=/var/lib/ukemi\n");
  }

  /** Rule R11: in a container, its own machine is not known by its addresses. */
  @Test
  void theNodesDoNotStartUntilTheMachinesThatRunThemAreNamed() throws IOException {
    for (String node : List.of("ukemi-1", "ukemi-2")) {
      assertThat(map(node(node).get("environment")).get("UKEMI_FENCING_NEVER"))
          .asString()
          .startsWith("${UKEMI_FENCING_NEVER:?");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"compose.yaml", "compose.demo.yaml"})
  void whatAComposeFileNamesIsThere(String file) throws IOException {
    Map<String, Object> compose = compose(file);
    Map<String, Object> services = map(compose.get("services"));
    services.forEach(
        (name, service) -> {
          Map<String, Object> settings = map(service);
          names(settings.get("depends_on"))
              .forEach(other -> assertThat(services).containsKey(other));
          names(settings.get("networks"))
              .forEach(network -> assertThat(map(compose.get("networks"))).containsKey(network));
          for (String volume : names(settings.get("volumes"))) {
            String source = volume.split(":")[0];
            if (!source.startsWith(".")) {
              assertThat(map(compose.get("volumes"))).containsKey(source);
            } else if (!source.equals("./tls")) {
              assertThat(DOCKER.resolve(source)).exists();
            }
          }
          if (settings.containsKey("env_file")) {
            assertThat(DOCKER.resolve(settings.get("env_file") + ".example")).exists();
          }
          if (settings.containsKey("build")) {
            Map<String, Object> build = map(settings.get("build"));
            Path context = DOCKER.resolve(build.get("context").toString()).normalize();
            assertThat(context.resolve(build.get("dockerfile").toString())).exists();
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"compose.yaml", "compose.demo.yaml"})
  void ukemiHasNoRightsAndNoFileSystemToWriteTo(String file) throws IOException {
    assertThat(read("docker/Dockerfile")).contains("--uid 10001 ").contains("\nUSER 10001\n");
    map(compose(file).get("services"))
        .forEach(
            (name, service) -> {
              if ("ukemi".equals(map(service).get("image"))) {
                assertThat(map(service))
                    .containsEntry("read_only", true)
                    .containsEntry("tmpfs", List.of("/tmp"))
                    .containsEntry("cap_drop", List.of("ALL"))
                    .containsEntry("security_opt", List.of("no-new-privileges:true"));
              }
            });
  }

  /** It refuses to start when it finds the settings of a real site. */
  @Test
  void theDemoFindsNoSettingInTheImage() throws IOException {
    assertThat(read("docker/Dockerfile")).doesNotContainPattern("UKEMI_|OS_|SPRING_");
    assertThat(map(at(compose("compose.demo.yaml"), "services", "demo")))
        .doesNotContainKeys("environment", "env_file")
        .containsEntry("command", List.of("--spring.profiles.active=demo"))
        // it listens on 127.0.0.1 alone
        .containsEntry("network_mode", "host")
        .containsEntry("volumes", List.of("demo:/var/lib/ukemi"));
    assertThat(read("docker/Dockerfile")).contains("--home-dir /var/lib/ukemi --create-home");
  }

  @Test
  void theImageIsBuiltFromFilesThatAreThereAndAreSent() throws IOException {
    List<String> sent = Files.readAllLines(Path.of(".dockerignore"));
    List<String> copied =
        Pattern.compile("(?m)^COPY (?!--from)(\\S+) \\S+$")
            .matcher(read("docker/Dockerfile"))
            .results()
            .map(copy -> copy.group(1))
            .toList();
    assertThat(copied).hasSizeGreaterThan(3);
    for (String file : copied) {
      assertThat(Path.of(file)).exists();
      assertThat(sent).contains("!" + file);
    }
  }

  @Test
  void everyVariableIsASetting() throws IOException {
    Set<String> known = variables();
    List<String> used = new ArrayList<>();
    for (String file : List.of("ukemi.env.example", "compose.yaml", "Dockerfile")) {
      Pattern.compile("(?m)^(?:ENV +| +)?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)[=:]")
          .matcher(read("docker/" + file))
          .results()
          .map(result -> result.group(1))
          .filter(name -> !NOT_OURS.contains(name))
          .forEach(used::add);
    }
    String openstack = read("src/main/java/ukemi/identity/OpenStackSettings.java");
    assertThat(used).hasSizeGreaterThan(10);
    for (String name : used) {
      if (name.startsWith("OS_")) {
        assertThat(openstack).contains('"' + name + '"');
      } else {
        assertThat(known).contains(name.replace("_", ""));
      }
    }
  }

  /** Without "_", as Spring compares them. */
  private static Set<String> variables() throws IOException {
    Set<String> found = new HashSet<>();
    for (URL url :
        Collections.list(
            DockerFilesTest.class
                .getClassLoader()
                .getResources("META-INF/spring-configuration-metadata.json"))) {
      try (InputStream stream = url.openStream()) {
        for (JsonNode property : new ObjectMapper().readTree(stream).path("properties")) {
          found.add(property.path("name").asText().replaceAll("[.-]", "").toUpperCase());
        }
      }
    }
    return found;
  }

  private static String readmesCommand(String jar) throws IOException {
    return Pattern.compile("(?m)^    (java .*) -jar target/ukemi.jar$")
        .matcher(read("README.md"))
        .results()
        .map((MatchResult command) -> command.group(1) + " -jar " + jar)
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, Object> node(String name) throws IOException {
    return new TreeMap<>(map(at(compose("compose.yaml"), "services", name)));
  }

  private static Map<String, Object> compose(String file) throws IOException {
    return new Yaml().load(read("docker/" + file));
  }

  private static Object at(Map<String, ?> tree, String... path) {
    Object found = tree;
    for (String name : path) {
      found = map(found).get(name);
    }
    return found;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object tree) {
    assertThat(tree).isInstanceOf(Map.class);
    return (Map<String, Object>) tree;
  }

  private static List<String> names(Object listOrMap) {
    Stream<?> names =
        listOrMap instanceof Map<?, ?> map
            ? map.keySet().stream()
            : listOrMap instanceof List<?> list ? list.stream() : Stream.empty();
    return names.map(Object::toString).toList();
  }

  private static String read(String file) throws IOException {
    return Files.readString(Path.of(file));
  }
}
