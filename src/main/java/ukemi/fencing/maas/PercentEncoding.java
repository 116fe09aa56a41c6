package ukemi.fencing.maas;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/** RFC 3986: everything but the unreserved characters. URLEncoder is another encoding. */
final class PercentEncoding {

  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

  private PercentEncoding() {}

  static String of(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
      char character = (char) (one & 0xff);
      if (UNRESERVED.indexOf(character) >= 0) {
        encoded.append(character);
      } else {
        encoded.append(String.format("%%%02X", (int) character));
      }
    }
    return encoded.toString();
  }

  static String form(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(field -> of(field.getKey()) + "=" + of(field.getValue()))
        .collect(Collectors.joining("&"));
  }
}
