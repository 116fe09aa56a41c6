package ukemi.api;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;

/** Version discovery at the root of the API; no token is needed. */
@MasakariApi(open = true)
class VersionController {

  @GetMapping({"/v1", "/v1/"})
  Map<String, ApiVersion> version(HttpServletRequest request) {
    return Map.of("version", ApiVersion.detailOf(request));
  }
}
