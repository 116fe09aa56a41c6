package ukemi.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Standard output: lines that stay, and in a terminal a live block below them that is drawn anew in
 * its place. Without a terminal there is no live block, no colour and nothing but ASCII.
 */
final class Screen {

  private static final String UP = "\u001b[%dA";
  private static final String TO_END_OF_LINE = "\u001b[K";
  private static final String TO_END_OF_SCREEN = "\u001b[J";

  // the terminal cuts what is too long: a wrapped line would tear the block
  private static final String NO_WRAP = "\u001b[?7l";
  private static final String WRAP = "\u001b[?7h";

  private static final int USUAL_HEIGHT = 24;

  private final PrintStream out;
  private final boolean terminal;
  private final boolean colours;
  private final boolean unicode;
  private final int height;
  private int drawn;

  /**
   * @param terminal whether a block may be drawn anew
   * @param height lines of the terminal
   */
  Screen(PrintStream out, boolean terminal, boolean colours, boolean unicode, int height) {
    this.out = out;
    this.terminal = terminal;
    this.colours = colours;
    this.unicode = unicode;
    this.height = height;
  }

  /** The screen of this process. */
  static Screen open() {
    boolean terminal = !System.getenv().getOrDefault("TERM", "dumb").equals("dumb") && isTerminal();
    return new Screen(
        new PrintStream(System.out, true, StandardCharsets.UTF_8),
        terminal,
        terminal && System.getenv("NO_COLOR") == null,
        terminal && isUtf8(),
        terminal ? terminalHeight() : USUAL_HEIGHT);
  }

  // System.console() is null as soon as one of stdin and stdout is none, or never (Java 22)
  private static boolean isTerminal() {
    try {
      Process test = new ProcessBuilder("test", "-t", "1").redirectOutput(Redirect.INHERIT).start();
      return ended(test) && test.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static int terminalHeight() {
    try {
      Process stty = new ProcessBuilder("sh", "-c", "stty size < /dev/tty").start();
      String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return ended(stty) && size.matches("[1-9]\\d{0,3} \\d+\\s*")
          ? Integer.parseInt(size.split(" ")[0])
          : USUAL_HEIGHT;
    } catch (IOException e) {
      return USUAL_HEIGHT;
    }
  }

  private static boolean ended(Process process) {
    try {
      return process.waitFor(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static boolean isUtf8() {
    for (String name : List.of("LC_ALL", "LC_CTYPE", "LANG")) {
      String value = System.getenv().getOrDefault(name, "");
      if (!value.isEmpty()) {
        return value.toUpperCase(Locale.ROOT).replace("-", "").contains("UTF8");
      }
    }
    return false;
  }

  /** Whether there is a live block. */
  boolean isLive() {
    return terminal;
  }

  /** Prints a line that stays, in the place of the live block. */
  synchronized void say(String line) {
    say(List.of(line));
  }

  /** Prints lines that stay, in the place of the live block. */
  synchronized void say(List<String> lines) {
    StringBuilder text = new StringBuilder(erased());
    drawn = 0;
    lines.forEach(line -> text.append(line).append('\n'));
    out.print(text);
    out.flush();
  }

  /** Draws the live block, in the place of the last one. Without a terminal it does nothing. */
  synchronized void draw(List<String> block) {
    if (!terminal) {
      return;
    }
    List<String> lines = block.size() < height ? block : block.subList(0, height - 1);
    StringBuilder text = new StringBuilder(NO_WRAP);
    if (drawn > 0) {
      text.append(UP.formatted(drawn));
    }
    lines.forEach(line -> text.append(line).append(TO_END_OF_LINE).append('\n'));
    text.append(TO_END_OF_SCREEN).append(WRAP);
    drawn = lines.size();
    out.print(text);
    out.flush();
  }

  private String erased() {
    return drawn == 0 ? "" : UP.formatted(drawn) + TO_END_OF_SCREEN;
  }

  String good(String text) {
    return styled("32", text);
  }

  String busy(String text) {
    return styled("33", text);
  }

  String bad(String text) {
    return styled("1;31", text);
  }

  String strong(String text) {
    return styled("1", text);
  }

  String faint(String text) {
    return styled("2", text);
  }

  private String styled(String style, String text) {
    return colours ? "\u001b[" + style + "m" + text + "\u001b[0m" : text;
  }

  /** The mark of what is done. */
  String done() {
    return good(unicode ? "✓" : "+");
  }

  /** The mark of what is going on. */
  String going() {
    return busy(unicode ? "→" : ">");
  }

  /** The mark of what is still to come. */
  String toCome() {
    return faint(unicode ? "·" : ".");
  }

  /**
   * A bar.
   *
   * @param share of the width that is full, 0 to 1
   */
  String bar(double share, int width) {
    int full = (int) Math.round(Math.max(0, Math.min(1, share)) * width);
    return good((unicode ? "█" : "#").repeat(full))
        + faint((unicode ? "░" : "-").repeat(width - full));
  }

  /** A bar in a blank field: at least one character of it, however small the share. */
  String stroke(double share, int width) {
    int full = Math.max(1, (int) Math.round(Math.max(0, Math.min(1, share)) * width));
    return good((unicode ? "█" : "#").repeat(full)) + " ".repeat(width - full);
  }
}
