package ukemi.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ukemi.runbook.DoExampleWork;

/** The set in src/test/resources/models keeps every rule; each test breaks one of them. */
class ModelChecksTest {

  private static final String PARENT = "parent.bpmn";
  private static final String CHILD = "child.bpmn";

  private static final Function<String, Optional<Class<?>>> BEANS =
      name -> name.equals("doExampleWork") ? Optional.of(DoExampleWork.class) : Optional.empty();

  @Test
  void aGoodSetHasNoProblem() {
    assertThat(problems(good())).isEmpty();
  }

  @Test
  void anEmptySetHasNoProblem() {
    assertThat(problems(Map.of())).isEmpty();
  }

  @ParameterizedTest(name = "{3}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          child.bpmn  | id="child" name | id="other" name | the process id differs from the file's name
          child.bpmn  | isExecutable="true" | isExecutable="false" | is not executable
          child.bpmn  | camunda:historyTimeToLive="P90D" | | no history time to live
          child.bpmn  | ${doExampleWork} | ${other} | delegate expression must be ${doExampleWork}
          child.bpmn  | camunda:delegateExpression="${doExampleWork}" | camunda:class="a.B" | delegate expression must be ${doExampleWork}
          child.bpmn  | camunda:asyncBefore="true" | | must be asynchronous before
          child.bpmn  | camunda:asyncBefore="true" | camunda:asyncBefore="true" camunda:exclusive="false" | exclusive="false"
          child.bpmn  | errorCode="GAVE_UP" | | throws an error without a code
          child.bpmn  | errorCode="GAVE_UP" | errorCode="LOST" | its child child throws LOST, which nothing catches
          child.bpmn  | <bpmndi:BPMNShape id="DoExampleWork_di" bpmnElement="DoExampleWork"> | <bpmndi:BPMNShape id="DoExampleWork_di"> | is not in the diagram
          child.bpmn  | <bpmndi:BPMNEdge id="ToEnd_di" bpmnElement="ToEnd"> | <bpmndi:BPMNEdge id="ToEnd_di"> | is not in the diagram
          child.bpmn  | </bpmn:startEvent> | | can't be read
          parent.bpmn | multiInstanceLoopCharacteristics camunda:asyncAfter="true" | multiInstanceLoopCharacteristics | its parallel loop must be asynchronous after
          parent.bpmn | camunda:asyncAfter="true" | camunda:asyncAfter="true" camunda:exclusive="false" | exclusive="false"
          parent.bpmn | errorRef="NoLuckError" | errorRef="GaveUpError" | its child child throws NO_LUCK, which nothing catches
          parent.bpmn | errorRef="GaveUpError" | errorRef="NoLuckError" | its child child throws GAVE_UP, which nothing catches
          parent.bpmn | camunda:calledElementBinding="deployment" | | must be bound to "deployment"
          parent.bpmn | camunda:calledElementBinding="deployment" | camunda:calledElementBinding="latest" | must be bound to "deployment"
          parent.bpmn | camunda:decisionRefBinding="deployment" | | its decision must be bound to "deployment"
          parent.bpmn | camunda:decisionRef="choice" | camunda:decisionRef="fate" | its decision fate is not in the set
          parent.bpmn | camunda:formRefBinding="deployment" | camunda:formRefBinding="latest" | its form must be bound to "deployment"
          parent.bpmn | camunda:formRef="question" | camunda:formRef="riddle" | its form riddle is not in the set
          parent.bpmn | camunda:formRef="question" camunda:formRefBinding="deployment" | camunda:formKey="embedded:x" | has a form key
          parent.bpmn | camunda:candidateGroups="operators" | | has no candidate groups
          parent.bpmn | name="Wait for word" messageRef="WordMessage" | name="Wait for word" | waits for a message that is not declared
          question.form | "id": "question" | "id": "question2" | the form's id is "question2"
          question.form | "components" | "component" | question.form: has no list of components
          question.form | "default", | "default" | question.form: can't be read
          choice.dmn | </definitions> | | can't be read
          choice.dmn | id="choice" name | id="fate" name | has no decision with the file's name, choice, as its id
          child.bpmn | <?xml version="1.0" encoding="UTF-8"?> | No drawing at all | can't be read: Fatal Error: URI=null Line=1
          child.bpmn | <bpmn:outgoing>ToWork</bpmn:outgoing> | <bpmn:extensionElements><camunda:executionListener event="end" delegateExpression="${nobody}"/></bpmn:extensionElements><bpmn:outgoing>ToWork</bpmn:outgoing> | child.bpmn, ChildBegun: there is no bean for its listener ${nobody}
          policy.dmn | hitPolicy="FIRST" | | policy.dmn, PolicyTable: has no hit policy
          policy.dmn | hitPolicy="FIRST" | hitPolicy="BEST" | can't be read
          policy.dmn | > 10 | > > 10 | policy.dmn, ManyGuests: > > 10 is no FEEL
          policy.dmn | "operators" | "operators | policy.dmn, OperatorsAreAsked: "operators is no FEEL
          policy.dmn | <text>guests</text> | <text>guests +</text> | policy.dmn, GuestsExpression: guests + is no FEEL
          policy.dmn | id="policy" name | id="choice" name | policy.dmn, choice: is in choice.dmn too
          policy.dmn | <outputEntry id="NobodyIsAsked"><text>null</text></outputEntry> | | can't be read
          choice.dmn | <variable id="Chosen" name="chosen" typeRef="string" /> | | is no table for the engine
          parent.bpmn | >PT1M< | >1 minute< | parent.bpmn, WordIsLate: 1 minute is no time
          parent.bpmn | >PT1M< | >${late< | parent.bpmn, WordIsLate: ${late is no expression
          parent.bpmn | >PT1M< | >${doExampleWork.later()}< | parent.bpmn, WordIsLate: doExampleWork has no later()
          """)
  void oneThingTakenOutIsOneProblem(String file, String good, String bad, String problem) {
    List<ModelProblem> problems = problems(with(file, good, bad == null ? "" : bad));
    assertThat(problems).extracting(ModelProblem::toString).anyMatch(it -> it.contains(problem));
    if (file.equals(PARENT)) {
      assertThat(problems).hasSize(1);
    }
  }

  @Test
  void anUncaughtErrorOfAProcessThatNobodyCallsIsReported() {
    Map<String, byte[]> files = good();
    files.remove(PARENT);
    assertThat(problems(files))
        .extracting(ModelProblem::toString)
        .containsExactlyInAnyOrder(
            "child.bpmn, WorkGivenUp: throws GAVE_UP, which nothing catches",
            "child.bpmn, DoExampleWork: throws NO_LUCK, which nothing catches");
  }

  @Test
  void whatFollowsFromAFileThatCannotBeReadIsNotBlamedOnOthers() {
    assertThat(problems(with(PARENT, "</bpmn:definitions>", "")))
        .extracting(ModelProblem::file)
        .containsExactly(PARENT);
  }

  @Test
  void aProcessThatIsCalledMustBeThere() {
    Map<String, byte[]> files = good();
    files.remove(CHILD);
    assertThat(problems(files))
        .extracting(ModelProblem::toString)
        .containsExactly("parent.bpmn, DoAll: calls child, which is not in the set");
  }

  @Test
  void aTaskWithoutABeanIsReported() {
    assertThat(new ModelChecks(name -> Optional.empty()).problems(good()))
        .extracting(ModelProblem::toString)
        .containsExactly(
            "child.bpmn, DoExampleWork: there is no bean doExampleWork of class"
                + " ukemi.runbook.DoExampleWork");
  }

  @Test
  void aReceiveTaskNeedsADeadline() {
    assertThat(problems(with(PARENT, timer("WordIsLateDefinition", "PT1M"), message("Late"))))
        .extracting(ModelProblem::toString)
        .containsExactly("parent.bpmn, WaitForWord: waits without a deadline");
  }

  @Test
  void anEventGatewayNeedsATimer() {
    assertThat(problems(with(PARENT, timer("HourOverDefinition", "PT1H"), message("Hour"))))
        .extracting(ModelProblem::toString)
        .containsExactly("parent.bpmn, WhichFirst: waits without a deadline");
  }

  @Test
  void aCatchEventNeedsADeadline() {
    assertThat(problems(with(PARENT, "eventBasedGateway", "exclusiveGateway")))
        .extracting(ModelProblem::toString)
        .containsExactly("parent.bpmn, Called: waits without a deadline");
  }

  @Test
  void aWaitWithoutDeadlineIsAllowedWhenItSaysWhy() {
    Map<String, byte[]> files =
        with(PARENT, timer("WordIsLateDefinition", "PT1M"), message("Late"));
    String task = "name=\"Wait for word\" messageRef=\"WordMessage\">";
    String withReason =
        task
            + "<bpmn:extensionElements><camunda:properties><camunda:property"
            + " name=\"waitsForeverBecause\" value=\"a person decides\" /></camunda:properties>"
            + "</bpmn:extensionElements>";
    assertThat(problems(replace(files, PARENT, task, withReason))).isEmpty();
  }

  private static String timer(String id, String duration) {
    return "<bpmn:timerEventDefinition id=\""
        + id
        + "\">\n        <bpmn:timeDuration xsi:type=\"bpmn:tFormalExpression\">"
        + duration
        + "</bpmn:timeDuration>\n      </bpmn:timerEventDefinition>";
  }

  private static String message(String id) {
    return "<bpmn:messageEventDefinition id=\"" + id + "\" messageRef=\"WordMessage\" />";
  }

  private static List<ModelProblem> problems(Map<String, byte[]> files) {
    return new ModelChecks(BEANS).problems(files);
  }

  private static Map<String, byte[]> with(String file, String good, String bad) {
    return replace(good(), file, good, bad);
  }

  private static Map<String, byte[]> replace(
      Map<String, byte[]> files, String file, String good, String bad) {
    String text = new String(files.get(file), StandardCharsets.UTF_8);
    assertThat(text).contains(good);
    files.put(file, text.replace(good, bad).getBytes(StandardCharsets.UTF_8));
    return files;
  }

  private static Map<String, byte[]> good() {
    Map<String, byte[]> files = new HashMap<>();
    for (String file : List.of(PARENT, CHILD, "question.form", "choice.dmn", "policy.dmn")) {
      try (InputStream stream = ModelChecksTest.class.getResourceAsStream("/models/" + file)) {
        files.put(file, stream.readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return files;
  }
}
