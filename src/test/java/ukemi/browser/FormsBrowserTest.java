package ukemi.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.identity.User;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ukemi.RunningUkemi;
import ukemi.simulator.SimulatedCloud;

/** Each form as Tasklist draws it, in a task of its own. Pictures are in target/browser. */
@Tag("long")
class FormsBrowserTest {

  private static final Path FORMS = Path.of("forms");
  private static final Pattern SHOWN = Pattern.compile("\\{\\{(\\w+)}}");
  private static final String PASSWORD = "not-a-secret";

  private static Browser browser;
  private static SimulatedCloud cloud;
  private static RunningUkemi ukemi;
  private static Tasklist tasklist;

  static Stream<String> forms() throws IOException {
    try (Stream<Path> files = Files.list(FORMS)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".form"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @BeforeAll
  static void anOperatorInTasklist() {
    browser = Browser.start();
    cloud = SimulatedCloud.start(0);
    ukemi = RunningUkemi.start(cloud, Map.of());
    IdentityService people = ukemi.bean(IdentityService.class);
    User ada = people.newUser("ada");
    ada.setPassword(PASSWORD);
    people.saveUser(ada);
    people.createMembership("ada", "operators");
    tasklist = new Tasklist(browser, ukemi.url());
    tasklist.logIn("ada", PASSWORD);
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
    if (ukemi != null) {
      ukemi.close();
    }
    if (cloud != null) {
      cloud.close();
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void aFormShowsAllThatItIsGivenAndEveryAnswer(String file) throws IOException {
    String text = Files.readString(FORMS.resolve(file));
    JsonNode form = new ObjectMapper().readTree(text);
    String name = form.get("id").asText();
    Map<String, Object> facts = facts(text);
    ukemi
        .bean(RepositoryService.class)
        .createDeployment()
        .addString(file, text)
        .addModelInstance(
            "try-" + name + ".bpmn",
            Bpmn.createExecutableProcess("try-" + name)
                .camundaHistoryTimeToLive(1)
                .startEvent()
                .userTask()
                .name("Try " + name)
                .camundaAssignee("ada")
                .camundaFormRef(name)
                .camundaFormRefBinding("deployment")
                .endEvent()
                .done())
        .deploy();
    ukemi.bean(RuntimeService.class).startProcessInstanceByKey("try-" + name, facts);

    tasklist.open();
    tasklist.open("Try " + name);

    tasklist.picture("form-" + name);
    String shown = tasklist.form();
    assertThat(answers(form)).allSatisfy(answer -> assertThat(shown).contains(answer));
    assertThat(facts.values().stream().flatMap(fact -> fact.toString().lines()))
        .allSatisfy(fact -> assertThat(shown).contains(fact));
    assertThat(shown).doesNotContain("{{", "null", "undefined");
  }

  /** A fact for all that the form shows, some of several lines. */
  private static Map<String, Object> facts(String form) {
    Map<String, Object> facts = new TreeMap<>();
    Matcher shown = SHOWN.matcher(form);
    while (shown.find()) {
      String name = shown.group(1);
      facts.put(
          name,
          switch (name) {
            case "hostName" -> "compute-117";
            case "guestName", "instanceName" -> "web-12";
            default -> "First line of " + name + "\nSecond line of " + name;
          });
    }
    return facts;
  }

  private static Stream<String> answers(JsonNode form) {
    return StreamSupport.stream(form.get("components").spliterator(), false)
        .filter(component -> component.get("type").asText().equals("radio"))
        .flatMap(radio -> radio.get("values").findValuesAsText("label").stream());
  }
}
