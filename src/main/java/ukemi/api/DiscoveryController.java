package ukemi.api;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells which version there is, outside {@code /v1}; the web apps and actuator are left alone. */
@RestController
class DiscoveryController {

  @RequestMapping("/")
  ResponseEntity<Map<String, Object>> versions(HttpServletRequest request) {
    return json(HttpStatus.OK, Map.of("versions", List.of(ApiVersion.of(request))));
  }

  @RequestMapping("/{first:(?!v1$|camunda$|actuator$).+}/**")
  ResponseEntity<Map<String, Object>> choices(HttpServletRequest request) {
    return json(
        HttpStatus.MULTIPLE_CHOICES, Map.of("choices", List.of(ApiVersion.choice(request))));
  }

  @GetMapping("/healthcheck")
  ResponseEntity<String> healthcheck() {
    return ResponseEntity.ok().contentType(MediaType.TEXT_PLAIN).body("OK");
  }

  private static ResponseEntity<Map<String, Object>> json(
      HttpStatus status, Map<String, Object> body) {
    return ResponseEntity.status(status).contentType(MediaType.APPLICATION_JSON).body(body);
  }
}
