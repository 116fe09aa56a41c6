package ukemi.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** Masakari's rules for single values of a request. */
final class Rules {

  private static final Set<String> TRUE =
      Set.of("True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes");
  private static final Set<String> FALSE =
      Set.of("False", "FALSE", "false", "0", "OFF", "Off", "off", "NO", "No", "no");
  private static final Pattern HOST_TYPE = Pattern.compile("[a-zA-Z0-9]{0,255}");
  private static final Pattern HOST_NAME = Pattern.compile("[a-zA-Z0-9._-]{1,255}");
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", Pattern.CASE_INSENSITIVE);
  private static final Pattern LOOSE_UUID =
      Pattern.compile(
          "[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}",
          Pattern.CASE_INSENSITIVE);

  private Rules() {}

  /** 1 to 255 printable characters without white space at the ends. */
  static String name(String field, JsonNode value) {
    String text = text(field, value);
    if (text.isEmpty()
        || length(text) > 255
        || !text.equals(text.strip())
        || isSpace(text.codePointAt(0))
        || isSpace(text.codePointBefore(text.length()))
        || !printable(text, false)) {
      throw ApiFault.badRequest(
          "\""
              + field
              + "\" must be 1 to 255 printable characters without white space at the ends");
    }
    return text;
  }

  /** Printable characters and line ends, or null. */
  static String description(String field, JsonNode value) {
    return value.isNull() ? null : requiredDescription(field, value);
  }

  /** Printable characters and line ends. */
  static String requiredDescription(String field, JsonNode value) {
    String text = text(field, value);
    if (!printable(text, true)) {
      throw ApiFault.badRequest("\"" + field + "\" must be printable characters");
    }
    return text;
  }

  /** Type of a host: at most 255 letters and digits. */
  static String hostType(String field, JsonNode value) {
    return matching(HOST_TYPE, field, value, "at most 255 letters and digits");
  }

  /** Host name in a notification. */
  static String hostName(String field, JsonNode value) {
    return matching(HOST_NAME, field, value, "1 to 255 letters, digits, dots, - and _");
  }

  /** A uuid, with or without hyphens; as it was given. */
  static String looseUuid(String field, JsonNode value) {
    return matching(LOOSE_UUID, field, value, "a uuid");
  }

  /** 1 to 255 characters that can be stored. */
  static String shortText(String field, JsonNode value) {
    String text = text(field, value);
    if (text.isEmpty() || length(text) > 255 || !storable(text)) {
      throw ApiFault.badRequest("\"" + field + "\" must be 1 to 255 characters");
    }
    return text;
  }

  /** One of the words; letter case counts. */
  static Fields.Rule<String> oneOf(String... words) {
    return (field, value) -> {
      String text = text(field, value);
      if (!Set.of(words).contains(text)) {
        throw ApiFault.badRequest("\"" + field + "\" must be one of " + String.join(", ", words));
      }
      return text;
    };
  }

  /** JSON true or false, or one of the words Masakari takes for them. */
  static Boolean bool(String field, JsonNode value) {
    if (value.isBoolean()) {
      return value.booleanValue();
    }
    if (value.isTextual() && TRUE.contains(value.textValue())) {
      return true;
    }
    if (value.isTextual() && FALSE.contains(value.textValue())) {
      return false;
    }
    throw ApiFault.badRequest("\"" + field + "\" must be a boolean");
  }

  /** A boolean of a query, in any letter case; empty when it is none. */
  static Optional<Boolean> looseBoolean(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "t", "1", "on", "yes", "y" -> Optional.of(true);
      case "false", "f", "0", "off", "no", "n" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  /** A uuid of an address, with hyphens; empty when it is none, and so names nothing. */
  static Optional<UUID> uuid(String text) {
    return UUID_TEXT.matcher(text).matches()
        ? Optional.of(UUID.fromString(text))
        : Optional.empty();
  }

  static String text(String field, JsonNode value) {
    if (!value.isTextual()) {
      throw ApiFault.badRequest("\"" + field + "\" must be a string");
    }
    return value.textValue();
  }

  private static String matching(Pattern pattern, String field, JsonNode value, String expected) {
    String text = text(field, value);
    if (!pattern.matcher(text).matches()) {
      throw ApiFault.badRequest("\"" + field + "\" must be " + expected);
    }
    return text;
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static boolean isSpace(int character) {
    return Character.getType(character) == Character.SPACE_SEPARATOR;
  }

  private static boolean printable(String text, boolean lines) {
    return text.codePoints().allMatch(c -> lines && c == '\n' || printable(c));
  }

  private static boolean printable(int character) {
    return character <= 0xFFFE
        && switch (Character.getType(character)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.SURROGATE,
              Character.PRIVATE_USE,
              Character.UNASSIGNED,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR ->
              false;
          default -> true;
        };
  }

  /** PostgreSQL stores neither NUL nor half a surrogate pair. */
  private static boolean storable(String text) {
    return text.codePoints().noneMatch(c -> c == 0 || Character.getType(c) == Character.SURROGATE);
  }
}
