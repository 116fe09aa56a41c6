package ukemi.api;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.matchesPattern;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.put;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.test.web.servlet.ResultMatcher;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;

/**
 * The wire contract as a table: one row a rule, named by the contract's section. Each class has the
 * {@code rules()} of a few sections; what takes more than one request is in {@link
 * WireStoriesTest}, what a real connection does in {@link WireOverHttpTest}.
 */
abstract class WireRules extends SlimApplicationTest {

  static final String VERSION = "OpenStack-API-Version";
  static final String PROJECT = SlimApplication.PROJECT;
  static final String SEGMENTS = "/v1/segments";
  static final String HOSTS = "/v1/segments/" + RACK_A + "/hosts";
  static final String NOTIFICATIONS = "/v1/notifications";
  static final String RUNBOOKS = "/v1/runbooks";
  static final String HOST_FAILURE = "33333333-3333-4333-8333-333333333331";
  static final String VM_FAILURE = "33333333-3333-4333-8333-333333333332";
  static final String VMOVE = "44444444-4444-4444-8444-444444444441";
  static final String VMOVES = NOTIFICATIONS + "/" + HOST_FAILURE + "/vmoves";
  static final String NEW_SEGMENT =
      """
      {"segment": {"name": "rack-c", "recovery_method": "auto", "service_type": "COMPUTE"%s}}
      """;
  static final String NEW_HOST =
      """
      {"host": {"name": "%s", "type": "COMPUTE", "control_attributes": "SSH"%s}}
      """;
  static final String NOTIFICATION =
      """
      {"notification": {"type": "%s", "hostname": "compute-1",
        "generated_time": "%s", "payload": %s}}
      """;
  static final String TIME = "2026-11-22T07:47:24.647680";
  static final String STOPPED =
      """
      {"event": "STOPPED", "cluster_status": "OFFLINE", "host_status": "NORMAL"}
      """;

  static final String GUEST =
      """
      {"instance_uuid": "96ab1c42-668c-4f2d-8689-afa3301d4ee9", "event": "LIFECYCLE"\
      , "vir_domain_event": "STOPPED_FAILED"}
      """;
  static final String ON_MAINTENANCE = "update ukemi.host set maintenance_owner = 'OPERATOR'";

  /** A notification about compute-1 that has not ended, equal to the one the rows send. */
  static final String DEALT_WITH =
      """
      insert into ukemi.notification
        (uuid, type, source_host_uuid, source_host_name, segment_uuid, payload, generated_time,
         status)
      values ('%s', 'COMPUTE_HOST', '%s', 'compute-1', '%s', '%s', '%s', 'running')
      """
          .formatted(
              "33333333-3333-4333-8333-333333333339",
              COMPUTE_1,
              RACK_A,
              STOPPED.strip(),
              TIME + "Z");

  static final String DEALT_WITH_EARLIER = DEALT_WITH.replace("'running'", "'failed'");

  /** What holds before (SQL), what is asked, and what the answer is. */
  record Rule(
      List<String> given,
      MockHttpServletRequestBuilder request,
      int status,
      List<ResultMatcher> expected) {}

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
  @MethodSource("rules")
  void holds(Rule rule) throws Exception {
    rule.given().forEach(this::sql);
    var result = mvc.perform(rule.request()).andExpect(status().is(rule.status()));
    for (ResultMatcher matcher : rule.expected()) {
      result.andExpect(matcher);
    }
  }

  static Named<Rule> rule(
      String name, MockHttpServletRequestBuilder request, int status, ResultMatcher... expected) {
    return Named.of(name, new Rule(List.of(), request, status, List.of(expected)));
  }

  static Named<Rule> given(String sql, Named<Rule> named) {
    Rule rule = named.getPayload();
    return Named.of(
        named.getName(), new Rule(List.of(sql), rule.request(), rule.status(), rule.expected()));
  }

  static Named<Rule> bad(String name, String path) {
    return rule(name, admin(get(uri(path))), 400, fault("badRequest", 400));
  }

  static URI uri(String path) {
    return URI.create(path.replace(" ", "%20"));
  }

  /** The same address with the token's project in it. */
  static String ours(String path) {
    return "/v1/" + PROJECT + path.substring("/v1".length());
  }

  static Named<Rule> withProject(String name, MockHttpServletRequestBuilder request, int status) {
    return rule(name, admin(request), status);
  }

  static Named<Rule> requestId(String name, MockHttpServletRequestBuilder request, int status) {
    return rule(
        name,
        request,
        status,
        header().string("X-Openstack-Request-Id", matchesPattern("req-[0-9a-f-]{36}")));
  }

  /** A new segment with one other field. */
  static MockHttpServletRequestBuilder wrongSegment(String field) {
    String others =
        Stream.of(
                "\"name\": \"rack-c\"",
                "\"recovery_method\": \"auto\"",
                "\"service_type\": \"COMPUTE\"")
            .filter(other -> !other.startsWith(field.substring(0, field.indexOf(':'))))
            .collect(Collectors.joining(", "));
    return json(admin(post(SEGMENTS)), "{\"segment\": {" + others + ", " + field + "}}");
  }

  static Named<Rule> missing(String field) {
    return rule(
        "8.2 without " + field,
        json(
            admin(post(NOTIFICATIONS)),
            NOTIFICATION.replace("\"" + field + "\"", "\"x\""),
            "COMPUTE_HOST",
            TIME,
            STOPPED),
        400,
        fault("badRequest", 400));
  }

  static Named<Rule> reportedHost(String name, String host, String because) {
    return rule(
        name,
        json(
            admin(post(NOTIFICATIONS)),
            NOTIFICATION.replace("compute-1", host),
            "COMPUTE_HOST",
            TIME,
            STOPPED),
        400,
        jsonPath("$.badRequest.message").value(containsString(because)));
  }

  static Named<Rule> at(
      String version,
      String name,
      MockHttpServletRequestBuilder request,
      int status,
      ResultMatcher... expected) {
    return rule(name, request.header(VERSION, "instance-ha " + version), status, expected);
  }

  static Named<Rule> version(String name, String sent, int status, String answered) {
    MockHttpServletRequestBuilder request = admin(get(SEGMENTS));
    return rule(
        name + ": " + sent,
        sent == null ? request : request.header(VERSION, sent),
        status,
        answered == null ? header().doesNotExist(VERSION) : header().string(VERSION, answered));
  }

  static Named<Rule> names(String name, String query, String... expected) {
    return rule(
        name,
        admin(get(uri(SEGMENTS + query))),
        200,
        expected.length == 0
            ? jsonPath("$.segments").value(empty())
            : jsonPath("$.segments[*].name").value(contains(expected)));
  }

  static Named<Rule> hostNames(String name, String query, String... expected) {
    return rule(
        name,
        admin(get(uri(HOSTS + query))),
        200,
        expected.length == 0
            ? jsonPath("$.hosts").value(empty())
            : jsonPath("$.hosts[*].name").value(contains(expected)));
  }

  static Named<Rule> notified(String name, String query, String... expected) {
    return rule(
        name,
        admin(get(uri(NOTIFICATIONS + query))),
        200,
        expected.length == 0
            ? jsonPath("$.notifications").value(empty())
            : jsonPath("$.notifications[*].notification_uuid").value(contains(expected)));
  }

  static Named<Rule> segmentNamed(String name, String segment, int status) {
    return rule(
        name, json(admin(post(SEGMENTS)), NEW_SEGMENT.replace("rack-c", segment), ""), status);
  }

  static Named<Rule> newHost(String name, String host, int status) {
    return rule(name, json(admin(post(HOSTS)), NEW_HOST, host, ""), status);
  }

  static Named<Rule> host(String name, String fields, int status) {
    return rule(
        name,
        json(admin(post(HOSTS)), "{\"host\": {\"name\": \"compute-5\", " + fields + "}}"),
        status);
  }

  static Named<Rule> payload(String name, String type, String payload, int status) {
    return rule(name, notification(type, TIME, payload), status);
  }

  static Named<Rule> vm(String name, String instance, String event, int status) {
    return payload(
        name,
        "VM",
        "{\"instance_uuid\": \"%s\", \"event\": \"%s\", \"vir_domain_event\": \"STOPPED_FAILED\"}"
            .formatted(instance, event),
        status);
  }

  static Named<Rule> time(String sent, String stored) {
    return rule(
        "8.2 time " + sent,
        notification("COMPUTE_HOST", sent, STOPPED),
        202,
        jsonPath("$.notification.generated_time").value(stored));
  }

  static Named<Rule> noTime(String sent) {
    return rule("8.2 no time: " + sent, notification("COMPUTE_HOST", sent, STOPPED), 400);
  }

  static Change change(String name, String fields, int status) {
    return new Change(
        name,
        json(admin(put(SEGMENTS + "/" + RACK_A)), "{\"segment\": {" + fields + "}}"),
        status,
        List.of());
  }

  static Change hostChange(String name, String fields, int status) {
    return new Change(
        name,
        json(admin(put(HOSTS + "/" + COMPUTE_1)), "{\"host\": {" + fields + "}}"),
        status,
        List.of());
  }

  record Change(
      String name,
      MockHttpServletRequestBuilder request,
      int status,
      List<ResultMatcher> expected) {

    Change and(ResultMatcher... more) {
      return new Change(name, request, status, List.of(more));
    }

    Named<Rule> named() {
      return Named.of(name, new Rule(List.of(), request, status, expected));
    }
  }

  static MockHttpServletRequestBuilder notification(String type, String time, String payload) {
    return json(admin(post(NOTIFICATIONS)), NOTIFICATION, type, time, payload);
  }

  static MockHttpServletRequestBuilder segment(String contentType) {
    return admin(post(SEGMENTS))
        .header("Content-Type", contentType)
        .content(NEW_SEGMENT.formatted(""));
  }

  static MockHttpServletRequestBuilder segmentWith(String more) {
    return json(admin(post(SEGMENTS)), NEW_SEGMENT, more);
  }

  static MockHttpServletRequestBuilder json(
      MockHttpServletRequestBuilder request, String body, Object... values) {
    return request
        .header("Content-Type", "application/json")
        .content(values.length == 0 ? body : body.formatted(values));
  }

  static MockHttpServletRequestBuilder admin(MockHttpServletRequestBuilder request) {
    return request.header("X-Auth-Token", "admin");
  }

  static MockHttpServletRequestBuilder member(MockHttpServletRequestBuilder request) {
    return request.header("X-Auth-Token", "member");
  }

  static ResultMatcher fault(String name, int code) {
    return jsonPath("$." + name + ".code").value(code);
  }
}
