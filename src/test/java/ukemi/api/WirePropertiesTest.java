package ukemi.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.lifecycle.BeforeProperty;
import ukemi.api.RawHttp.Answer;

/**
 * Whatever is sent, the answer is one of the contract: never a 500, never a stack trace, every
 * fault in the contract's shape. Bodies are mostly good ones with something wrong in them, because
 * nonsense is refused by the parser already.
 */
class WirePropertiesTest {

  private static final String SEGMENT = "/v1/segments/" + SlimApplicationTest.RACK_A;
  private static final String HOST = SEGMENT + "/hosts/" + SlimApplicationTest.COMPUTE_1;
  private static final String FAILURE_UUID = "33333333-3333-4333-8333-333333333331";
  private static final String FAILURE = "/v1/notifications/" + FAILURE_UUID;

  private static final Map<String, String> SEGMENT_FIELDS =
      fields(
          "name", "\"rack\"",
          "service_type", "\"COMPUTE\"",
          "recovery_method", "\"auto\"",
          "description", "\"first rack\"",
          "enabled", "\"True\"");
  private static final Map<String, String> HOST_FIELDS =
      fields(
          "name", "\"compute-5\"",
          "type", "\"COMPUTE\"",
          "control_attributes", "\"SSH\"",
          "reserved", "\"False\"",
          "on_maintenance", "false");
  private static final Map<String, String> HOST_FAILURE =
      fields("event", "\"STOPPED\"", "host_status", "\"NORMAL\"", "cluster_status", "\"OFFLINE\"");
  private static final Map<String, String> PROCESS_FAILURE =
      fields("event", "\"STOPPED\"", "process_name", "\"nova-compute\"");
  private static final Map<String, String> GUEST_FAILURE =
      fields(
          "event", "\"LIFECYCLE\"",
          "instance_uuid", "\"96ab1c42-668c-4f2d-8689-afa3301d4ee9\"",
          "vir_domain_event", "\"STOPPED_FAILED\"");
  private static final Map<String, String> PLANNED_WORK =
      fields(
          "host", "\"compute-1\"",
          "starts_at", "\"2026-11-23T22:00\"",
          "ends_at", "\"2126-11-24T06:00\"",
          "reason", "\"new memory\"");
  private static final Map<String, String> CANCELLATION =
      fields("reason", "\"planned\"", "put_back", "\"yes\"");

  private static SlimServer server;
  private static RawHttp http;

  /** A request line and the fields of the object that its body holds. */
  record Endpoint(String method, String target, String key, Map<String, String> fields) {}

  @BeforeContainer
  static void start() {
    server = SlimServer.start();
    http = new RawHttp(server.port());
  }

  @BeforeProperty
  void sameRowsForAll() {
    server
        .jdbc()
        .sql(
            """
            truncate ukemi.failover_segment, ukemi.host, ukemi.notification, ukemi.planned_work cascade;
            insert into ukemi.failover_segment (uuid, name, service_type, recovery_method)
            values ('%1$s', 'rack-a', 'COMPUTE', 'auto');
            insert into ukemi.host (uuid, segment_uuid, name, type, control_attributes)
            values ('%2$s', '%1$s', 'compute-1', 'COMPUTE', 'SSH');
            insert into ukemi.notification
              (uuid, type, source_host_uuid, source_host_name, segment_uuid, payload,
               generated_time, status, message)
            values ('%3$s', 'COMPUTE_HOST', '%2$s', 'compute-1', '%1$s', '{"event": "STOPPED"}',
                    now(), 'finished', null);
            insert into ukemi.notification
              (uuid, type, source_host_uuid, source_host_name, segment_uuid, payload,
               generated_time, status, message, created_at)
            select gen_random_uuid(), case n %% 2 when 0 then 'VM' else 'PROCESS' end, '%2$s',
                   'compute-1', '%1$s', '{"event": "STOPPED"}', now(),
                   case n %% 3 when 0 then 'failed' else 'ignored' end,
                   case n %% 5 when 0 then null else 'm' || n %% 2 end,
                   now() - (n %% 4) * interval '1 s'
              from generate_series(1, 23) n
            """
                .formatted(SlimApplicationTest.RACK_A, SlimApplicationTest.COMPUTE_1, FAILURE_UUID))
        .update();
  }

  @AfterContainer
  static void stop() {
    server.close();
  }

  @Property(tries = 600)
  void aBodyWithSomethingWrongInIt(
      @ForAll("endpoints") Endpoint endpoint, @ForAll("wrong") Wrong wrong) {
    send(endpoint, bodyOf(endpoint.key(), wrong.in(endpoint.fields())));
  }

  @Property(tries = 400)
  void aPayloadWithSomethingWrongInIt(
      @ForAll("payloads") Payload payload, @ForAll("wrong") Wrong wrong) {
    Map<String, String> fields =
        fields(
            "type",
            "\"" + payload.type() + "\"",
            "hostname",
            "\"compute-1\"",
            "generated_time",
            "\"2026-11-22T07:47:24\"",
            "payload",
            object(wrong.in(payload.fields())));
    send(
        new Endpoint("POST", "/v1/notifications", "notification", fields),
        bodyOf("notification", fields));
  }

  @Property(tries = 300)
  void anyJsonAtAll(@ForAll("endpoints") Endpoint endpoint, @ForAll("json") String json) {
    send(endpoint, json.getBytes(StandardCharsets.UTF_8));
  }

  @Property(tries = 300)
  void anyBytesAtAll(@ForAll("endpoints") Endpoint endpoint, @ForAll byte[] body) {
    send(endpoint, body);
  }

  @Property(tries = 600)
  void anyQuery(@ForAll("lists") String list, @ForAll("query") List<Parameter> query) {
    String target =
        list
            + query.stream()
                .map(Parameter::encoded)
                .collect(Collectors.joining("&", query.isEmpty() ? "" : "?", ""));
    FaultShape.kept(http.send("GET", target, "X-Auth-Token: admin\r\n", null));
  }

  @Property(tries = 400)
  void anyAddress(
      @ForAll("methods") String method,
      @ForAll("parts") List<String> path,
      @ForAll("tokens") String token) {
    String target = "/v1" + path.stream().map(part -> "/" + part).collect(Collectors.joining());
    Answer answer = http.send(method, target, "X-Auth-Token: " + token + "\r\n", null);
    FaultShape.kept(answer);
  }

  @Property(tries = 400)
  void anyHeaders(@ForAll("endpoints") Endpoint endpoint, @ForAll("headers") List<Header> headers) {
    String lines =
        headers.stream()
            .map(header -> header.name() + ": " + header.value() + "\r\n")
            .collect(Collectors.joining());
    FaultShape.kept(
        http.send(
            endpoint.method(),
            endpoint.target(),
            "X-Auth-Token: admin\r\n" + lines,
            bodyOf(endpoint.key(), endpoint.fields())));
  }

  /** A client that asks page by page sees every row once, in the order of the whole list. */
  @Property(tries = 60)
  void pagesEndAndTogetherAreTheList(
      @ForAll("sorting") List<Parameter> sorting, @ForAll("limit") int limit) {
    String order = sorting.stream().map(Parameter::encoded).collect(Collectors.joining("&"));
    List<Long> whole = ids("/v1/notifications?" + order);
    List<Long> pages = new ArrayList<>();
    List<Long> page = ids("/v1/notifications?limit=" + limit + "&" + order);
    while (!page.isEmpty()) {
      pages.addAll(page);
      assertThat(pages).hasSizeLessThanOrEqualTo(whole.size());
      page =
          ids(
              "/v1/notifications?limit=%d&marker=%d&%s"
                  .formatted(limit, page.get(page.size() - 1), order));
    }
    assertThat(pages).isEqualTo(whole);
  }

  private static List<Long> ids(String target) {
    Answer answer = http.send("GET", target, "X-Auth-Token: admin\r\n", null);
    assertThat(answer.status()).as(answer::toString).isEqualTo(200);
    List<Long> ids = new ArrayList<>();
    for (JsonNode row : answer.json().get("notifications")) {
      ids.add(row.get("id").asLong());
    }
    return ids;
  }

  private static void send(Endpoint endpoint, byte[] body) {
    Answer answer =
        http.send(
            endpoint.method(),
            endpoint.target(),
            "X-Auth-Token: admin\r\nOpenStack-API-Version: instance-ha 1.2\r\n",
            body);
    FaultShape.kept(answer);
    assertThat(answer.headers()).containsKey("X-Openstack-Request-Id");
  }

  // what is sent

  @Provide
  Arbitrary<Endpoint> endpoints() {
    return Arbitraries.of(
        new Endpoint("POST", "/v1/segments", "segment", SEGMENT_FIELDS),
        new Endpoint("PUT", SEGMENT, "segment", SEGMENT_FIELDS),
        new Endpoint("POST", SEGMENT + "/hosts", "host", HOST_FIELDS),
        new Endpoint("PUT", HOST, "host", HOST_FIELDS),
        new Endpoint(
            "POST",
            "/v1/notifications",
            "notification",
            fields(
                "type", "\"COMPUTE_HOST\"",
                "hostname", "\"compute-1\"",
                "generated_time", "\"2026-11-22T07:47:24.647680\"",
                "payload", object(HOST_FAILURE))),
        new Endpoint("POST", FAILURE + "/cancel", "cancel", CANCELLATION),
        new Endpoint("POST", FAILURE + "/retry", "retry", Map.of()),
        new Endpoint("POST", HOST + "/return", "return", Map.of()),
        new Endpoint("POST", "/v1/planned-work", "planned_work", PLANNED_WORK),
        new Endpoint("POST", "/v1/runbooks/reload", "reload", Map.of()));
  }

  /** A type of notification and what its payload holds. */
  record Payload(String type, Map<String, String> fields) {}

  @Provide
  Arbitrary<Payload> payloads() {
    return Arbitraries.of(
        new Payload("COMPUTE_HOST", HOST_FAILURE),
        new Payload("PROCESS", PROCESS_FAILURE),
        new Payload("VM", GUEST_FAILURE));
  }

  /** One field of a good object is lost, renamed, repeated or made something else. */
  record Wrong(int field, String name, String value, int how) {

    Map<String, String> in(Map<String, String> good) {
      if (good.isEmpty()) {
        return Map.of(name, value);
      }
      Map<String, String> bad = new LinkedHashMap<>(good);
      String chosen = List.copyOf(good.keySet()).get(field % good.size());
      switch (how) {
        case 0 -> bad.remove(chosen);
        case 1 -> bad.put(name, value);
        case 2 -> bad.put(name, bad.remove(chosen));
        default -> bad.put(chosen, value);
      }
      return bad;
    }
  }

  @Provide
  Arbitrary<Wrong> wrong() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 100),
            names(),
            json(),
            Arbitraries.integers().between(0, 6))
        .as(Wrong::new);
  }

  private Arbitrary<String> names() {
    return Arbitraries.oneOf(
        Arbitraries.of("name", "id", "uuid", "enabled", "payload", "", "__proto__"),
        texts().map(WirePropertiesTest::escaped));
  }

  /** JSON of any kind, as text; rarely deep. */
  @Provide
  Arbitrary<String> json() {
    return Arbitraries.frequencyOf(
        Tuple.of(6, scalars()),
        Tuple.of(1, Arbitraries.lazy(this::json).list().ofMaxSize(3).map(Object::toString)),
        Tuple.of(
            1,
            Arbitraries.maps(names(), Arbitraries.lazy(this::json))
                .ofMaxSize(3)
                .map(WirePropertiesTest::object)),
        Tuple.of(1, Arbitraries.of("[".repeat(3000), "{\"a\":".repeat(999) + "1")));
  }

  private Arbitrary<String> scalars() {
    return Arbitraries.oneOf(
        Arbitraries.of("null", "true", "false", "0", "-1", "1.5", "1e400", "-0", "NaN", "01"),
        Arbitraries.just("9".repeat(1500)),
        texts().map(text -> "\"" + escaped(text) + "\""));
  }

  /** Words of the contract, and texts that programs stumble over. */
  private Arbitrary<String> texts() {
    return Arbitraries.oneOf(
        Arbitraries.strings().ofMaxLength(30),
        Arbitraries.strings().ascii().ofMaxLength(300),
        Arbitraries.of("x".repeat(255), "x".repeat(256), "\u53d7".repeat(255)),
        Arbitraries.of(
            "\u0000", "a\u0000", "\ud800", "\udc00a", "\ud83d\ude00", "\u200f", "\u202e"),
        Arbitraries.of("\ufffe", "\uffff", "\ufeff", "\u00a0", "\u2028", " ", "\n", "e\u0301"),
        Arbitraries.of("STOPPED", "STARTED", "auto", "rh_priority", "True", "0", "compute-1"),
        Arbitraries.of("not-in-nova", "rack-a", "../..", "%00", "${jndi:ldap://x}", "#{1+1}"),
        Arbitraries.of("' or 1=1 --", "\\", "\"", ":name", "?", "{0}", "%s", "<b>"),
        Arbitraries.of(
            "2026-11-22", "2026-11-22T07:47:24+23:59", "0001-01-01", "9999-12-31T24:00"));
  }

  @Provide
  Arbitrary<String> lists() {
    return Arbitraries.of(
        "/v1/segments",
        SEGMENT + "/hosts",
        "/v1/notifications",
        FAILURE + "/vmoves",
        "/v1/extensions");
  }

  /** A parameter of a query. */
  record Parameter(String name, String value) {

    String encoded() {
      return encode(name) + "=" + encode(value);
    }

    private static String encode(String text) {
      return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
  }

  @Provide
  Arbitrary<List<Parameter>> query() {
    Arbitrary<String> parameters =
        Arbitraries.of(
            "limit",
            "marker",
            "sort_key",
            "sort_dir",
            "page_size",
            "name",
            "type",
            "status",
            "enabled",
            "reserved",
            "on_maintenance",
            "recovery_method",
            "service_type",
            "source_host_uuid",
            "generated-since");
    Arbitrary<String> values =
        Arbitraries.oneOf(
            texts(),
            Arbitraries.of(
                "1", "0", "asc", "desc", "id", "name", "created_at", "status", "payload"),
            Arbitraries.integers().map(String::valueOf));
    return Combinators.combine(Arbitraries.oneOf(parameters, texts()), values)
        .as(Parameter::new)
        .list()
        .ofMaxSize(6);
  }

  @Provide
  Arbitrary<String> methods() {
    return Arbitraries.of("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND");
  }

  @Provide
  Arbitrary<String> tokens() {
    return Arbitraries.of("admin", "member", "", "unknown");
  }

  @Provide
  Arbitrary<List<String>> parts() {
    return Arbitraries.oneOf(
            Arbitraries.of(
                "segments",
                "hosts",
                "notifications",
                "vmoves",
                "extensions",
                "runbooks",
                "new",
                "edit",
                "action",
                "cancel",
                "abc"),
            Arbitraries.of(
                SlimApplication.PROJECT,
                SlimApplicationTest.RACK_A,
                SlimApplicationTest.COMPUTE_1,
                SlimApplicationTest.NOWHERE,
                FAILURE_UUID),
            texts().map(text -> URLEncoder.encode(text, StandardCharsets.UTF_8)),
            Arbitraries.strings().withCharRange('!', '~').ofMaxLength(8))
        .list()
        .ofMaxSize(6);
  }

  /** A header line. */
  record Header(String name, String value) {}

  @Provide
  Arbitrary<List<Header>> headers() {
    Arbitrary<String> names =
        Arbitraries.of(
            "OpenStack-API-Version",
            "Content-Type",
            "Accept",
            "Accept-Charset",
            "Accept-Encoding",
            "X-Openstack-Request-Id",
            "X-Auth-Token",
            "X-Forwarded-Host",
            "X-HTTP-Method-Override",
            "If-None-Match",
            "If-Modified-Since",
            "Range",
            "Origin",
            "Cookie",
            "Expect");
    Arbitrary<String> values =
        Arbitraries.oneOf(
            Arbitraries.of(
                "instance-ha 1.9",
                "instance-ha latest",
                "instance-ha",
                "application/json",
                "application/json; charset=utf-16",
                "application/xml",
                "multipart/form-data",
                "application/x-www-form-urlencoded",
                "text/html;q=2",
                "*/*",
                "///",
                "admin"),
            Arbitraries.strings()
                .withCharRange(' ', '~')
                .withChars('\t', '\u00e4')
                .ofMaxLength(40));
    return Combinators.combine(names, values).as(Header::new).list().ofMaxSize(4);
  }

  @Provide
  Arbitrary<List<Parameter>> sorting() {
    Arbitrary<String> keys =
        Arbitraries.of(
            "id", "type", "status", "message", "payload", "updated_at", "created_at", "deleted");
    return Combinators.combine(
            keys.list().ofMinSize(1).ofMaxSize(3),
            Arbitraries.of("asc", "desc").list().ofMaxSize(1))
        .as(
            (sorted, ways) -> {
              List<Parameter> parameters = new ArrayList<>();
              sorted.forEach(key -> parameters.add(new Parameter("sort_key", key)));
              ways.forEach(way -> parameters.add(new Parameter("sort_dir", way)));
              return parameters;
            });
  }

  @Provide
  Arbitrary<Integer> limit() {
    return Arbitraries.integers().between(1, 50);
  }

  private static Map<String, String> fields(String... namesAndValues) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return fields;
  }

  private static byte[] bodyOf(String key, Map<String, String> fields) {
    return object(Map.of(key, object(fields))).getBytes(StandardCharsets.UTF_8);
  }

  /** An object as text; the names are escaped, the values are JSON. */
  private static String object(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(field -> "\"" + field.getKey() + "\": " + field.getValue())
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String escaped(String text) {
    return text.chars()
        .mapToObj(
            c ->
                c < ' ' || c == '"' || c == '\\' || Character.isSurrogate((char) c)
                    ? "\\u%04x".formatted(c)
                    : String.valueOf((char) c))
        .collect(Collectors.joining());
  }
}
