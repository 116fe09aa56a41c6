package ukemi.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import ukemi.database.Page;
import ukemi.identity.Caller;

/** A request under {@code /v1} that has passed the {@link RequestChecks}. */
final class ApiRequest {

  static final int LARGEST_BODY = 114688;

  private static final int LONGEST_LIST = 1000;
  private static final Pattern WHOLE_NUMBER = Pattern.compile("\\+?[0-9]+");
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final HttpServletRequest request;
  private final Caller caller;
  private final Microversion version;
  private final Runnable roleCheck;

  /**
   * @param roleCheck of a body that is right; throws when the caller may not do this
   */
  ApiRequest(HttpServletRequest request, Caller caller, Microversion version, Runnable roleCheck) {
    this.request = request;
    this.caller = caller;
    this.version = version;
    this.roleCheck = roleCheck;
  }

  Microversion version() {
    return version;
  }

  /** Who calls, for people to read. */
  String callerName() {
    return caller.userName() == null ? caller.userId() : caller.userName();
  }

  /**
   * Reads the body {@code {"key": {...}}}, refuses what the schema has not read, and then asks for
   * the role: Masakari tells everybody first what is wrong with a body.
   */
  <T> T body(String key, Function<Fields, T> schema) {
    Fields body = new Fields("", json());
    T read =
        body.required(
            key,
            (name, value) -> {
              Fields fields = new Fields(name, value);
              T result = schema.apply(fields);
              fields.refuseOthers();
              return result;
            });
    body.refuseOthers();
    roleCheck.run();
    return read;
  }

  /** The last value given for a query parameter; null when there is none. */
  String parameter(String name) {
    List<String> values = all(name);
    if (values.isEmpty()) {
      return null;
    }
    String value = values.get(values.size() - 1);
    if (value.indexOf('\0') >= 0) {
      // PostgreSQL would refuse to compare it
      throw ApiFault.badRequest("\"" + name + "\" must not contain NUL");
    }
    return value;
  }

  /** A query parameter as a boolean; null when it is not given. */
  Boolean booleanParameter(String name) {
    String value = parameter(name);
    return value == null
        ? null
        : Rules.looseBoolean(value)
            .orElseThrow(() -> ApiFault.badRequest("\"" + name + "\" must be a boolean"));
  }

  /** A query parameter as a time; null when it is not given. */
  Instant timeParameter(String name) {
    String value = parameter(name);
    return value == null
        ? null
        : WireTime.parse(value)
            .orElseThrow(() -> ApiFault.badRequest("\"" + name + "\" must be an ISO 8601 time"));
  }

  /** The part of the list that is asked for. */
  Page page() {
    wholeNumber("page_size", 0);
    List<String> keys = all("sort_key");
    List<String> directions = all("sort_dir");
    if (keys.isEmpty()) {
      keys = List.of("created_at");
    }
    if (directions.isEmpty()) {
      directions = List.of("desc");
    }
    if (directions.size() > keys.size()) {
      throw ApiFault.badRequest("more \"sort_dir\" than \"sort_key\"");
    }
    List<Page.Order> order = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      String direction = directions.get(i < directions.size() ? i : 0);
      order.add(new Page.Order(keys.get(i), ascending(direction)));
    }
    return new Page(wholeNumber("limit", LONGEST_LIST), parameter("marker"), order);
  }

  private static boolean ascending(String direction) {
    return switch (direction) {
      case "asc" -> true;
      case "desc" -> false;
      default -> throw ApiFault.badRequest("\"sort_dir\" must be asc or desc");
    };
  }

  /** Capped at the longest list that is given. */
  private int wholeNumber(String name, int otherwise) {
    String value = parameter(name);
    if (value == null) {
      return otherwise;
    }
    if (!WHOLE_NUMBER.matcher(value).matches()) {
      throw ApiFault.badRequest("\"" + name + "\" must be a whole number, 0 or more");
    }
    String digits = value.replaceFirst("^\\+?0*", "");
    return digits.length() > 4
        ? LONGEST_LIST
        : Math.min(LONGEST_LIST, digits.isEmpty() ? 0 : Integer.parseInt(digits));
  }

  private List<String> all(String name) {
    String[] values = request.getParameterValues(name);
    return values == null ? List.of() : List.of(values);
  }

  private JsonNode json() {
    try {
      byte[] body = request.getInputStream().readNBytes(LARGEST_BODY + 1);
      if (body.length > LARGEST_BODY) {
        throw ApiFault.tooLarge();
      }
      return JSON.readTree(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException e) {
      throw ApiFault.badRequest("the body is not UTF-8");
    } catch (JsonProcessingException e) {
      throw ApiFault.badRequest("the body is not JSON");
    } catch (IOException e) {
      throw ApiFault.badRequest("the body could not be read");
    }
  }
}
