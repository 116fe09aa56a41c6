package ukemi.api;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.delete;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.head;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.options;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.patch;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.put;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.test.web.servlet.ResultMatcher;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;

/** The wire contract as a table: one row a rule, named by the contract's section. */
class WireRulesTest extends SlimApplicationTest {

  private static final String VERSION = "OpenStack-API-Version";
  private static final String PROJECT = SlimApplication.PROJECT;
  private static final String SEGMENTS = "/v1/segments";
  private static final String HOSTS = "/v1/segments/" + RACK_A + "/hosts";
  private static final String NOTIFICATIONS = "/v1/notifications";
  private static final String RUNBOOKS = "/v1/runbooks";
  private static final String HOST_FAILURE = "33333333-3333-4333-8333-333333333331";
  private static final String VM_FAILURE = "33333333-3333-4333-8333-333333333332";
  private static final String VMOVE = "44444444-4444-4444-8444-444444444441";
  private static final String VMOVES = NOTIFICATIONS + "/" + HOST_FAILURE + "/vmoves";
  private static final String NEW_SEGMENT =
      """
      {"segment": {"name": "rack-c", "recovery_method": "auto", "service_type": "COMPUTE"%s}}
      """;
  private static final String NEW_HOST =
      """
      {"host": {"name": "%s", "type": "COMPUTE", "control_attributes": "SSH"%s}}
      """;
  private static final String NOTIFICATION =
      """
      {"notification": {"type": "%s", "hostname": "compute-1",
        "generated_time": "%s", "payload": %s}}
      """;
  private static final String TIME = "2026-11-22T07:47:24.647680";
  private static final String STOPPED =
      """
      {"event": "STOPPED", "cluster_status": "OFFLINE", "host_status": "NORMAL"}
      """;

  private record Rule(
      MockHttpServletRequestBuilder request, int status, List<ResultMatcher> expected) {}

  @BeforeEach
  void endedFailures() {
    sql(
        """
        insert into ukemi.notification
          (uuid, type, source_host_uuid, source_host_name, segment_uuid, payload, generated_time,
           received_at, status, created_at)
        values ('%s', 'COMPUTE_HOST', '%s', 'compute-9', '%s', '{"event": "STOPPED"}',
                '2026-11-22T07:35:11.197182Z', '2026-11-22T07:35:14Z', 'finished',
                '2026-11-22T07:35:14Z'),
               ('%s', 'VM', '%s', 'compute-9', '%s', '{"event": "LIFECYCLE"}',
                '2026-11-22T08:35:11Z', '2026-11-22T08:35:14Z', 'failed', '2026-11-22T08:35:14Z')
        """
            .formatted(HOST_FAILURE, COMPUTE_9, RACK_B, VM_FAILURE, COMPUTE_9, RACK_B));
    sql(
        """
        insert into ukemi.recovery_run
          (id, notification_uuid, host_uuid, host_name, process_instance_id, closed_at)
        values ('%s', '%s', '%s', 'compute-9', 'p', now())
        """
            .formatted(NOWHERE, HOST_FAILURE, COMPUTE_9));
    sql(
        """
        insert into ukemi.vmove
          (uuid, notification_uuid, run_id, instance_uuid, instance_name, source_host, dest_host,
           start_time, status, state_before, state_wanted)
        values ('%s', '%s', '%s', '%s', 'vm-1', 'compute-9', 'compute-2',
                '2026-11-22T07:36:42.227771Z', 'succeeded', 'active', 'active')
        """
            .formatted(VMOVE, HOST_FAILURE, NOWHERE, COMPUTE_1));
  }

  @ParameterizedTest
  @MethodSource({
    "discovery",
    "microversions",
    "authentication",
    "requests",
    "routes",
    "lists",
    "segments",
    "hosts",
    "notifications",
    "vmoves",
    "runbooks"
  })
  void holds(Rule rule) throws Exception {
    var result = mvc.perform(rule.request()).andExpect(status().is(rule.status()));
    for (ResultMatcher matcher : rule.expected()) {
      result.andExpect(matcher);
    }
  }

  static Stream<Named<Rule>> discovery() {
    return Stream.of(
        rule(
            "2.1 the root lists the version and needs no token",
            get("/"),
            200,
            jsonPath("$.versions[0].id").value("v1.0"),
            jsonPath("$.versions[0].version").value("1.3"),
            jsonPath("$.versions[0].min_version").value("1.0"),
            jsonPath("$.versions[0].links[0].href").value("http://localhost/v1/"),
            header().doesNotExist(VERSION),
            header().doesNotExist("Vary"),
            header().doesNotExist("X-Openstack-Request-Id")),
        rule("2.1 the method is not looked at", post("/"), 200),
        rule(
            "2.2 other paths offer a choice",
            get("/foo/bar"),
            300,
            jsonPath("$.choices[0].links[0].href").value("http://localhost/v1/foo/bar"),
            jsonPath("$.choices[0].media-types[0].base").value("application/json")),
        rule("2.2 another major version is another path", get("/v2"), 300),
        rule("2.2 a path that only begins like the API's", get("/v1abc"), 300),
        rule("2.2 the web apps' paths are left alone", get("/camunda/nothing"), 404),
        rule("2.2 actuator's paths are left alone", get("/actuator/nothing"), 404),
        rule("2.3 health check", get("/healthcheck"), 200, content().string("OK")),
        rule(
            "2.4 the version by itself, without a token",
            get("/v1"),
            200,
            jsonPath("$.version.id").value("v1.0"),
            jsonPath("$.version.status").value("CURRENT"),
            jsonPath("$.version.version").value("1.3"),
            jsonPath("$.version.links[0].href").value("http://localhost/v1/"),
            jsonPath("$.version.links[1].rel").value("describedby"),
            header().string(VERSION, "instance-ha 1.0")),
        rule("2.4 with a slash", get("/v1/"), 200, jsonPath("$.version.id").value("v1.0")),
        rule(
            "2.5 with a token that has expired",
            get("/v1").header("X-Auth-Token", "expired"),
            200));
  }

  static Stream<Named<Rule>> microversions() {
    return Stream.of(
        version("3 none means the lowest", null, 200, "instance-ha 1.0"),
        version("3 the highest", "instance-ha 1.3", 200, "instance-ha 1.3"),
        version("3 latest", "instance-ha latest", 200, "instance-ha 1.3"),
        version("3 in a list", "compute 2.1, instance-ha 1.1", 200, "instance-ha 1.1"),
        version("3 of another service", "masakari 1.2", 200, "instance-ha 1.0"),
        version("3 of the alias", "ha 1.2", 200, "instance-ha 1.0"),
        version("3 out of range", "instance-ha 1.9", 406, "instance-ha 1.9"),
        version("3 out of range above", "instance-ha 2.0", 406, "instance-ha 2.0"),
        version("3 malformed: a word", "instance-ha abc", 400, null),
        version("3 malformed: no minor", "instance-ha 1", 400, null),
        version("3 malformed: leading zero", "instance-ha 1.01", 400, null),
        version("3 malformed: huge", "instance-ha 1.99999999999999999999", 400, null),
        rule(
            "3 out of range is a masakariFault",
            admin(get(SEGMENTS)).header(VERSION, "instance-ha 1.9"),
            406,
            jsonPath("$.masakariFault.code").value(406)),
        rule(
            "3 answers vary by version",
            admin(get(SEGMENTS)),
            200,
            header().string("Vary", VERSION)),
        rule(
            "3 faults carry the version",
            admin(get(SEGMENTS + "/nothing")).header(VERSION, "instance-ha 1.2"),
            404,
            header().string(VERSION, "instance-ha 1.2"),
            header().string("Vary", VERSION)));
  }

  static Stream<Named<Rule>> authentication() {
    return Stream.of(
        rule(
            "4 no token",
            get(SEGMENTS),
            401,
            jsonPath("$.error.code").value(401),
            jsonPath("$.error.title").value("Unauthorized"),
            header().string("WWW-Authenticate", is("Keystone uri=\"http://keystone:5000/v3\""))),
        rule("4 unknown token", get(SEGMENTS).header("X-Auth-Token", "x"), 401),
        rule("4 no token on an unknown path", get("/v1/foo"), 401),
        rule(
            "4 Keystone does not answer",
            get(SEGMENTS).header("X-Auth-Token", "keystone-is-down"),
            503,
            fault("serviceUnavailable", 503)),
        rule("4 not admin", member(get(SEGMENTS)), 403, fault("forbidden", 403)),
        rule("4 not admin, hosts", member(get(HOSTS)), 403),
        rule("4 not admin, notifications", member(get(NOTIFICATIONS)), 403),
        rule("4 not admin, vmoves", member(get(VMOVES)), 403),
        rule("4 not admin, extensions", member(get("/v1/extensions")), 403),
        rule("4 not admin, show", member(get(SEGMENTS + "/" + RACK_A)), 403),
        rule("4 not admin, delete", member(delete(SEGMENTS + "/" + RACK_A)), 403),
        rule("4 not admin, delete host", member(delete(HOSTS + "/" + COMPUTE_1)), 403),
        rule("4 not admin, parameters later", member(get(SEGMENTS + "?limit=x")), 403),
        rule("4 not admin, nothing there", member(get(SEGMENTS + "/" + NOWHERE)), 403),
        rule("4 not admin, good body", json(member(post(SEGMENTS)), NEW_SEGMENT, ""), 403),
        rule("4 not admin, bad body first", json(member(post(SEGMENTS)), "{}"), 400),
        rule(
            "4 not admin, update",
            json(member(put(SEGMENTS + "/" + RACK_A)), "{\"segment\": {\"name\": \"x\"}}"),
            403),
        rule("4 not admin, create host", json(member(post(HOSTS)), NEW_HOST, "compute-5", ""), 403),
        rule(
            "4 not admin, update host",
            json(member(put(HOSTS + "/" + COMPUTE_1)), "{\"host\": {\"reserved\": true}}"),
            403),
        rule(
            "4 not admin, notification",
            json(member(post(NOTIFICATIONS)), NOTIFICATION, "COMPUTE_HOST", TIME, STOPPED),
            403),
        rule("4 token before version", get(SEGMENTS).header(VERSION, "instance-ha 1.9"), 401),
        rule(
            "4 version before route",
            admin(get("/v1/foo")).header(VERSION, "instance-ha 1.9"),
            406),
        rule("4 route before role", member(get("/v1/foo")), 404),
        rule(
            "4 project before role",
            member(get("/v1/abc/segments")),
            400,
            fault("badRequest", 400)));
  }

  static Stream<Named<Rule>> requests() {
    return Stream.of(
        rule("1 with the project", admin(get("/v1/" + PROJECT + "/segments")), 200),
        rule("1 another project", admin(get("/v1/abc/segments")), 400),
        rule(
            "1 with the project, deeper",
            admin(get("/v1/" + PROJECT + "/segments/" + RACK_A + "/hosts/" + COMPUTE_1)),
            200),
        rule("1 with the project, vmoves", admin(get("/v1/" + PROJECT + VMOVES.substring(3))), 200),
        rule(
            "1 suffix .json",
            admin(get(SEGMENTS + "/" + RACK_A + ".json")),
            200,
            jsonPath("$.segment.uuid").value(RACK_A)),
        rule("1 suffix .xml", admin(get(SEGMENTS + ".xml")), 200),
        rule("1 trailing slash", admin(get(SEGMENTS + "/")), 404),
        rule("5.1 vendor content type", segment("application/vnd.openstack.masakari+json"), 201),
        rule("5.1 plain text", segment("text/plain; charset=utf-8"), 201),
        rule("5.1 no content type", admin(post(SEGMENTS)).content(NEW_SEGMENT.formatted("")), 201),
        rule("5.1 XML", segment("application/xml"), 415, fault("badMediaType", 415)),
        rule("5.1 form", segment("application/x-www-form-urlencoded"), 415),
        rule(
            "5.1 XML without a body",
            admin(get(SEGMENTS)).header("Content-Type", "application/xml"),
            415),
        rule("5.1 no sense", admin(get(SEGMENTS)).header("Content-Type", "what is this"), 415),
        rule("5.1 empty body", admin(post(SEGMENTS)), 400, fault("badRequest", 400)),
        rule("5.1 not JSON", json(admin(post(SEGMENTS)), "{\"segment\""), 400),
        rule("5.1 more after the JSON", json(admin(post(SEGMENTS)), "{} {}"), 400),
        rule("5.1 a list", json(admin(post(SEGMENTS)), "[]"), 400),
        rule("5.1 null", json(admin(post(SEGMENTS)), "null"), 400),
        rule("5.1 null inside", json(admin(post(SEGMENTS)), "{\"segment\": null}"), 400),
        rule("5.1 deeper than anyone means", json(admin(post(SEGMENTS)), "[".repeat(5000)), 400),
        rule(
            "5.1 not UTF-8",
            admin(post(SEGMENTS)).content(new byte[] {'{', '"', (byte) 0xff, '"', '}'}),
            400),
        rule("5.1 too large", json(admin(post(SEGMENTS)), " ".repeat(114689)), 413),
        rule("5.1 just not too large", json(admin(post(SEGMENTS)), " ".repeat(114688)), 400),
        rule(
            "5.2 vendor type is echoed",
            admin(get(SEGMENTS)).header("Accept", "application/vnd.openstack.masakari+json"),
            200,
            header().string("Content-Type", "application/vnd.openstack.masakari+json")),
        rule(
            "5.2 always JSON",
            admin(get(SEGMENTS)).header("Accept", "application/xml"),
            200,
            header().string("Content-Type", "application/json")),
        rule(
            "5.2 faults too",
            admin(get(SEGMENTS + "/x")).header("Accept", "application/xml"),
            404,
            header().string("Content-Type", "application/json;charset=UTF-8")),
        rule(
            "5.2 own request id",
            admin(get(SEGMENTS)).header("X-OpenStack-Request-ID", "req-" + NOWHERE),
            200,
            header().string("X-Openstack-Request-Id", matchesPattern("req-(?!9999)[0-9a-f-]{36}"))),
        rule(
            "5.2 request id on a 401",
            get(SEGMENTS),
            401,
            header().exists("X-Openstack-Request-Id")));
  }

  static Stream<Named<Rule>> routes() {
    return Stream.of(
        rule("5.6 unknown path", admin(get("/v1/foo")), 404, fault("itemNotFound", 404)),
        rule("5.6 PATCH", admin(patch(SEGMENTS + "/" + RACK_A)), 404),
        rule("5.6 PUT on a collection", admin(put(SEGMENTS)), 404),
        rule("5.6 DELETE on a collection", admin(delete(NOTIFICATIONS)), 404),
        rule("5.6 POST on a member", admin(post(SEGMENTS + "/" + RACK_A)), 404),
        rule("5.6 HEAD", admin(head(SEGMENTS)), 404),
        rule("5.6 OPTIONS", admin(options(SEGMENTS)), 404),
        rule(
            "5.6 DELETE of a notification",
            admin(delete(NOTIFICATIONS + "/" + HOST_FAILURE)),
            405,
            fault("badMethod", 405)),
        rule("5.6 PUT of a notification", admin(put(NOTIFICATIONS + "/" + HOST_FAILURE)), 405),
        rule("5.6 action", admin(post(SEGMENTS + "/" + RACK_A + "/action")), 405),
        rule("5.6 action on a host", admin(post(HOSTS + "/" + COMPUTE_1 + "/action")), 405),
        rule("5.6 new", admin(get(SEGMENTS + "/new")), 405),
        rule("5.6 new with the project", admin(get("/v1/" + PROJECT + "/segments/new")), 405),
        rule("5.6 new notification", admin(get(NOTIFICATIONS + "/new")), 405),
        rule("5.6 new host", admin(get(HOSTS + "/new")), 405),
        rule("5.6 edit", admin(get(SEGMENTS + "/" + RACK_A + "/edit")), 405),
        rule("5.6 edit a host", admin(get(HOSTS + "/" + COMPUTE_1 + "/edit")), 405),
        rule("5.6 POST of a vmove", admin(post(VMOVES)), 405),
        rule("5.6 PUT of a vmove", admin(put(VMOVES + "/" + VMOVE)), 405),
        rule("5.6 DELETE of a vmove", admin(delete(VMOVES + "/" + VMOVE)), 405),
        rule("5.6 POST of an extension", admin(post("/v1/extensions")), 405),
        rule("5.6 DELETE of an extension", admin(delete("/v1/extensions/segments")), 405),
        rule("5.6 405 needs a token first", delete(VMOVES + "/" + VMOVE), 401),
        rule(
            "10 extensions",
            admin(get("/v1/extensions")),
            200,
            jsonPath("$.extensions[*].alias")
                .value(
                    contains(
                        "extensions",
                        "notifications",
                        "os-hosts",
                        "segments",
                        "versions",
                        "vmoves"))),
        rule(
            "10 one extension",
            admin(get("/v1/extensions/os-hosts")),
            200,
            jsonPath("$.extension.name").value("Hosts"),
            jsonPath("$.extension.links").isEmpty()),
        rule("10 no such extension", admin(get("/v1/extensions/x")), 404));
  }

  static Stream<Named<Rule>> lists() {
    return Stream.of(
        names("5.7 newest first", "", "rack-b", "rack-a"),
        names("5.7 limit", "?limit=1", "rack-b"),
        names("5.7 limit twice: the last one", "?limit=2&limit=1", "rack-b"),
        names("5.7 a limit above all", "?limit=99999999999999999999", "rack-b", "rack-a"),
        names("5.7 marker is exclusive", "?marker=2", "rack-a"),
        names("5.7 marker and limit", "?marker=2&limit=1", "rack-a"),
        names("5.7 after the last", "?marker=1"),
        names("5.7 a uuid as marker", "?marker=" + RACK_B, "rack-a"),
        names("5.7 marker outside of the filter", "?marker=2&recovery_method=auto", "rack-a"),
        names("5.7 sort by name", "?sort_key=name", "rack-b", "rack-a"),
        names("5.7 sort up", "?sort_key=name&sort_dir=asc", "rack-a", "rack-b"),
        names("5.7 direction alone", "?sort_dir=asc", "rack-a", "rack-b"),
        names("5.7 marker upwards", "?sort_key=name&sort_dir=asc&marker=1", "rack-b"),
        names(
            "5.7 marker where the key is null",
            "?sort_key=updated_at&sort_dir=asc&marker=1",
            "rack-b"),
        names(
            "5.7 fewer directions than keys",
            "?sort_key=description&sort_key=name&sort_dir=asc",
            "rack-a",
            "rack-b"),
        names("5.7 every column", "?sort_key=deleted&sort_key=enabled", "rack-b", "rack-a"),
        names("5.7 page_size is ignored", "?page_size=1", "rack-b", "rack-a"),
        names("5.7 unknown parameters are ignored", "?name=rack-a&x=y", "rack-b", "rack-a"),
        rule(
            "5.7 limit 0",
            admin(get(SEGMENTS + "?limit=0")),
            200,
            jsonPath("$.segments").value(empty())),
        bad("5.7 limit no number", SEGMENTS + "?limit=x"),
        bad("5.7 limit negative", SEGMENTS + "?limit=-1"),
        bad("5.7 limit empty", SEGMENTS + "?limit="),
        bad("5.7 page_size negative", SEGMENTS + "?page_size=-1"),
        bad("5.7 marker unknown", SEGMENTS + "?marker=77"),
        bad("5.7 marker no id", SEGMENTS + "?marker=rack-a"),
        bad("5.7 marker is a uuid nobody has", SEGMENTS + "?marker=" + NOWHERE),
        bad("5.7 sort key unknown", SEGMENTS + "?sort_key=type"),
        bad("5.7 sort key tries SQL", SEGMENTS + "?sort_key=name;drop table x"),
        bad("5.7 sort direction unknown", SEGMENTS + "?sort_dir=up"),
        bad("5.7 more directions", SEGMENTS + "?sort_key=name&sort_dir=asc&sort_dir=asc"),
        bad("5.7 hosts", HOSTS + "?sort_key=failover_segment"),
        bad("5.7 notifications", NOTIFICATIONS + "?sort_key=hostname"),
        bad("5.7 vmoves", VMOVES + "?marker=77"));
  }

  static Stream<Named<Rule>> runbooks() {
    return Stream.of(
        rule("ours: no token", get(RUNBOOKS), 401),
        rule("ours: not admin", member(get(RUNBOOKS)), 403),
        rule("ours: reload without token", post(RUNBOOKS + "/reload"), 401),
        rule("ours: reload, not admin", member(post(RUNBOOKS + "/reload")), 403),
        rule(
            "ours: reload with the project",
            admin(post("/v1/" + PROJECT + "/runbooks/reload")),
            200),
        rule("ours: force is a boolean", admin(post(RUNBOOKS + "/reload?force=please")), 400),
        rule("ours: nothing else", admin(delete(RUNBOOKS)), 404),
        rule(
            "ours: who answers",
            admin(get(RUNBOOKS)),
            200,
            jsonPath("$.runbooks.answered_by").value("this-node")));
  }

  static Stream<Named<Rule>> segments() {
    String one = SEGMENTS + "/" + RACK_A;
    return Stream.of(
        rule(
            "6.1 the object",
            admin(get(one)),
            200,
            content()
                .json(
                    """
                    {"segment": {"id": 1, "uuid": "%s", "name": "rack-a",
                     "service_type": "COMPUTE", "enabled": true, "description": null,
                     "recovery_method": "auto", "created_at": "2026-11-22T07:30:52.000000",
                     "updated_at": null, "deleted_at": null, "deleted": false}}
                    """
                        .formatted(RACK_A),
                    true)),
        rule(
            "6.3 create",
            json(admin(post(SEGMENTS)), NEW_SEGMENT, ", \"description\": \"first\\nrack\""),
            201,
            jsonPath("$.segment.id").value(3),
            jsonPath("$.segment.enabled").value(true),
            jsonPath("$.segment.description").value("first\nrack"),
            jsonPath("$.segment.updated_at").isEmpty(),
            jsonPath("$.segment.created_at").value(matchesPattern(".{19}\\.000000"))),
        at("1.2", "6.1 enabled at 1.2", segmentWith(", \"enabled\": \"no\""), 201),
        at("1.1", "6.1 enabled at 1.1", segmentWith(", \"enabled\": true"), 400),
        at("1.2", "5.4 a number is no boolean", segmentWith(", \"enabled\": 1"), 400),
        at("1.2", "5.4 t is no boolean", segmentWith(", \"enabled\": \"t\""), 400),
        at("1.2", "5.4 null is no boolean", segmentWith(", \"enabled\": null"), 400),
        rule("6.1 unknown property", segmentWith(", \"x\": 1"), 400),
        rule(
            "6.1 unknown property outside",
            json(
                admin(post(SEGMENTS)),
                "{\"segment\": {\"name\": \"x\", \"recovery_method\": \"auto\","
                    + " \"service_type\": \"C\"}, \"x\": 1}"),
            400),
        segmentNamed("5.5 empty name", "", 400),
        segmentNamed("5.5 name with a space inside", "rack  c", 201),
        segmentNamed("5.5 name with a space at the end", "rack ", 400),
        segmentNamed("5.5 name with a no-break space in front", "\\u00a0rack", 400),
        segmentNamed("5.5 name with a tab", "ra\\tck", 400),
        segmentNamed("5.5 name with NUL", "ra\\u0000ck", 400),
        segmentNamed("5.5 name with half a surrogate pair", "ra\\ud800ck", 400),
        segmentNamed("5.5 name with an emoji", "ra\\ud83d\\ude00ck", 400),
        segmentNamed("5.5 name in Japanese", "\\u53d7\\u3051\\u8eab", 201),
        segmentNamed("5.5 name of 255", "x".repeat(255), 201),
        segmentNamed("5.5 name of 256", "x".repeat(256), 400),
        rule("5.5 description with a tab", segmentWith(", \"description\": \"a\\tb\""), 400),
        rule("5.5 description null", segmentWith(", \"description\": null"), 201),
        rule(
            "6.1 recovery method in capitals",
            json(
                admin(post(SEGMENTS)),
                "{\"segment\": {\"name\": \"x\", \"recovery_method\": \"AUTO\","
                    + " \"service_type\": \"C\"}}"),
            400),
        rule(
            "6.1 name is required",
            json(
                admin(post(SEGMENTS)),
                "{\"segment\": {\"recovery_method\": \"auto\", \"service_type\": \"C\"}}"),
            400),
        segmentNamed("6.3 name taken", "rack-a", 409),
        rule("6.2 show by name", admin(get(SEGMENTS + "/rack-a")), 404),
        rule("6.2 show by id", admin(get(SEGMENTS + "/1")), 404),
        rule(
            "6.2 show without hyphens",
            admin(get(SEGMENTS + "/" + RACK_A.replace("-", ""))),
            404,
            fault("itemNotFound", 404)),
        rule("6.2 show nothing", admin(get(SEGMENTS + "/" + NOWHERE)), 404),
        rule("6.2 show strange characters", admin(get(SEGMENTS + "/%00%ff'\"")), 404),
        change("6.3 update", "\"name\": \"x\", \"recovery_method\": \"rh_priority\"", 200)
            .and(
                jsonPath("$.segment.name").value("x"),
                jsonPath("$.segment.service_type").value("COMPUTE"),
                jsonPath("$.segment.recovery_method").value("rh_priority"),
                jsonPath("$.segment.updated_at").isNotEmpty())
            .named(),
        change("6.2 update nothing", "", 400).named(),
        change("6.2 update with the name it has", "\"name\": \"rack-a\"", 200).named(),
        change("6.2 update with a name taken", "\"name\": \"rack-b\"", 409).named(),
        change("6.2 update unknown property", "\"uuid\": \"x\"", 400).named(),
        rule(
            "6.2 update of none",
            json(admin(put(SEGMENTS + "/" + NOWHERE)), "{\"segment\": {\"name\": \"x\"}}"),
            404),
        at(
            "1.2",
            "6.2 a word for false disables",
            json(admin(put(one)), "{\"segment\": {\"enabled\": \"no\"}}"),
            200,
            jsonPath("$.segment.enabled").value(false)),
        rule("6.2 delete", admin(delete(one)), 204, content().string("")),
        rule("6.2 delete none", admin(delete(SEGMENTS + "/" + NOWHERE)), 404),
        rule("6.2 delete by name", admin(delete(SEGMENTS + "/rack-a")), 404),
        names("6.2 filter by method", "?recovery_method=auto", "rack-a"),
        names("6.2 filter by an unknown method", "?recovery_method=x"),
        names("6.2 filter by service type", "?service_type=STORAGE", "rack-b"),
        names("6.2 filter by enabled", "?enabled=True", "rack-b", "rack-a"),
        names("6.2 filter by disabled", "?enabled=0"),
        bad("6.2 filter by nonsense", SEGMENTS + "?enabled=maybe"));
  }

  static Stream<Named<Rule>> hosts() {
    String one = HOSTS + "/" + COMPUTE_1;
    return Stream.of(
        rule(
            "7.1 the object",
            admin(get(one)),
            200,
            content()
                .json(
                    """
                    {"host": {"id": 1, "uuid": "%s", "name": "compute-1",
                     "failover_segment_id": "%s",
                     "failover_segment": {"id": 1, "uuid": "%s", "name": "rack-a",
                        "service_type": "COMPUTE", "enabled": true, "description": null,
                        "recovery_method": "auto", "created_at": "2026-11-22T07:30:52.000000",
                        "updated_at": null, "deleted_at": null, "deleted": false},
                     "type": "COMPUTE", "reserved": false, "control_attributes": "SSH",
                     "on_maintenance": false, "created_at": "2026-11-22T07:32:37.000000",
                     "updated_at": null, "deleted_at": null, "deleted": false}}
                    """
                        .formatted(COMPUTE_1, RACK_A, RACK_A),
                    true)),
        rule(
            "7.3 create",
            json(
                admin(post(HOSTS)),
                NEW_HOST,
                "compute-5",
                ", \"reserved\": \"True\", \"on_maintenance\": false"),
            201,
            jsonPath("$.host.reserved").value(true),
            jsonPath("$.host.on_maintenance").value(false),
            jsonPath("$.host.failover_segment.name").value("rack-a")),
        rule(
            "7.2 create in no segment",
            json(admin(post(SEGMENTS + "/" + NOWHERE + "/hosts")), NEW_HOST, "not-in-nova", ""),
            404),
        newHost("7.3 Nova does not know it", "not-in-nova", 400),
        newHost("7.2 Nova does not answer", "nova-is-down", 503),
        newHost("7.2 name taken", "compute-1", 409),
        newHost("7.2 name taken in another segment", "compute-9", 409),
        host("7.1 empty type", "\"type\": \"\", \"control_attributes\": \"\"", 201),
        host("7.1 type null", "\"type\": null, \"control_attributes\": \"SSH\"", 400),
        host("7.1 control attributes null", "\"type\": \"C\", \"control_attributes\": null", 400),
        host("7.1 type with a space", "\"type\": \"a b\", \"control_attributes\": \"S\"", 400),
        host("7.1 type is required", "\"control_attributes\": \"S\"", 400),
        rule("7.2 show nothing", admin(get(HOSTS + "/" + NOWHERE)), 404),
        rule("7.2 show by name", admin(get(HOSTS + "/compute-1")), 404),
        rule("7.2 of another segment", admin(get(HOSTS + "/" + COMPUTE_9)), 404),
        rule(
            "7.2 of no segment",
            admin(get("/v1/segments/" + NOWHERE + "/hosts/" + COMPUTE_1)),
            404),
        rule(
            "7.2 update of another segment's",
            json(admin(put(HOSTS + "/" + COMPUTE_9)), "{\"host\": {\"type\": \"x\"}}"),
            404),
        rule("7.2 delete of another segment's", admin(delete(HOSTS + "/" + COMPUTE_9)), 404),
        hostChange("7.3 update", "\"on_maintenance\": \"True\", \"reserved\": true", 200)
            .and(
                jsonPath("$.host.on_maintenance").value(true),
                jsonPath("$.host.reserved").value(true),
                jsonPath("$.host.updated_at").isNotEmpty())
            .named(),
        hostChange("7.2 update nothing", "", 400).named(),
        hostChange("7.2 cannot be moved", "\"failover_segment_id\": \"" + RACK_B + "\"", 400)
            .named(),
        hostChange("7.2 new name not in Nova", "\"name\": \"not-in-nova\"", 400).named(),
        hostChange("7.2 new name and no Nova", "\"name\": \"nova-is-down\"", 503).named(),
        hostChange("7.2 new name taken", "\"name\": \"compute-9\"", 409).named(),
        hostChange("7.2 the name it has", "\"name\": \"compute-1\"", 200).named(),
        rule("7.3 delete", admin(delete(one)), 204, content().string("")),
        rule("7.2 delete nothing", admin(delete(HOSTS + "/" + NOWHERE)), 404),
        hostNames("7.2 list", "", "compute-2", "compute-1"),
        hostNames("7.2 filter by type", "?type=BLADE", "compute-2"),
        hostNames("7.2 filter by reserved", "?reserved=T", "compute-2"),
        hostNames("7.3 filters together", "?reserved=true&on_maintenance=0", "compute-2"),
        hostNames("7.2 name is ignored", "?name=x&failover_segment_id=y", "compute-2", "compute-1"),
        hostNames("5.7 by maintenance", "?sort_key=on_maintenance", "compute-2", "compute-1"),
        hostNames("5.7 marker of another segment", "?sort_key=name&sort_dir=asc&marker=3"),
        bad("7.2 filter by nonsense", HOSTS + "?reserved=maybe"),
        rule("7.2 list of no segment", admin(get("/v1/segments/" + NOWHERE + "/hosts")), 404));
  }

  static Stream<Named<Rule>> notifications() {
    return Stream.of(
        rule(
            "8.1 the object",
            admin(get(NOTIFICATIONS + "/" + HOST_FAILURE)),
            200,
            content()
                .json(
                    """
                    {"notification": {"id": 1, "notification_uuid": "%s",
                     "generated_time": "2026-11-22T07:35:11.197182",
                     "source_host_uuid": "%s", "type": "COMPUTE_HOST",
                     "payload": {"event": "STOPPED"}, "status": "finished",
                     "failover_segment_uuid": "%s", "message": null,
                     "created_at": "2026-11-22T07:35:14.000000", "updated_at": null,
                     "deleted_at": null, "deleted": false}}
                    """
                        .formatted(HOST_FAILURE, COMPUTE_9, RACK_B),
                    true)),
        at(
            "1.1",
            "8.5 details at 1.1",
            admin(get(NOTIFICATIONS + "/" + HOST_FAILURE)),
            200,
            jsonPath("$.notification.recovery_workflow_details").isArray()),
        at(
            "1.3",
            "8.5 never in lists",
            admin(get(NOTIFICATIONS)),
            200,
            jsonPath("$.notifications[0].recovery_workflow_details").doesNotExist()),
        rule(
            "8.6 create",
            notification("COMPUTE_HOST", TIME, STOPPED),
            202,
            jsonPath("$.notification.status").value("new"),
            jsonPath("$.notification.generated_time").value(TIME),
            jsonPath("$.notification.source_host_uuid").value(COMPUTE_1),
            jsonPath("$.notification.failover_segment_uuid").value(RACK_A),
            jsonPath("$.notification.payload.host_status").value("NORMAL"),
            jsonPath("$.notification.message").isEmpty(),
            jsonPath("$.notification.recovery_workflow_details").doesNotExist()),
        payload("8.2 process", "PROCESS", "{\"process_name\": \"n\", \"event\": \"STOPPED\"}", 202),
        payload("8.2 process without name", "PROCESS", "{\"event\": \"STOPPED\"}", 400),
        payload("8.2 process event", "PROCESS", "{\"process_name\": \"n\", \"event\": \"X\"}", 400),
        vm("8.2 guest", COMPUTE_2, "LIFECYCLE", 202),
        vm("8.2 guest without hyphens", COMPUTE_2.replace("-", ""), "LIFECYCLE", 202),
        vm("8.2 guest that is no uuid", "vm-1", "LIFECYCLE", 400),
        vm("8.2 guest with any event", COMPUTE_2, "any thing", 202),
        vm("8.2 guest with an empty event", COMPUTE_2, "", 400),
        vm("8.2 guest with a long event", COMPUTE_2, "x".repeat(256), 400),
        vm("8.2 guest with NUL in its event", COMPUTE_2, "x\\u0000", 400),
        vm("8.2 guest with half a surrogate pair", COMPUTE_2, "x\\udc00", 400),
        payload("8.2 lower case", "COMPUTE_HOST", "{\"event\": \"stopped\"}", 400),
        payload("8.2 without event", "COMPUTE_HOST", "{\"host_status\": \"NORMAL\"}", 400),
        payload("8.2 only event", "COMPUTE_HOST", "{\"event\": \"STOPPED\"}", 202),
        payload(
            "8.2 unknown host status",
            "COMPUTE_HOST",
            "{\"event\": \"STOPPED\", \"host_status\": \"DEAD\"}",
            400),
        payload("8.2 unknown key", "COMPUTE_HOST", "{\"event\": \"STOPPED\", \"x\": \"\"}", 400),
        payload("8.2 payload is no object", "COMPUTE_HOST", "\"STOPPED\"", 400),
        payload("8.2 value is no string", "COMPUTE_HOST", "{\"event\": 1}", 400),
        payload("8.2 unknown type", "DISK", STOPPED, 400),
        time("2026-11-22", "2026-11-22T00:00:00.000000"),
        time("20261122T074724", "2026-11-22T07:47:24.000000"),
        time("2026-11-22 07:47", "2026-11-22T07:47:00.000000"),
        time("2026-11-22 07:18:51", "2026-11-22T07:18:51.000000"),
        time("2026-11-22T07:20:00Z", "2026-11-22T07:20:00.000000"),
        time("2026-11-22T07:20:00.5+02:00", "2026-11-22T05:20:00.500000"),
        time("2026-11-22T07:20:00-0130", "2026-11-22T08:50:00.000000"),
        time("2026-11-22T07:20:00.123456789", "2026-11-22T07:20:00.123456"),
        noTime("yesterday"),
        noTime(""),
        noTime("2026-02-30"),
        noTime("2026-11-22T25:00"),
        noTime("2026-11-22T07:20:00+99:00"),
        noTime("0001-01-01T00:00:00+02:00"),
        noTime("2026-11-22T07:20:00 "),
        rule(
            "8.2 time is a string",
            json(
                admin(post(NOTIFICATIONS)),
                NOTIFICATION.replace("\"%s\", \"payload\"", "%s, \"payload\""),
                "COMPUTE_HOST",
                "1",
                STOPPED),
            400),
        rule(
            "8.2 unknown property",
            json(
                admin(post(NOTIFICATIONS)),
                NOTIFICATION.replace("\"hostname\"", "\"x\": 1, \"hostname\""),
                "COMPUTE_HOST",
                TIME,
                STOPPED),
            400),
        rule(
            "8.2 unknown host",
            json(
                admin(post(NOTIFICATIONS)),
                NOTIFICATION.replace("compute-1", "Compute-1"),
                "COMPUTE_HOST",
                TIME,
                STOPPED),
            400,
            fault("badRequest", 400)),
        rule(
            "8.2 host name with a slash",
            json(
                admin(post(NOTIFICATIONS)),
                NOTIFICATION.replace("compute-1", "a/b"),
                "COMPUTE_HOST",
                TIME,
                STOPPED),
            400),
        rule("8.4 show nothing", admin(get(NOTIFICATIONS + "/" + NOWHERE)), 404),
        rule("8.4 show by id", admin(get(NOTIFICATIONS + "/1")), 404),
        notified("8.4 newest first", "", VM_FAILURE, HOST_FAILURE),
        notified("8.4 by status", "?status=failed", VM_FAILURE),
        notified("8.4 by an unknown status", "?status=x"),
        notified("8.4 by type", "?type=COMPUTE_HOST", HOST_FAILURE),
        notified("8.4 by host", "?source_host_uuid=" + COMPUTE_9, VM_FAILURE, HOST_FAILURE),
        notified("8.4 by another host", "?source_host_uuid=x"),
        notified("8.4 by time", "?generated-since=2026-11-22T08:00:00", VM_FAILURE),
        notified("8.4 by time, exactly", "?generated-since=2026-11-22T08:35:11", VM_FAILURE),
        notified("8.4 underscore", "?generated_since=2026-11-22T08:00", VM_FAILURE, HOST_FAILURE),
        notified("5.7 by payload", "?sort_key=payload&sort_dir=asc", VM_FAILURE, HOST_FAILURE),
        notified("5.7 by deleted", "?sort_key=deleted&sort_key=deleted_at&marker=2", HOST_FAILURE),
        bad("8.4 no time", NOTIFICATIONS + "?generated-since=yesterday"));
  }

  static Stream<Named<Rule>> vmoves() {
    return Stream.of(
        rule(
            "9 list, without a version",
            admin(get(VMOVES)),
            200,
            jsonPath("$.vmoves").value(hasSize(1)),
            jsonPath("$.vmoves[0].id").value(1),
            jsonPath("$.vmoves[0].uuid").value(VMOVE),
            jsonPath("$.vmoves[0].notification_uuid").value(HOST_FAILURE),
            jsonPath("$.vmoves[0].instance_uuid").value(COMPUTE_1),
            jsonPath("$.vmoves[0].instance_name").value("vm-1"),
            jsonPath("$.vmoves[0].source_host").value("compute-9"),
            jsonPath("$.vmoves[0].dest_host").value("compute-2"),
            jsonPath("$.vmoves[0].start_time").value("2026-11-22T07:36:42.227771"),
            jsonPath("$.vmoves[0].end_time").isEmpty(),
            jsonPath("$.vmoves[0].type").value("evacuation"),
            jsonPath("$.vmoves[0].status").value("succeeded"),
            jsonPath("$.vmoves[0].message").isEmpty(),
            jsonPath("$.vmoves[0].deleted").value(false)),
        rule("9 show", admin(get(VMOVES + "/" + VMOVE)), 200, jsonPath("$.vmove.id").value(1)),
        rule("9 show none", admin(get(VMOVES + "/" + NOWHERE)), 404),
        rule("9 show nonsense", admin(get(VMOVES + "/x")), 404),
        rule(
            "9 filter by status",
            admin(get(VMOVES + "?status=failed")),
            200,
            jsonPath("$.vmoves").value(empty())),
        rule(
            "9 filter by type",
            admin(get(VMOVES + "?type=migration")),
            200,
            jsonPath("$.vmoves").value(empty())),
        rule(
            "9 filter by the type there is",
            admin(get(VMOVES + "?type=evacuation&sort_key=type&sort_key=end_time")),
            200,
            jsonPath("$.vmoves").value(hasSize(1))),
        rule("9 of none", admin(get(NOTIFICATIONS + "/" + NOWHERE + "/vmoves")), 404),
        rule("9 one of none", admin(get(NOTIFICATIONS + "/" + NOWHERE + "/vmoves/" + VMOVE)), 404),
        bad("9 of a guest's failure", NOTIFICATIONS + "/" + VM_FAILURE + "/vmoves"),
        bad("9 one of a guest's failure", NOTIFICATIONS + "/" + VM_FAILURE + "/vmoves/" + VMOVE));
  }

  private static Named<Rule> rule(
      String name, MockHttpServletRequestBuilder request, int status, ResultMatcher... expected) {
    return Named.of(name, new Rule(request, status, List.of(expected)));
  }

  private static Named<Rule> bad(String name, String path) {
    return rule(name, admin(get(path.replace(" ", "%20"))), 400, fault("badRequest", 400));
  }

  private static Named<Rule> at(
      String version,
      String name,
      MockHttpServletRequestBuilder request,
      int status,
      ResultMatcher... expected) {
    return rule(name, request.header(VERSION, "instance-ha " + version), status, expected);
  }

  private static Named<Rule> version(String name, String sent, int status, String answered) {
    MockHttpServletRequestBuilder request = admin(get(SEGMENTS));
    return rule(
        name + ": " + sent,
        sent == null ? request : request.header(VERSION, sent),
        status,
        answered == null ? header().doesNotExist(VERSION) : header().string(VERSION, answered));
  }

  private static Named<Rule> names(String name, String query, String... expected) {
    return rule(
        name,
        admin(get(SEGMENTS + query)),
        200,
        expected.length == 0
            ? jsonPath("$.segments").value(empty())
            : jsonPath("$.segments[*].name").value(contains(expected)));
  }

  private static Named<Rule> hostNames(String name, String query, String... expected) {
    return rule(
        name,
        admin(get(HOSTS + query)),
        200,
        expected.length == 0
            ? jsonPath("$.hosts").value(empty())
            : jsonPath("$.hosts[*].name").value(contains(expected)));
  }

  private static Named<Rule> notified(String name, String query, String... expected) {
    return rule(
        name,
        admin(get(NOTIFICATIONS + query)),
        200,
        expected.length == 0
            ? jsonPath("$.notifications").value(empty())
            : jsonPath("$.notifications[*].notification_uuid").value(contains(expected)));
  }

  private static Named<Rule> segmentNamed(String name, String segment, int status) {
    return rule(
        name, json(admin(post(SEGMENTS)), NEW_SEGMENT.replace("rack-c", segment), ""), status);
  }

  private static Named<Rule> newHost(String name, String host, int status) {
    return rule(name, json(admin(post(HOSTS)), NEW_HOST, host, ""), status);
  }

  private static Named<Rule> host(String name, String fields, int status) {
    return rule(
        name,
        json(admin(post(HOSTS)), "{\"host\": {\"name\": \"compute-5\", " + fields + "}}"),
        status);
  }

  private static Named<Rule> payload(String name, String type, String payload, int status) {
    return rule(name, notification(type, TIME, payload), status);
  }

  private static Named<Rule> vm(String name, String instance, String event, int status) {
    return payload(
        name,
        "VM",
        "{\"instance_uuid\": \"%s\", \"event\": \"%s\", \"vir_domain_event\": \"STOPPED_FAILED\"}"
            .formatted(instance, event),
        status);
  }

  private static Named<Rule> time(String sent, String stored) {
    return rule(
        "8.2 time " + sent,
        notification("COMPUTE_HOST", sent, STOPPED),
        202,
        jsonPath("$.notification.generated_time").value(stored));
  }

  private static Named<Rule> noTime(String sent) {
    return rule("8.2 no time: " + sent, notification("COMPUTE_HOST", sent, STOPPED), 400);
  }

  private static Change change(String name, String fields, int status) {
    return new Change(
        name,
        json(admin(put(SEGMENTS + "/" + RACK_A)), "{\"segment\": {" + fields + "}}"),
        status,
        List.of());
  }

  private static Change hostChange(String name, String fields, int status) {
    return new Change(
        name,
        json(admin(put(HOSTS + "/" + COMPUTE_1)), "{\"host\": {" + fields + "}}"),
        status,
        List.of());
  }

  private record Change(
      String name,
      MockHttpServletRequestBuilder request,
      int status,
      List<ResultMatcher> expected) {

    Change and(ResultMatcher... more) {
      return new Change(name, request, status, List.of(more));
    }

    Named<Rule> named() {
      return Named.of(name, new Rule(request, status, expected));
    }
  }

  private static MockHttpServletRequestBuilder notification(
      String type, String time, String payload) {
    return json(admin(post(NOTIFICATIONS)), NOTIFICATION, type, time, payload);
  }

  private static MockHttpServletRequestBuilder segment(String contentType) {
    return admin(post(SEGMENTS))
        .header("Content-Type", contentType)
        .content(NEW_SEGMENT.formatted(""));
  }

  private static MockHttpServletRequestBuilder segmentWith(String more) {
    return json(admin(post(SEGMENTS)), NEW_SEGMENT, more);
  }

  private static MockHttpServletRequestBuilder json(
      MockHttpServletRequestBuilder request, String body, Object... values) {
    return request
        .header("Content-Type", "application/json")
        .content(values.length == 0 ? body : body.formatted(values));
  }

  private static MockHttpServletRequestBuilder admin(MockHttpServletRequestBuilder request) {
    return request.header("X-Auth-Token", "admin");
  }

  private static MockHttpServletRequestBuilder member(MockHttpServletRequestBuilder request) {
    return request.header("X-Auth-Token", "member");
  }

  private static ResultMatcher fault(String name, int code) {
    return jsonPath("$." + name + ".code").value(code);
  }
}
