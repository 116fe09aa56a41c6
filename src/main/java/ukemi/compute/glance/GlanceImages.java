package ukemi.compute.glance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import org.springframework.stereotype.Component;
import ukemi.compute.ComputeUnavailable;
import ukemi.compute.Images;
import ukemi.identity.IdentityUnavailable;
import ukemi.identity.OpenStackTimeouts;
import ukemi.identity.ServiceCalls;
import ukemi.identity.ServiceCalls.Answer;
import ukemi.identity.ServiceCalls.Unanswered;

/** Glance over its REST API. Its catalogue entry may or may not end in the version. */
@Component
class GlanceImages implements Images {

  private final ServiceCalls calls;
  private final OpenStackTimeouts timeouts;

  GlanceImages(ServiceCalls calls, OpenStackTimeouts timeouts) {
    this.calls = calls;
    this.timeouts = timeouts;
  }

  @Override
  public Map<String, String> properties(String id) {
    try {
      String glance =
          calls
              .address("image")
              .orElseThrow(() -> new ComputeUnavailable("the catalogue has no Glance", null))
              .replaceAll("/v2$", "");
      Answer answer = calls.get(glance, "/v2/images/" + id, Map.of(), timeouts.readTimeout());
      if (answer.status() == 404) {
        return Map.of();
      }
      if (answer.status() != 200 || !answer.body().path("id").asText().equals(id)) {
        throw new ComputeUnavailable(
            "Glance does not show image %s: HTTP %d".formatted(id, answer.status()), null);
      }
      return texts(answer.body());
    } catch (Unanswered | IdentityUnavailable e) {
      throw new ComputeUnavailable("Glance does not answer: " + e.getMessage(), e);
    }
  }

  /** Properties of the site's own stand beside Glance's. */
  private static Map<String, String> texts(JsonNode image) {
    Map<String, String> texts = new HashMap<>();
    image
        .fields()
        .forEachRemaining(
            field -> {
              if (field.getValue().isValueNode() && !field.getValue().isNull()) {
                texts.put(field.getKey(), field.getValue().asText());
              }
            });
    return Map.copyOf(texts);
  }
}
