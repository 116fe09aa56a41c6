package ukemi.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One request as it arrived.
 *
 * @param at real time of arrival
 * @param service keystone, nova, maas or simulator, by the path
 * @param path without the query
 * @param query undecoded, empty when there is none
 * @param headers names in lower case
 */
public record Request(
    Instant at,
    String service,
    String method,
    String path,
    String query,
    Map<String, String> headers,
    byte[] body) {

  static String serviceOf(String path) {
    if (path.startsWith("/identity")) {
      return "keystone";
    }
    if (path.startsWith("/compute")) {
      return "nova";
    }
    if (path.startsWith("/image")) {
      return "glance";
    }
    return path.startsWith("/MAAS") || path.contains("/MAAS/") ? "maas" : "simulator";
  }

  /** The header's value; empty when it was not sent. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  /** The last value of the parameter in the query. */
  public Optional<String> parameter(String name) {
    List<String> all = parameters().getOrDefault(name, List.of());
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  Map<String, List<String>> parameters() {
    return decode(query);
  }

  /** The fields of a form; empty for every other content type. */
  Map<String, List<String>> form() {
    return header("content-type").orElse("").startsWith("application/x-www-form-urlencoded")
        ? decode(text())
        : Map.of();
  }

  /** The body as text. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  JsonNode json() {
    return Json.read(body);
  }

  private static Map<String, List<String>> decode(String pairs) {
    Map<String, List<String>> decoded = new LinkedHashMap<>();
    if (pairs.isEmpty()) {
      return decoded;
    }
    for (String pair : pairs.split("&")) {
      int at = pair.indexOf('=');
      String name = at < 0 ? pair : pair.substring(0, at);
      String value = at < 0 ? "" : pair.substring(at + 1);
      decoded.computeIfAbsent(decodeOne(name), any -> new ArrayList<>()).add(decodeOne(value));
    }
    return decoded;
  }

  private static String decodeOne(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
