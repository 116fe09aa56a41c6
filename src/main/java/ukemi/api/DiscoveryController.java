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

  private final HealthcheckSettings healthcheck;

  DiscoveryController(HealthcheckSettings healthcheck) {
    this.healthcheck = healthcheck;
  }

  @RequestMapping("/")
  ResponseEntity<Map<String, Object>> versions(HttpServletRequest request) {
    return json(HttpStatus.OK, Map.of("versions", List.of(ApiVersion.of(request))));
  }

  @RequestMapping("/{first:(?!v1$|camunda$|actuator$).+}/**")
  ResponseEntity<Map<String, Object>> choices(HttpServletRequest request) {
    return json(
        HttpStatus.MULTIPLE_CHOICES, Map.of("choices", List.of(ApiVersion.choice(request))));
  }

  /** For load balancers, as oslo.middleware answers them (2.3). */
  @GetMapping("/healthcheck")
  ResponseEntity<String> healthcheck() {
    return healthcheck.disabled()
        ? text(HttpStatus.SERVICE_UNAVAILABLE, "DISABLED BY FILE")
        : text(HttpStatus.OK, "OK");
  }

  private static ResponseEntity<String> text(HttpStatus status, String body) {
    return ResponseEntity.status(status).contentType(MediaType.TEXT_PLAIN).body(body);
  }

  private static ResponseEntity<Map<String, Object>> json(
      HttpStatus status, Map<String, Object> body) {
    return ResponseEntity.status(status).contentType(MediaType.APPLICATION_JSON).body(body);
  }
}
