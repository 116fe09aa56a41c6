package ukemi.simulator;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A request to Nova that has passed the doors: a good token, a known microversion.
 *
 * @param minor of the microversion 2.minor
 * @param base of Nova's own links
 */
record NovaCall(Request request, int minor, Tokens.Token token, String base) {

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);

  boolean atLeast(int minimum) {
    return minor >= minimum;
  }

  boolean admin() {
    return token.admin();
  }

  void needsAdmin(String rule) {
    if (!admin()) {
      throw new Refused(403, "Policy doesn't allow " + rule + " to be performed.");
    }
  }

  Optional<String> parameter(String name) {
    return request.parameter(name);
  }

  /** Refuses what the schema of the query does not know. */
  void onlyParameters(Set<String> known) {
    for (Map.Entry<String, List<String>> parameter : request.parameters().entrySet()) {
      if (!known.contains(parameter.getKey())) {
        throw new Refused(
            400,
            "Additional properties are not allowed ('" + parameter.getKey() + "' was unexpected)");
      }
    }
  }

  /** A page's size: the caller's wish, never more than max_limit. */
  int limit(int maximum) {
    Optional<String> limit = parameter("limit");
    if (limit.isEmpty()) {
      return maximum;
    }
    if (!limit.get().matches("\\d+")) {
      throw new Refused(
          400,
          "Invalid input for query parameters limit. Value: "
              + limit.get()
              + ". '"
              + limit.get()
              + "' does not match '^[0-9]*$'");
    }
    return Math.min(maximum, Integer.parseInt(limit.get()));
  }

  /** The same query, from another marker on. */
  String next(String collection, String marker) {
    StringBuilder link = new StringBuilder(base).append(collection).append('?');
    request
        .parameters()
        .forEach(
            (name, values) -> {
              if (!name.equals("marker")) {
                values.forEach(value -> link.append(name).append('=').append(value).append('&'));
              }
            });
    return link.append("marker=").append(marker).toString();
  }

  /** Like 2026-11-22T07:30:52.000000, as services and migrations show times. */
  static String micros(Instant time) {
    return STAMP.format(time) + ".000000";
  }

  /** Like 2026-11-22T07:30:52Z, as servers show times. */
  static String zulu(Instant time) {
    return STAMP.format(time) + "Z";
  }
}
