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
    // state, task in Nova, recovery of its host, its nova-compute, elsewhere, covered, too often,
    // tries, moves, old
    "active,    none, none, up,   false, true,  false, 0, 0, false, restart",
    "stopped,   none, none, up,   false, true,  false, 0, 0, false, restart",
    "error,     none, none, up,   false, true,  false, 0, 0, false, restart",
    "resized,   none, none, up,   false, true,  false, 0, 0, false, restart",
    "gone,      none, none, down, false, false, false, 0, 0, false, close",
    "gone,      none, none, down, false, false, false, 2, 1, false, close",
    "active,    none, uuid, up,   false, true,  false, 0, 0, false, wait",
    "stopped,   none, uuid, down, true,  true,  true,  2, 1, true,  wait",
    "active,    none, none, up,   true,  true,  false, 0, 0, false, close",
    "active,    none, none, up,   false, false, false, 0, 0, false, close",
    "paused,    none, none, up,   false, true,  false, 0, 0, false, close",
    "rescued,   none, none, up,   false, true,  false, 0, 0, false, close",
    "active,    none, none, up,   false, true,  true,  0, 0, false, ask",
    // we have stopped it, and were away when it was to be started
    "stopped,   none, none, up,   false, true,  false, 1, 0, true,  restart",
    // its own host does not bring it back
    "stopped,   none, none, up,   false, true,  false, 2, 0, false, move",
    "error,     none, none, up,   false, true,  false, 1, 0, false, move",
    "error,     none, none, up,   false, true,  false, 2, 0, false, move",
    "stopped,   none, none, up,   false, true,  true,  2, 0, false, ask",
    // somebody has taken it elsewhere: nobody may have told him that it was to run
    "stopped,   none, none, up,   true,  true,  false, 0, 0, false, close",
    "active,    none, none, up,   true,  true,  false, 2, 0, false, close",
    "stopped,   none, none, up,   true,  true,  false, 1, 0, false, ask",
    "stopped,   none, none, up,   true,  true,  false, 2, 1, false, ask",
    "resized,   none, none, up,   true,  true,  false, 2, 0, false, ask",
    // nothing proves that it does not run there any more
    "stopped,   none, none, down, false, true,  false, 2, 0, false, ask",
    "stopped,   none, none, down, false, true,  false, 1, 0, false, ask",
    "error,     none, none, down, false, true,  false, 1, 0, false, ask",
    // Nova is at work on it
    "active,    powering-off, none, up, false, true, false, 1, 0, false, ask",
    "stopped,   powering-on,  none, up, false, true, false, 1, 0, false, ask",
    "stopped,   powering-on,  none, up, false, true, false, 2, 0, false, ask",
    // once is enough, also when Nova refuses to stop it for the move
    "stopped,   none, none, up,   false, true,  false, 2, 1, false, ask",
    "error,     none, none, up,   false, true,  false, 2, 1, false, ask",
    "error,     none, none, up,   false, true,  false, 3, 0, false, ask",
    "stopped,   none, none, up,   false, true,  false, 3, 0, false, ask",
    "resized,   none, none, up,   false, true,  false, 2, 1, false, ask",
    "active,    none, none, up,   false, true,  false, 1, 0, false, ask",
    // its owner may have stopped or mended it since
    "active,    none, none, up,   false, true,  false, 0, 0, true,  ask",
    "stopped,   none, none, up,   false, true,  false, 0, 0, true,  ask",
    "suspended, none, none, up,   false, true,  false, 0, 0, false, ask",
    "building,  none, none, up,   false, true,  false, 0, 0, false, ask"
  })
  void aFailedGuest(
      String state,
      String novaTask,
      String hostRecovery,
      String computeService,
      boolean elsewhere,
      boolean covered,
      boolean tooOften,
      int tries,
      int moves,
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
                      "novaTask", novaTask,
                      "hostRecovery", hostRecovery,
                      "computeService", computeService,
                      "elsewhere", elsewhere,
                      "covered", covered,
                      "tooOften", tooOften,
                      "tries", tries,
                      "moves", moves,
                      "old", old))
              .getSingleResult();
      assertThat(answer.getEntryMap().get("response")).isEqualTo(response);
      assertThat((String) answer.getEntryMap().get("reason")).isNotBlank();
      assertThat(answer.getEntryMap().get("status") != null).isEqualTo(response.equals("close"));
    }
  }
}
