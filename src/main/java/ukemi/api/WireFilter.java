package ukemi.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.UrlPathHelper;

/**
 * Evens out what Masakari takes and ignores under {@code /v1}: a suffix {@code .json} or {@code
 * .xml}, and an Accept that asks for something else than JSON.
 */
@Component
class WireFilter extends OncePerRequestFilter {

  private static final String VENDOR_JSON = "application/vnd.openstack.masakari+json";

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    // as the controllers are found: decoded
    return !UrlPathHelper.defaultInstance
        .getPathWithinApplication(request)
        .matches("(?s)/v1(/.*)?");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    chain.doFilter(new EvenRequest(request), response);
  }

  private static final class EvenRequest extends HttpServletRequestWrapper {

    EvenRequest(HttpServletRequest request) {
      super(request);
    }

    @Override
    public String getRequestURI() {
      return withoutSuffix(super.getRequestURI());
    }

    @Override
    public String getServletPath() {
      return withoutSuffix(super.getServletPath());
    }

    @Override
    public String getHeader(String name) {
      return isAccept(name) ? accepted() : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      return isAccept(name)
          ? Collections.enumeration(Collections.singleton(accepted()))
          : super.getHeaders(name);
    }

    private String accepted() {
      String accept = super.getHeader(HttpHeaders.ACCEPT);
      return accept != null && accept.contains(VENDOR_JSON) ? VENDOR_JSON : "application/json";
    }

    private static boolean isAccept(String name) {
      return HttpHeaders.ACCEPT.equalsIgnoreCase(name);
    }

    private static String withoutSuffix(String path) {
      return path.replaceFirst("\\.(json|xml)$", "");
    }
  }
}
