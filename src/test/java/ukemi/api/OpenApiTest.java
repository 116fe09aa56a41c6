package ukemi.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import jakarta.servlet.ServletContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpMethod;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import ukemi.identity.Permission;

/** The description that is served says what the controllers do, and all of it. */
class OpenApiTest extends SlimApplicationTest {

  /** There is nothing to try again, and no host that is to be returned. */
  private static final Set<Permission> NOTHING_TO_DO =
      Set.of(Permission.NOTIFICATIONS_RETRY, Permission.HOSTS_RETURN);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PROJECT = "/v1/{project:[0-9a-f\\-]+}";
  private static final String DOCUMENT = "https://ukemi/openapi.json";
  private static final Set<String> WITHOUT_TOKEN =
      Set.of("/", "/v1", "/healthcheck", "/openapi.json");
  private static final String FAILURE = "33333333-3333-4333-8333-333333333331";
  private static final String WORK = "66666666-6666-4666-8666-666666666661";
  private static final String VMOVE = "44444444-4444-4444-8444-444444444441";

  @Autowired private RequestMappingHandlerMapping mapping;
  private JsonNode description;
  private JsonSchemaFactory schemas;

  private record Route(
      String method, String path, Permission permission, int status, boolean hasBody) {

    String operation() {
      return method + " " + path + " " + permission.rule();
    }
  }

  @BeforeEach
  void read() throws Exception {
    description =
        JSON.readTree(
            mvc.perform(get("/openapi.json")).andReturn().getResponse().getContentAsString());
    schemas =
        JsonSchemaFactory.getInstance(
            VersionFlag.V202012,
            builder ->
                builder.schemaLoaders(
                    loaders -> loaders.schemas(Map.of(DOCUMENT, description.toString()))));
    sql(
        """
        insert into ukemi.notification
          (uuid, type, source_host_uuid, source_host_name, segment_uuid, payload, generated_time,
           status)
        values ('%s', 'COMPUTE_HOST', '%s', 'compute-9', '%s', '{"event": "STOPPED"}',
                '2026-11-22T07:35:11.197182Z', 'running')
        """
            .formatted(FAILURE, COMPUTE_9, RACK_B));
    sql(
        """
        insert into ukemi.recovery_run
          (id, notification_uuid, host_uuid, host_name, process_instance_id)
        values ('%s', '%s', '%s', 'compute-9', 'p')
        """
            .formatted(NOWHERE, FAILURE, COMPUTE_9));
    sql(
        """
        insert into ukemi.vmove
          (uuid, notification_uuid, run_id, instance_uuid, instance_name, source_host,
           start_time, status, state_before, state_wanted)
        values ('%s', '%s', '%s', '%s', 'vm-1', 'compute-9', now(), 'ongoing', 'active', 'active')
        """
            .formatted(VMOVE, FAILURE, NOWHERE, NOWHERE));
    sql(
        """
        insert into ukemi.planned_work
          (uuid, scope, scope_uuid, scope_name, starts_at, ends_at, reason, person)
        values ('%s', 'HOST', '%s', 'compute-9', now(), now() + interval '1 h', 'r', 'p')
        """
            .formatted(WORK, COMPUTE_9));
  }

  @Test
  void everyRouteIsDescribedAndNothingElse() {
    Set<String> described = new TreeSet<>();
    Set<String> open = new TreeSet<>();
    description
        .path("paths")
        .fields()
        .forEachRemaining(
            path ->
                operations(path.getValue())
                    .forEach(
                        (method, operation) -> {
                          if (operation.path("security").isArray()) {
                            assertThat(operation.path("security")).isEmpty();
                            open.add(path.getKey());
                          } else {
                            described.add(
                                "%s %s %s"
                                    .formatted(
                                        method, path.getKey(), operation.path("x-rule").asText()));
                          }
                        }));
    assertThat(described)
        .isEqualTo(new TreeSet<>(routes().stream().map(Route::operation).toList()));
    assertThat(open).isEqualTo(new TreeSet<>(WITHOUT_TOKEN));
  }

  @Test
  void everyRouteIsServedForAProjectToo() {
    mapping
        .getHandlerMethods()
        .forEach(
            (info, handler) -> {
              if (handler.getMethodAnnotation(Allowed.class) != null) {
                Set<String> both = info.getPatternValues();
                String plain =
                    both.stream().filter(one -> !one.startsWith(PROJECT)).findFirst().orElseThrow();
                assertThat(both).containsExactlyInAnyOrder(plain, PROJECT + plain.substring(3));
              }
            });
  }

  @Test
  void statusParametersAndBodyAreAsDescribed() throws Exception {
    for (Route route : routes()) {
      JsonNode operation = operation(route);
      List<String> good = new ArrayList<>();
      operation
          .path("responses")
          .fieldNames()
          .forEachRemaining(
              status -> {
                if (status.startsWith("2")) {
                  good.add(status);
                }
              });
      assertThat(good).as(route.operation()).containsExactly("" + route.status());
      assertThat(operation.has("requestBody")).as(route.operation()).isEqualTo(route.hasBody());
      assertThat(parameters(route, "path"))
          .as(route.operation())
          .isEqualTo(
              new TreeSet<>(
                  Pattern.compile("\\{([a-z]+)}")
                      .matcher(route.path())
                      .results()
                      .map((MatchResult found) -> found.group(1))
                      .toList()));
      assertThat(parameters(route, "header")).containsExactly("OpenStack-API-Version");
      assertThat(parameters(route, "query")).as(route.operation()).isEqualTo(asked(route));
    }
  }

  @Test
  void realAnswersAreAsDescribed() throws Exception {
    for (Route route : routes()) {
      MockHttpServletResponse answer = answer(route, "admin");
      int expected = NOTHING_TO_DO.contains(route.permission()) ? 409 : route.status();
      assertThat(answer.getStatus())
          .as(route.operation() + answer.getContentAsString())
          .isEqualTo(expected);
      check(route, answer);
      readAgain();
    }
    for (String path : WITHOUT_TOKEN) {
      MockHttpServletResponse answer = mvc.perform(get(path)).andReturn().getResponse();
      assertThat(answer.getStatus()).isEqualTo(200);
      if (answer.getContentType().startsWith("application/json")) {
        check(new Route("GET", path, null, 200, false), answer);
      }
    }
  }

  @Test
  void realFaultsAreAsDescribed() throws Exception {
    for (Route route : routes()) {
      assertThat(checked(route, "nobody").getStatus()).isEqualTo(401);
      assertThat(checked(route, "member").getStatus()).isEqualTo(403);
      if (route.path().contains("{") && !route.path().startsWith("/v1/extensions")) {
        MockHttpServletResponse missing =
            mvc.perform(builder(route, "admin", route.path().replaceAll("\\{[a-z]+}", NOWHERE)))
                .andReturn()
                .getResponse();
        assertThat(missing.getStatus()).as(route.operation()).isEqualTo(404);
        assertThat(operation(route).path("responses").has("404")).isTrue();
        check(route, missing);
      }
    }
  }

  @Test
  void bodiesThatAreSentAreAsDescribedAndOthersAreNot() throws Exception {
    for (Route route : routes()) {
      if (route.hasBody()) {
        String schema = pointer(operation(route).path("requestBody").path("content"));
        JsonNode good = JSON.readTree(RolesTest.BODIES.get(route.permission()));
        assertThat(problems(schema, good)).as(route.operation()).isEmpty();
        ObjectNode other = good.deepCopy();
        ((ObjectNode) other.elements().next()).put("other", 1);
        assertThat(problems(schema, other)).as(route.operation()).isNotEmpty();
        ObjectNode empty = JSON.createObjectNode();
        empty.putObject(good.fieldNames().next());
        assertThat(problems(schema, empty)).as(route.operation()).isNotEmpty();
      }
    }
    JsonNode wrongPayload =
        JSON.readTree(
            WireRules.NOTIFICATION.formatted("PROCESS", WireRules.TIME, WireRules.STOPPED));
    assertThat(problems("#/components/schemas/NewNotificationBody", wrongPayload)).isNotEmpty();
  }

  /** A test that never fails proves nothing. */
  @Test
  void theSchemasRefuseWhatIsWrong() throws Exception {
    JsonNode segment =
        JSON.readTree(
            mvc.perform(get("/v1/segments/" + RACK_A).header("X-Auth-Token", "admin"))
                .andReturn()
                .getResponse()
                .getContentAsString());
    String schema = "#/components/schemas/SegmentBody";
    assertThat(problems(schema, segment)).isEmpty();
    ObjectNode wrong = segment.deepCopy();
    ((ObjectNode) wrong.get("segment")).put("created_at", "2026-11-22 07:30:52");
    assertThat(problems(schema, wrong)).isNotEmpty();
    ObjectNode less = segment.deepCopy();
    ((ObjectNode) less.get("segment")).remove("deleted");
    assertThat(problems(schema, less)).isNotEmpty();
  }

  private void readAgain() throws Exception {
    sameRowsForAll();
    read();
  }

  private List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    mapping
        .getHandlerMethods()
        .forEach(
            (info, handler) -> {
              Allowed allowed = handler.getMethodAnnotation(Allowed.class);
              if (allowed != null) {
                for (String pattern : info.getPatternValues()) {
                  for (RequestMethod method : info.getMethodsCondition().getMethods()) {
                    if (!pattern.startsWith(PROJECT)) {
                      routes.add(
                          new Route(
                              method.name(),
                              pattern,
                              allowed.value(),
                              status(handler),
                              allowed.afterBody()));
                    }
                  }
                }
              }
            });
    assertThat(routes).hasSize(Permission.values().length);
    return routes;
  }

  private static int status(HandlerMethod handler) {
    ResponseStatus status =
        AnnotatedElementUtils.findMergedAnnotation(handler.getMethod(), ResponseStatus.class);
    return status == null ? 200 : status.code().value();
  }

  private static Map<String, JsonNode> operations(JsonNode path) {
    Map<String, JsonNode> operations = new TreeMap<>();
    path.fields()
        .forEachRemaining(
            field -> {
              if (!field.getKey().equals("parameters")) {
                operations.put(field.getKey().toUpperCase(Locale.ROOT), field.getValue());
              }
            });
    return operations;
  }

  private JsonNode operation(Route route) {
    return operations(description.path("paths").path(route.path())).get(route.method());
  }

  private Set<String> parameters(Route route, String in) {
    Set<String> names = new TreeSet<>();
    for (JsonNode owner : List.of(description.path("paths").path(route.path()), operation(route))) {
      for (JsonNode one : owner.path("parameters")) {
        JsonNode parameter =
            one.has("$ref") ? description.at(one.path("$ref").asText().substring(1)) : one;
        if (parameter.path("in").asText().equals(in)) {
          names.add(parameter.path("name").asText());
        }
      }
    }
    return names;
  }

  /** The query parameters that the controller asks for. */
  private Set<String> asked(Route route) throws Exception {
    Set<String> asked = new TreeSet<>();
    mvc.perform(
        context -> {
          MockHttpServletRequest plain =
              builder(route, "admin", existing(route)).buildRequest(context);
          return recording(context, plain, asked);
        });
    readAgain();
    return asked;
  }

  private static MockHttpServletRequest recording(
      ServletContext context, MockHttpServletRequest plain, Set<String> asked) {
    MockHttpServletRequest request =
        new MockHttpServletRequest(context, plain.getMethod(), plain.getRequestURI()) {
          @Override
          public String[] getParameterValues(String name) {
            asked.add(name);
            return super.getParameterValues(name);
          }
        };
    request.setPathInfo(plain.getPathInfo());
    request.addHeader("X-Auth-Token", plain.getHeader("X-Auth-Token"));
    request.setContentType(plain.getContentType());
    request.setContent(plain.getContentAsByteArray());
    return request;
  }

  private MockHttpServletResponse answer(Route route, String token) throws Exception {
    return mvc.perform(builder(route, token, existing(route))).andReturn().getResponse();
  }

  private MockHttpServletResponse checked(Route route, String token) throws Exception {
    MockHttpServletResponse answer = answer(route, token);
    check(route, answer);
    return answer;
  }

  private static String existing(Route route) {
    String uuid =
        route.path().contains("/vmoves/")
            ? VMOVE
            : route.path().contains("/notifications/")
                ? FAILURE
                : route.path().contains("/planned-work/")
                    ? WORK
                    : route.path().contains("/hosts/") ? COMPUTE_1 : RACK_A;
    return route
        .path()
        .replace("{segment}", RACK_A)
        .replace("{notification}", FAILURE)
        .replace("{alias}", "segments")
        .replace("{uuid}", uuid);
  }

  private static MockHttpServletRequestBuilder builder(Route route, String token, String path) {
    return request(HttpMethod.valueOf(route.method()), path)
        .header("X-Auth-Token", token)
        .header("OpenStack-API-Version", "instance-ha 1.1")
        .contentType("application/json")
        .content(RolesTest.BODIES.getOrDefault(route.permission(), ""));
  }

  private void check(Route route, MockHttpServletResponse answer) throws Exception {
    JsonNode responses = operation(route).path("responses");
    String status = "" + answer.getStatus();
    JsonNode response = responses.has(status) ? responses.get(status) : responses.get("default");
    assertThat(response).as(route + " " + status).isNotNull();
    if (response.has("$ref")) {
      response = description.at(response.path("$ref").asText().substring(1));
    }
    String said = answer.getContentAsString();
    if (!response.has("content")) {
      assertThat(said).isEmpty();
      return;
    }
    JsonNode schema = response.path("content").path("application/json").path("schema");
    if (schema.has("$ref")) {
      assertThat(problems(schema.path("$ref").asText(), JSON.readTree(said)))
          .as(route + " " + said)
          .isEmpty();
    }
  }

  private static String pointer(JsonNode content) {
    return content.path("application/json").path("schema").path("$ref").asText();
  }

  private Set<ValidationMessage> problems(String pointer, JsonNode value) {
    assertThat(pointer).startsWith("#/components/schemas/");
    return schemas.getSchema(SchemaLocation.of(DOCUMENT + pointer)).validate(value);
  }
}
