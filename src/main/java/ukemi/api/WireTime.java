package ukemi.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as Masakari writes them (UTC, no zone, six digits of fraction) and as it takes them. */
final class WireTime {

  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);
  private static final Pattern ISO =
      Pattern.compile(
          "(\\d{4})-?(\\d{2})-?(\\d{2})"
              + "(?:[T ](\\d{2})(?::?(\\d{2})(?::?(\\d{2})(?:[.,](\\d{1,30}))?)?)?"
              + "(?:(Z)|([+-])(\\d{2}):?(\\d{2})?)?)?");

  private WireTime() {}

  /** With microseconds; null stays null. */
  static String micros(Instant time) {
    return time == null ? null : FORMAT.format(time);
  }

  /** With the fraction .000000, as the record's own times have it; null stays null. */
  static String seconds(Instant time) {
    return time == null ? null : FORMAT.format(time.truncatedTo(ChronoUnit.SECONDS));
  }

  /** With microseconds and a space, as the steps of a workflow have it (8.5). */
  static String spaced(Instant time) {
    return micros(time).replace('T', ' ');
  }

  /** ISO 8601 in the forms Masakari takes, to the microsecond; no zone means UTC. */
  static Optional<Instant> parse(String text) {
    Matcher part = ISO.matcher(text);
    if (!part.matches()) {
      return Optional.empty();
    }
    try {
      LocalDateTime local =
          LocalDateTime.of(
              number(part.group(1)),
              number(part.group(2)),
              number(part.group(3)),
              number(part.group(4)),
              number(part.group(5)),
              number(part.group(6)),
              1000 * micros(part.group(7)));
      LocalDateTime utc = local.minusMinutes(offset(part));
      // the years that both sides can store
      return utc.getYear() >= 1 && utc.getYear() <= 9999
          ? Optional.of(utc.toInstant(ZoneOffset.UTC))
          : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static int offset(Matcher part) {
    int hours = number(part.group(10));
    int minutes = number(part.group(11));
    if (hours > 23 || minutes > 59) {
      throw new DateTimeException("offset");
    }
    return ("-".equals(part.group(9)) ? -1 : 1) * (60 * hours + minutes);
  }

  private static int micros(String fraction) {
    return fraction == null ? 0 : Integer.parseInt((fraction + "00000").substring(0, 6));
  }

  private static int number(String digits) {
    return digits == null ? 0 : Integer.parseInt(digits);
  }
}
