package ukemi.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Serves the description of the API (openapi.yaml) to everybody: it holds no secret. */
@RestController
class OpenApiController {

  private final JsonNode description = read();

  @GetMapping("/openapi.json")
  ResponseEntity<JsonNode> description() {
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(description);
  }

  private static JsonNode read() {
    try (InputStream yaml = OpenApiController.class.getResourceAsStream("/openapi.yaml")) {
      return new ObjectMapper()
          .valueToTree(new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
