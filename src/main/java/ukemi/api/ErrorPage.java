package ukemi.api;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.springframework.boot.web.servlet.error.ErrorController;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Where the servlet container sends a request that failed outside of the controllers. */
@RestController
class ErrorPage implements ErrorController {

  private final DiscoveryController discovery;

  ErrorPage(DiscoveryController discovery) {
    this.discovery = discovery;
  }

  @RequestMapping("/error")
  ResponseEntity<Map<String, Object>> error(HttpServletRequest request) {
    return request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer status
        ? ResponseEntity.status(status)
            .contentType(FaultBody.TYPE)
            .body(FaultBody.of(status, FaultBody.reason(status)))
        : discovery.choices(request);
  }
}
