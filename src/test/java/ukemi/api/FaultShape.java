package ukemi.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.regex.Pattern;
import ukemi.api.RawHttp.Answer;

/** What holds for every answer, whatever was asked (section 5.6). */
final class FaultShape {

  private static final Map<Integer, String> NAMES =
      Map.of(
          400, "badRequest",
          401, "error",
          403, "forbidden",
          404, "itemNotFound",
          405, "badMethod",
          409, "conflictingRequest",
          413, "overLimit",
          415, "badMediaType",
          501, "notImplemented");

  /** The marks of a program that shows its inside. */
  private static final Pattern INSIDE =
      Pattern.compile(
          "\\bat [\\w.$]+\\(|\\w(Exception|Error)\\b|<html"
              + "|(org\\.(apache|spring|camunda|postgres)|java\\.|jakarta\\.|ukemi\\.)\\w");

  private FaultShape() {}

  /** It is no 500, shows no stack trace, and is JSON; a fault has the contract's shape. */
  static void kept(Answer answer) {
    assertThat(answer.body()).doesNotContainPattern(INSIDE);
    if (answer.status() >= 400) {
      fault(answer);
    } else if (answer.status() != 204) {
      assertThat(answer.json().isObject()).isTrue();
    }
  }

  private static void fault(Answer answer) {
    assertThat(answer.status()).as(answer::toString).isNotIn(500, 502, 503, 504);
    assertThat(answer.headers().get("Content-Type"))
        .as(answer::toString)
        .isEqualToIgnoringCase("application/json;charset=UTF-8");
    JsonNode body = answer.json();
    assertThat(body.size()).as(answer::toString).isEqualTo(1);
    String name = body.fieldNames().next();
    assertThat(name).isEqualTo(NAMES.getOrDefault(answer.status(), "masakariFault"));
    assertThat(body.at("/" + name + "/code").asInt()).isEqualTo(answer.status());
    assertThat(body.at("/" + name + "/message").asText()).isNotBlank();
  }
}
