package ukemi.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.Set;

/** The members of one JSON object of a request. What has not been read is unknown and refused. */
final class Fields {

  /** Reads a member, or throws the {@link ApiFault} that says what is wrong with it. */
  @FunctionalInterface
  interface Rule<T> {
    T read(String name, JsonNode value);
  }

  private final String name;
  private final JsonNode object;
  private final Set<String> unread = new LinkedHashSet<>();

  Fields(String name, JsonNode value) {
    if (!value.isObject()) {
      throw ApiFault.badRequest(
          name.isEmpty() ? "the body must be an object" : "\"" + name + "\" must be an object");
    }
    this.name = name;
    this.object = value;
    value.fieldNames().forEachRemaining(unread::add);
  }

  boolean has(String field) {
    return object.has(field);
  }

  <T> T required(String field, Rule<T> rule) {
    if (!has(field)) {
      throw ApiFault.badRequest("\"" + field + "\" is missing");
    }
    return optional(field, rule, null);
  }

  <T> T optional(String field, Rule<T> rule, T otherwise) {
    unread.remove(field);
    return has(field) ? rule.read(field, object.get(field)) : otherwise;
  }

  void requireAny() {
    if (object.isEmpty()) {
      throw ApiFault.badRequest("\"" + name + "\" is empty: nothing to change");
    }
  }

  void refuseOthers() {
    if (!unread.isEmpty()) {
      throw ApiFault.badRequest("unknown property \"" + unread.iterator().next() + "\"");
    }
  }
}
