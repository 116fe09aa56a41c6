package ukemi.restart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.camunda.bpm.dmn.engine.DmnDecision;
import org.camunda.bpm.dmn.engine.DmnDecisionRuleResult;
import org.camunda.bpm.dmn.engine.DmnEngine;
import org.camunda.bpm.dmn.engine.DmnEngineConfiguration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shipped table {@code instance-response.dmn}. */
class InstanceResponseTest {

  private static final DmnEngine ENGINE =
      DmnEngineConfiguration.createDefaultDmnEngineConfiguration().buildEngine();

  @ParameterizedTest
  @CsvSource({
    // state, recovery of its host, elsewhere, covered, too often, tries, old
    "active,    none, false, true,  false, 0, false, restart",
    "stopped,   none, false, true,  false, 0, false, restart",
    "error,     none, false, true,  false, 0, false, restart",
    "resized,   none, false, true,  false, 0, false, restart",
    "gone,      none, false, false, false, 0, false, close",
    "active,    uuid, false, true,  false, 0, false, wait",
    "stopped,   uuid, true,  true,  true,  2, true,  wait",
    "active,    none, true,  true,  false, 0, false, close",
    "active,    none, false, false, false, 0, false, close",
    "paused,    none, false, true,  false, 0, false, close",
    "rescued,   none, false, true,  false, 0, false, close",
    "active,    none, false, true,  true,  0, false, ask",
    // we have stopped it, and were away when it was to be started
    "stopped,   none, false, true,  false, 1, true,  restart",
    "stopped,   none, false, true,  false, 2, false, ask",
    "error,     none, false, true,  false, 1, false, ask",
    "active,    none, false, true,  false, 1, false, ask",
    // its owner may have stopped or mended it since
    "active,    none, false, true,  false, 0, true,  ask",
    "stopped,   none, false, true,  false, 0, true,  ask",
    "suspended, none, false, true,  false, 0, false, ask",
    "building,  none, false, true,  false, 0, false, ask"
  })
  void aFailedGuest(
      String state,
      String hostRecovery,
      boolean elsewhere,
      boolean covered,
      boolean tooOften,
      int tries,
      boolean old,
      String response)
      throws IOException {
    try (InputStream table = Files.newInputStream(Path.of("processes/instance-response.dmn"))) {
      DmnDecision decision = ENGINE.parseDecision("instance-response", table);
      DmnDecisionRuleResult answer =
          ENGINE
              .evaluateDecisionTable(
                  decision,
                  Map.of(
                      "state", state,
                      "hostRecovery", hostRecovery,
                      "elsewhere", elsewhere,
                      "covered", covered,
                      "tooOften", tooOften,
                      "tries", tries,
                      "old", old))
              .getSingleResult();
      assertThat(answer.getEntryMap().get("response")).isEqualTo(response);
      assertThat((String) answer.getEntryMap().get("reason")).isNotBlank();
      assertThat(answer.getEntryMap().get("status") != null).isEqualTo(response.equals("close"));
    }
  }
}
