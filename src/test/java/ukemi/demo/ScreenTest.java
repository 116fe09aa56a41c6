package ukemi.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private Screen screen(boolean terminal, int height) {
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    return new Screen(out, terminal, terminal, terminal, height);
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aBlockIsDrawnInThePlaceOfTheLastOne() {
    Screen screen = screen(true, 24);
    screen.draw(List.of("one", "two", "three"));
    screen.draw(List.of("four"));
    assertThat(printed())
        .contains("three")
        .contains("\u001b[3A")
        .endsWith("four\u001b[K\n\u001b[J\u001b[?7h");
  }

  @Test
  void linesThatStayTakeThePlaceOfTheBlockAndTheNextBlockComesBelow() {
    Screen screen = screen(true, 24);
    screen.draw(List.of("one", "two"));
    screen.say("stays");
    assertThat(printed()).endsWith("\u001b[2A\u001b[Jstays\n");
    bytes.reset();
    screen.draw(List.of("three"));
    assertThat(printed()).doesNotContain("A\u001b").doesNotContain("\u001b[1A");
  }

  @Test
  void aBlockIsNeverHigherThanTheTerminal() {
    screen(true, 10).draw(Collections.nCopies(40, "line"));
    assertThat(printed().lines().filter(line -> line.contains("line"))).hasSize(9);
  }

  @Test
  void withoutATerminalNothingIsDrawnAndNothingButPlainTextIsPrinted() {
    Screen screen = screen(false, 24);
    screen.draw(List.of("live"));
    screen.say(screen.good("good") + screen.bar(0.5, 4) + screen.done() + screen.stroke(0, 4));
    assertThat(printed()).isEqualTo("good##--+#   \n");
  }
}
