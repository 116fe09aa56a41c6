package ukemi.plannedwork;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as people write and read them in Tasklist: UTC, or how long from a time on. */
public final class WorkTime {

  private static final Pattern LENGTH = Pattern.compile("(\\d{1,6}) ?(m|h|d)");
  private static final Pattern TIME =
      Pattern.compile("(\\d{4}-\\d{2}-\\d{2})[ T](\\d{2}:\\d{2}(?::\\d{2})?) ?(?:Z|UTC)?");
  private static final DateTimeFormatter SHOWN =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

  /** What is longer was not meant as a time. */
  private static final int ECHOED = 60;

  private WorkTime() {}

  /**
   * Reads a time such as {@code 2026-11-24 22:00}, or a length such as {@code 90m}, {@code 4h} and
   * {@code 2d} that counts from a time.
   *
   * @throws WorkRefused when it is neither
   */
  public static Instant read(String text, Instant from) {
    Matcher length = LENGTH.matcher(text.strip());
    if (length.matches()) {
      long many = Long.parseLong(length.group(1));
      return from.plus(
          switch (length.group(2)) {
            case "m" -> Duration.ofMinutes(many);
            case "h" -> Duration.ofHours(many);
            default -> Duration.ofDays(many);
          });
    }
    Matcher time = TIME.matcher(text.strip());
    try {
      if (time.matches()) {
        return LocalDateTime.parse(time.group(1) + "T" + time.group(2)).toInstant(ZoneOffset.UTC);
      }
    } catch (DateTimeException e) {
      // as below
    }
    throw new WorkRefused(
        "\"%s\" is no time; expected: UTC, such as 2026-11-24 22:00, or a length such as 90m, 4h or 2d"
            .formatted(echo(text.strip())));
  }

  private static String echo(String text) {
    return text.length() <= ECHOED ? text : text.substring(0, ECHOED) + "…";
  }

  /** To the minute; UTC. */
  public static String shown(Instant time) {
    return SHOWN.format(time);
  }
}
