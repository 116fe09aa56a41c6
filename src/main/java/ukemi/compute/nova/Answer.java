package ukemi.compute.nova;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.openstack4j.core.transport.HttpResponse;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeUnavailable;

/**
 * What Nova said: its success, or its "not there".
 *
 * @param name the request, for messages
 * @param found false for 404 in Nova's own words
 * @param message Nova's words to a 404
 * @param body missing when Nova sent none
 * @param date the Date header
 */
record Answer(String name, boolean found, String message, JsonNode body, Optional<Instant> date) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * @throws ComputeRefused for a 4xx that is Nova's
   * @throws ComputeUnavailable for all that is not Nova's: a proxy's page, another service's error
   */
  static Answer of(String name, HttpResponse response) {
    int status = response.getStatus();
    JsonNode body = body(name, response);
    if (status >= 200 && status < 300) {
      return new Answer(name, true, "", body, date(response));
    }
    // {"itemNotFound": {"code": 404, "message": "..."}}; a wrong path gets an HTML page instead
    JsonNode fault = body.size() == 1 ? body.elements().next() : MissingNode.getInstance();
    String message = fault.path("message").asText("");
    boolean novas = fault.path("code").asInt() == status && !body.has("error");
    if (status == 404 && novas) {
      return new Answer(name, false, message, body, date(response));
    }
    if (status >= 400 && status < 500 && status != 401 && status != 408 && novas) {
      throw new ComputeRefused(status, message);
    }
    throw new ComputeUnavailable(
        name + ": HTTP " + status + (novas ? ": " + message : ", not in Nova's words"), null);
  }

  /** The list under the key. A missing list is not an empty one. */
  JsonNode list(String key) {
    JsonNode list = body.path(key);
    if (!found || !list.isArray()) {
      throw unexpected("no list \"" + key + "\"");
    }
    return list;
  }

  JsonNode object(String key) {
    JsonNode object = body.path(key);
    if (!found || !object.isObject()) {
      throw unexpected("no \"" + key + "\"");
    }
    return object;
  }

  /** Whether there is a page after this one. Nova may make pages shorter than asked for. */
  boolean hasNext(String key) {
    for (JsonNode link : body.path(key + "_links")) {
      if (link.path("rel").asText().equals("next")) {
        return true;
      }
    }
    return false;
  }

  ComputeUnavailable unexpected(String what) {
    return new ComputeUnavailable(name + ": not an answer of Nova: " + what, null);
  }

  private static JsonNode body(String name, HttpResponse response) {
    try {
      JsonNode body = JSON.readTree(response.getInputStream());
      return body == null ? MissingNode.getInstance() : body;
    } catch (IOException e) {
      throw new ComputeUnavailable(
          name + ": HTTP " + response.getStatus() + ", not in Nova's words", null);
    }
  }

  private static Optional<Instant> date(HttpResponse response) {
    try {
      return Optional.ofNullable(response.header("Date"))
          .map(date -> ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
