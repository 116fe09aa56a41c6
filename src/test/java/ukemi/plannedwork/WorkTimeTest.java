package ukemi.plannedwork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people write for a time. */
class WorkTimeTest {

  private static final Instant FROM = Instant.parse("2026-11-23T08:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "90m,                  2026-11-23T09:30:00Z",
    "4h,                   2026-11-23T12:00:00Z",
    "4 h,                  2026-11-23T12:00:00Z",
    "2d,                   2026-11-25T08:00:00Z",
    "2026-11-24 22:00,     2026-11-24T22:00:00Z",
    "2026-11-24T22:00,     2026-11-24T22:00:00Z",
    "2026-11-24 22:00:30,  2026-11-24T22:00:30Z",
    "2026-11-24T22:00Z,    2026-11-24T22:00:00Z",
    "2026-11-24 22:00 UTC, 2026-11-24T22:00:00Z"
  })
  void isATimeOrALength(String text, Instant expected) {
    assertThat(WorkTime.read(text, FROM)).isEqualTo(expected);
    assertThat(WorkTime.read(" " + text + " ", FROM)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "tomorrow", "4", "4w", "-4h", "22:00", "2026-02-30 10:00", "2026-11-24 25:00"})
  void nothingElseIs(String text) {
    assertThatThrownBy(() -> WorkTime.read(text, FROM))
        .isInstanceOf(WorkRefused.class)
        .hasMessageContaining("is no time");
  }

  @Test
  void whatIsLongIsNotRepeatedWhole() {
    assertThatThrownBy(() -> WorkTime.read("x".repeat(5000), FROM))
        .hasMessageStartingWith("\"" + "x".repeat(60) + "…\" is no time");
  }
}
