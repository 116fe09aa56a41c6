package ukemi.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.request;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import ukemi.identity.Permission;

/** Every route with every role: who may, may; who may not, may not. */
class RolesTest extends SlimApplicationTest {

  private static final Set<String> ROLES =
      Set.of("admin", "reader", "notifier", "member", "service", "tenant");

  /** Bodies that are right: what is wrong with one is said before the role is asked for. */
  static final Map<Permission, String> BODIES =
      Map.of(
          Permission.SEGMENTS_CREATE,
          WireRules.NEW_SEGMENT.formatted(""),
          Permission.SEGMENTS_UPDATE,
          "{\"segment\": {\"name\": \"rack-z\"}}",
          Permission.HOSTS_CREATE,
          WireRules.NEW_HOST.formatted("compute-3", ""),
          Permission.HOSTS_UPDATE,
          "{\"host\": {\"reserved\": true}}",
          Permission.NOTIFICATIONS_CREATE,
          WireRules.NOTIFICATION.formatted("COMPUTE_HOST", WireRules.TIME, WireRules.STOPPED),
          Permission.NOTIFICATIONS_CANCEL,
          "{\"cancel\": {\"reason\": \"a test\"}}",
          Permission.PLANNED_WORK_CREATE,
          "{\"planned_work\": {\"host\": \"compute-1\", \"ends_at\": \"%s\", \"reason\": \"a test\"}}"
              .formatted(Instant.now().plus(Duration.ofDays(20))));

  /** These ask for no role: discovery, and what is not served whoever asks. */
  private static final Set<Class<?>> WITHOUT_ROLE =
      Set.of(
          DiscoveryController.class,
          ErrorPage.class,
          OpenApiController.class,
          VersionController.class,
          UnservedController.class);

  @Autowired RequestMappingHandlerMapping mapping;

  private record Route(HttpMethod method, String path, Permission permission) {}

  @Test
  void everyRouteHasARuleAndEveryRuleARoute() {
    List<String> without = new ArrayList<>();
    Set<Permission> used = new TreeSet<>();
    mapping
        .getHandlerMethods()
        .forEach(
            (info, handler) -> {
              Allowed allowed = handler.getMethodAnnotation(Allowed.class);
              if (allowed != null) {
                used.add(allowed.value());
              } else if (!WITHOUT_ROLE.contains(handler.getBeanType())) {
                without.add(handler + " " + info);
              }
            });
    assertThat(without).isEmpty();
    assertThat(used).containsExactly(Permission.values());
  }

  @Test
  void everyControllerBehindTheChecksIsBehindThem() {
    assertThat(mapping.getHandlerMethods().values())
        .filteredOn(handler -> handler.getMethodAnnotation(Allowed.class) != null)
        .allSatisfy(
            handler -> {
              MasakariApi api = handler.getBeanType().getAnnotation(MasakariApi.class);
              assertThat(api).as("%s", handler).isNotNull();
              assertThat(api.served() && !api.open()).as("%s", handler).isTrue();
            });
  }

  @TestFactory
  Stream<DynamicTest> everyRoleOnEveryRoute() {
    List<Route> routes = routes();
    assertThat(routes).hasSizeGreaterThan(2 * Permission.values().length - 1);
    return routes.stream()
        .flatMap(
            route ->
                ROLES.stream()
                    .map(
                        role ->
                            DynamicTest.dynamicTest(
                                role + " " + route.method() + " " + route.path(),
                                () -> check(route, role))));
  }

  private void check(Route route, String role) throws Exception {
    MockHttpServletResponse answer =
        mvc.perform(
                request(route.method(), route.path())
                    .header("X-Auth-Token", role)
                    .contentType("application/json")
                    .content(BODIES.getOrDefault(route.permission(), "")))
            .andReturn()
            .getResponse();
    if (may(role, route)) {
      assertThat(answer.getStatus()).isNotIn(400, 401, 403, 405, 500, 503);
    } else {
      assertThat(answer.getStatus()).isEqualTo(403);
      assertThat(answer.getContentAsString())
          .startsWith("{\"forbidden\":")
          .contains("\"code\":403")
          .contains(route.permission().rule());
    }
  }

  /** The promise, in words of its own. */
  private static boolean may(String role, Route route) {
    return switch (role) {
      case "admin" -> true;
      case "reader" ->
          route.method() == HttpMethod.GET && route.permission() != Permission.RUNBOOKS_DETAIL;
      case "notifier" ->
          route.method() == HttpMethod.POST && route.path().endsWith("/notifications");
      default -> false;
    };
  }

  private List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    mapping.getHandlerMethods().forEach((info, handler) -> routes.addAll(routes(info, handler)));
    return routes;
  }

  private static List<Route> routes(RequestMappingInfo info, HandlerMethod handler) {
    Allowed allowed = handler.getMethodAnnotation(Allowed.class);
    if (allowed == null) {
      return List.of();
    }
    List<Route> routes = new ArrayList<>();
    for (String pattern : info.getPatternValues()) {
      for (RequestMethod method : info.getMethodsCondition().getMethods()) {
        routes.add(new Route(method.asHttpMethod(), path(pattern), allowed.value()));
      }
    }
    return routes;
  }

  private static String path(String pattern) {
    return pattern
        .replaceFirst("\\{project:[^}]*}", SlimApplication.PROJECT)
        .replace("{segment}", RACK_A)
        .replace("{alias}", "segments")
        .replaceAll("\\{[a-z]+}", NOWHERE);
  }
}
