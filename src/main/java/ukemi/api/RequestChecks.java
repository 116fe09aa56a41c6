package ukemi.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.MDC;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import ukemi.identity.Caller;
import ukemi.identity.CallerTokens;
import ukemi.identity.Permission;
import ukemi.identity.RolePolicy;

/**
 * What every request under {@code /v1} passes, in the order that clients see: size, token, version,
 * route, content type, project, role. Where there is a body, the role is asked for when it has been
 * read, see {@link Allowed#afterBody}.
 */
@Component
class RequestChecks implements HandlerInterceptor {

  static final String REQUEST_ID = "X-Openstack-Request-Id";

  private static final Pattern VALID_REQUEST_ID = Pattern.compile("req-[0-9a-f-]{36}");
  private static final Set<String> CONTENT_TYPES =
      Set.of("application/json", "application/vnd.openstack.masakari+json", "text/plain");

  private final CallerTokens tokens;
  private final RolePolicy policy;

  RequestChecks(CallerTokens tokens, RolePolicy policy) {
    this.tokens = tokens;
    this.policy = policy;
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    MasakariApi api = api(handler);
    if (api == null) {
      return true;
    }
    identify(request, response);
    if (request.getContentLengthLong() > ApiRequest.LARGEST_BODY) {
      throw ApiFault.tooLarge();
    }
    Caller caller = api.open() ? null : caller(request);
    Microversion version = version(request, response);
    String method = request.getMethod();
    if (method.equals("HEAD")) {
      // Spring would serve it like GET
      throw ApiFault.notFound("no such resource");
    }
    if (api.served()) {
      checkContentType(request);
    }
    if (api.served() && !api.open()) {
      checkProject(request, caller);
      Allowed allowed = ((HandlerMethod) handler).getMethodAnnotation(Allowed.class);
      if (allowed == null) {
        throw new IllegalStateException("no role may call " + handler);
      }
      Runnable roleCheck = () -> checkRole(caller, allowed.value());
      if (!allowed.afterBody()) {
        roleCheck.run();
      }
      request.setAttribute(
          ApiRequest.class.getName(), new ApiRequest(request, caller, version, roleCheck));
    }
    return true;
  }

  @Override
  public void afterCompletion(
      HttpServletRequest request, HttpServletResponse response, Object handler, Exception e) {
    MDC.remove("request_id");
    MDC.remove("global_request_id");
  }

  private static MasakariApi api(Object handler) {
    return handler instanceof HandlerMethod method
        ? AnnotatedElementUtils.findMergedAnnotation(method.getBeanType(), MasakariApi.class)
        : null;
  }

  private static void identify(HttpServletRequest request, HttpServletResponse response) {
    String id = "req-" + UUID.randomUUID();
    response.setHeader(REQUEST_ID, id);
    MDC.put("request_id", id);
    String global = request.getHeader(REQUEST_ID);
    if (global != null && VALID_REQUEST_ID.matcher(global).matches()) {
      MDC.put("global_request_id", global);
    }
  }

  private Caller caller(HttpServletRequest request) {
    String token = request.getHeader("X-Auth-Token");
    if (token == null || token.isBlank()) {
      throw ApiFault.unauthorized();
    }
    return tokens.validate(token).orElseThrow(ApiFault::unauthorized);
  }

  private static Microversion version(HttpServletRequest request, HttpServletResponse response) {
    String header = String.join(",", Collections.list(request.getHeaders(Microversion.HEADER)));
    String asked = Microversion.asked(header).orElse(Microversion.MIN.toString());
    response.setHeader(HttpHeaders.VARY, Microversion.HEADER);
    Microversion version =
        Microversion.parse(asked)
            .orElseThrow(() -> ApiFault.badRequest("version \"" + asked + "\" is malformed"));
    boolean supported = version.supported();
    response.setHeader(
        Microversion.HEADER, Microversion.header(supported ? version.toString() : asked));
    if (!supported) {
      throw ApiFault.versionNotAcceptable(asked);
    }
    return version;
  }

  private static void checkContentType(HttpServletRequest request) {
    String type = request.getContentType();
    if (type == null || type.isBlank()) {
      return;
    }
    // whatever charset it names: the body is read as UTF-8
    String media = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (!CONTENT_TYPES.contains(media)) {
      throw ApiFault.badMediaType(type);
    }
  }

  private void checkRole(Caller caller, Permission permission) {
    if (!policy.allows(caller, permission)) {
      throw ApiFault.forbidden(permission, policy.roles(permission));
    }
  }

  private static void checkProject(HttpServletRequest request, Caller caller) {
    Map<?, ?> variables =
        (Map<?, ?>) request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
    Object project = variables == null ? null : variables.get("project");
    if (project != null && !project.equals(caller.projectId())) {
      throw ApiFault.badRequest("the project of the address is not the project of the token");
    }
  }
}
