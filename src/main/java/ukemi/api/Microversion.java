package ukemi.api;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Version of the wire that a caller asks for, by {@code OpenStack-API-Version: instance-ha X.Y}.
 */
record Microversion(int major, int minor) implements Comparable<Microversion> {

  static final String HEADER = "OpenStack-API-Version";
  static final Microversion MIN = new Microversion(1, 0);
  static final Microversion MAX = new Microversion(1, 3);

  private static final String SERVICE = "instance-ha";
  private static final Pattern WELL_FORMED = Pattern.compile("([1-9]\\d*)\\.([1-9]\\d*|0)");

  /** What the header's value asks for of this service; empty = nothing. */
  static Optional<String> asked(String header) {
    String asked = null;
    for (String one : header == null ? new String[0] : header.split(",")) {
      String[] words = one.strip().split("\\s+", 2);
      if (words.length == 2 && words[0].equalsIgnoreCase(SERVICE)) {
        asked = words[1];
      }
    }
    return Optional.ofNullable(asked);
  }

  /** The version of that text; empty when it is malformed. It may be one we do not have. */
  static Optional<Microversion> parse(String text) {
    if (text.equals("latest")) {
      return Optional.of(MAX);
    }
    Matcher matcher = WELL_FORMED.matcher(text);
    return matcher.matches()
        ? Optional.of(new Microversion(number(matcher.group(1)), number(matcher.group(2))))
        : Optional.empty();
  }

  /** However long it is: all that is this great is out of range alike. */
  private static int number(String digits) {
    return digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
  }

  boolean supported() {
    return compareTo(MIN) >= 0 && compareTo(MAX) <= 0;
  }

  boolean atLeast(int major, int minor) {
    return compareTo(new Microversion(major, minor)) >= 0;
  }

  /** The value of the answer's header. */
  static String header(String version) {
    return SERVICE + " " + version;
  }

  @Override
  public int compareTo(Microversion other) {
    return major != other.major
        ? Integer.compare(major, other.major)
        : Integer.compare(minor, other.minor);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
