package ukemi.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * What the web server refuses before a controller sees it (a broken request line, an address that
 * cannot be decoded) is answered like any fault, not with the server's HTML page.
 */
@Component
class ServerFaults implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    // the host's valves are asked from the last to the first, and the first answer stands
    factory.addContextCustomizers(
        context -> context.getParent().getPipeline().addValve(new FaultValve()));
  }

  private static final class FaultValve extends ErrorReportValve {

    private static final Logger LOG = LoggerFactory.getLogger(ServerFaults.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ESCAPED = Pattern.compile("(?:[^%]|%[0-9a-fA-F]{2})*+");

    /** What the connector has refused already does not go to the application for a page. */
    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
      if (response.isErrorReportRequired()) {
        answer(request, response);
      } else if (!ESCAPED.matcher(request.getRequestURI()).matches()) {
        // the connector lets it pass in path parameters, and Spring would fail
        response.sendError(400);
        answer(request, response);
      } else {
        super.invoke(request, response);
      }
    }

    private void answer(Request request, Response response) {
      response.setSuspended(false);
      report(request, response, null);
    }

    @Override
    protected void report(Request request, Response response, Throwable throwable) {
      int status = response.getStatus();
      if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
        return;
      }
      if (throwable != null) {
        LOG.error("a request failed", throwable);
      }
      try {
        if (!response.containsHeader(RequestChecks.REQUEST_ID)) {
          response.setHeader(RequestChecks.REQUEST_ID, "req-" + UUID.randomUUID());
        }
        response.setContentType(FaultBody.TYPE.toString());
        byte[] body = JSON.writeValueAsBytes(FaultBody.of(status, FaultBody.reason(status)));
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
        response.finishResponse();
      } catch (IOException e) {
        LOG.debug("the caller is gone", e);
      }
    }
  }
}
