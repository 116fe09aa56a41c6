package ukemi.api;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/** The body of a fault: {@code {"<name>": {"code": <status>, "message": "<text>"}}} (5.6). */
final class FaultBody {

  static final MediaType TYPE = new MediaType(MediaType.APPLICATION_JSON, StandardCharsets.UTF_8);

  /** Messages quote what was sent, which may be long. */
  private static final int LONGEST_MESSAGE = 8000;

  private FaultBody() {}

  static Map<String, Object> of(int status, String message) {
    Map<String, Object> fault = new LinkedHashMap<>();
    fault.put("code", status);
    fault.put("message", sendable(message));
    return Map.of(name(status), fault);
  }

  /** The shape of Keystone's middleware, which stands in front of Masakari (4). */
  static Map<String, Object> unauthorized(String message) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("code", 401);
    error.put("title", "Unauthorized");
    error.put("message", message);
    return Map.of("error", error);
  }

  /** What there is to say of a request that failed outside of the controllers. */
  static String reason(int status) {
    HttpStatus known = HttpStatus.resolve(status);
    return "the request was refused: " + (known == null ? status : known.getReasonPhrase());
  }

  private static String name(int status) {
    return switch (status) {
      case 400 -> "badRequest";
      case 401 -> "unauthorized";
      case 403 -> "forbidden";
      case 404 -> "itemNotFound";
      case 405 -> "badMethod";
      case 409 -> "conflictingRequest";
      case 413, 429 -> "overLimit";
      case 415 -> "badMediaType";
      case 501 -> "notImplemented";
      case 503 -> "serviceUnavailable";
      default -> "masakariFault";
    };
  }

  /** Cut, and without halves of surrogate pairs: JSON in UTF-8 has no way to write them. */
  private static String sendable(String message) {
    String cut =
        message.length() > LONGEST_MESSAGE
            ? message.substring(0, LONGEST_MESSAGE) + "..."
            : message;
    return new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
