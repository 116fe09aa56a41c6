package ukemi.api;

import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.startsWith;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.delete;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.springframework.test.web.servlet.ResultMatcher;

/** What may be announced, and what is answered. */
class PlannedWorkRulesTest extends WireRules {

  private static final String WORKS = "/v1/planned-work";
  private static final String WORK = "66666666-6666-4666-8666-666666666661";

  static Stream<Named<Rule>> rules() {
    return Stream.of(scopes(), times(), bodies(), addresses()).flatMap(rules -> rules);
  }

  private static Stream<Named<Rule>> scopes() {
    return Stream.of(
        announced(
            "a host by its name",
            "\"host\": \"compute-1\"",
            field("scope", "host"),
            field("host", "compute-1"),
            field("host_uuid", COMPUTE_1),
            field("segment", null),
            field("segment_uuid", null),
            field("announced_by", "root"),
            field("status", "open"),
            field("reason", "CHG-7"),
            field("failures_noted", 0),
            jsonPath("$.planned_work.open_recoveries").value(empty())),
        announced(
            "a segment by its name",
            "\"segment\": \"rack-a\"",
            field("scope", "segment"),
            field("segment", "rack-a"),
            field("segment_uuid", RACK_A),
            field("host", null)),
        announced(
            "a segment by its uuid", "\"segment\": \"" + RACK_A + "\"", field("segment", "rack-a")),
        announced(
            "the whole cloud",
            "\"scope\": \"cloud\"",
            field("scope", "cloud"),
            field("host", null),
            field("segment", null)),
        given(
            "update ukemi.notification set status = 'running' where uuid = '" + HOST_FAILURE + "'",
            announced(
                "what is being recovered goes on, and is said",
                "\"segment\": \"rack-b\"",
                jsonPath("$.planned_work.open_recoveries.length()").value(1),
                jsonPath("$.planned_work.open_recoveries[0].notification_uuid").value(HOST_FAILURE),
                jsonPath("$.planned_work.open_recoveries[0].host").value("compute-9"))),
        given(
            "update ukemi.notification set status = 'running' where uuid = '" + HOST_FAILURE + "'",
            announced(
                "what is being recovered elsewhere is not",
                "\"segment\": \"rack-a\"",
                jsonPath("$.planned_work.open_recoveries").value(empty()))),
        refused("an unknown host", "\"host\": \"compute-77\"", "no host named \"compute-77\""),
        refused("an unknown segment", "\"segment\": \"x\"", "no segment with name or uuid \"x\""),
        refused("a host's uuid", "\"host\": \"" + COMPUTE_1 + "\"", "no host named"),
        given(
            "update ukemi.host set deleted_at = now() where name = 'compute-1'",
            refused("a deleted host", "\"host\": \"compute-1\"", "no host named")),
        refused(
            "both",
            "\"host\": \"compute-1\", \"segment\": \"rack-a\"",
            "a host or about a segment, not both"),
        body(
            "nothing is not the whole cloud",
            "{\"planned_work\": {\"ends_at\": \"" + in(1, 0) + "\", \"reason\": \"r\"}}",
            "one of \"host\", \"segment\" and, for the whole cloud, \"scope\": \"cloud\""),
        refused("another scope", "\"scope\": \"all\"", "\"scope\": \"cloud\" is required"),
        refused("a number as the scope", "\"scope\": 7", "\"scope\" must be a string"),
        refused(
            "a host and the whole cloud",
            "\"host\": \"compute-1\", \"scope\": \"cloud\"",
            "\"scope\" goes with neither"),
        refused("an empty name", "\"host\": \"\"", "\"host\" must be"),
        refused("null is no name", "\"host\": null", "\"host\" must be a string"));
  }

  private static Stream<Named<Rule>> times() {
    return Stream.of(
        timed("from now on", null, in(1, 0), 201, field("status", "open")),
        timed("later", in(2, 0), in(3, 0), 201, field("status", "announced")),
        timed("since yesterday is from now on", in(-24, 0), in(1, 0), 201, field("status", "open")),
        timed("just 30 days", in(240, 0), in(240 + 720, 0), 201),
        timed("more than 30 days", in(240, 0), in(240 + 720, 1), 400, says("longer than 30 days")),
        timed("more than 30 days from now", null, in(720, 60), 400, says("longer than 30 days")),
        timed("in the past", in(-2, 0), in(-1, 0), 400, says("in the past")),
        timed("ends before it begins", in(3, 0), in(2, 0), 400, says("ends before it begins")),
        timed("ends as it begins", in(3, 0), in(3, 0), 400, says("ends before it begins")),
        timed("in a year and a day", in(24 * 366, 0), in(24 * 366 + 1, 0), 400, says("365 days")),
        timed("no time", null, "tomorrow", 400, says("\"ends_at\" must be an ISO 8601 time")),
        timed("no begin", "x", in(1, 0), 400, says("\"starts_at\" must be an ISO 8601 time")));
  }

  private static Stream<Named<Rule>> bodies() {
    return Stream.of(
        body(
            "without an end",
            "{\"planned_work\": {\"scope\": \"cloud\", \"reason\": \"r\"}}",
            "\"ends_at\" is missing"),
        body(
            "without a reason",
            "{\"planned_work\": {\"scope\": \"cloud\", \"ends_at\": \"" + in(1, 0) + "\"}}",
            "\"reason\" is missing"),
        body(
            "an empty reason",
            "{\"planned_work\": {\"scope\": \"cloud\", \"ends_at\": \""
                + in(1, 0)
                + "\", \"reason\": \"\"}}",
            "\"reason\" must be"),
        body(
            "a number for a time",
            "{\"planned_work\": {\"scope\": \"cloud\", \"ends_at\": 7, \"reason\": \"r\"}}",
            "\"ends_at\" must be a string"),
        body(
            "an unknown field",
            "{\"planned_work\": {\"scope\": \"cloud\", \"ends_at\": \"%s\", \"reason\": \"r\", \"until\": 1}}"
                .formatted(in(1, 0)),
            "unknown property \"until\""),
        body("another key", "{\"work\": {}}", "\"planned_work\" is missing"),
        body("a list", "{\"planned_work\": []}", "must be an object"),
        body("no JSON", "x", "not JSON"));
  }

  private static Stream<Named<Rule>> addresses() {
    return Stream.of(
        rule("none yet", admin(get(WORKS)), 200, jsonPath("$.planned_work").value(empty())),
        given(work("null"), rule("one", admin(get(WORKS)), 200, listed(1))),
        given(work("null"), rule("open", admin(get(WORKS + "?open=yes")), 200, listed(1))),
        given(work("null"), rule("ended", admin(get(WORKS + "?open=no")), 200, listed(0))),
        given(work("now()"), rule("ended now", admin(get(WORKS + "?open=no")), 200, listed(1))),
        given(
            work("null") + ";" + past(),
            rule("its time is up", admin(get(WORKS + "?open=yes")), 200, listed(0))),
        given(
            work("null") + ";" + past(),
            rule("its time was up", admin(get(WORKS + "?open=no")), 200, listed(1))),
        given(
            work("null")
                + ";insert into ukemi.planned_work_failure values ('%s', '%s')"
                    .formatted(WORK, HOST_FAILURE),
            rule(
                "what was noted",
                admin(get(WORKS + "/" + WORK)),
                200,
                field("failures_noted", 1),
                jsonPath("$.planned_work.failures[0]").value(HOST_FAILURE))),
        given(work("null"), rule("page", admin(get(WORKS + "?limit=0")), 200, listed(0))),
        bad("what is open", WORKS + "?open=perhaps"),
        bad("an unknown key", WORKS + "?sort_key=person"),
        given(work("null"), rule("shown", admin(get(WORKS + "/" + WORK)), 200)),
        rule("unknown", admin(get(WORKS + "/" + NOWHERE)), 404, fault("itemNotFound", 404)),
        rule("no uuid", admin(get(WORKS + "/x")), 404, fault("itemNotFound", 404)),
        given(
            work("null"),
            rule("ended early", admin(delete(WORKS + "/" + WORK)), 204, content().string(""))),
        given(
            work("now()"),
            rule(
                "over already",
                admin(delete(WORKS + "/" + WORK)),
                409,
                jsonPath("$.conflictingRequest.message")
                    .value(startsWith("the planned work on the whole cloud is over since")))),
        rule("ending an unknown one", admin(delete(WORKS + "/" + NOWHERE)), 404),
        rule("a project's", admin(get(ours(WORKS))), 200),
        rule("Masakari has no such route", admin(get("/v1/planned_work")), 404));
  }

  private static String past() {
    return """
        update ukemi.planned_work
           set starts_at = now() - interval '2 h', ends_at = now() - interval '1 s'
        """;
  }

  private static String work(String ended) {
    return """
        insert into ukemi.planned_work (uuid, scope, starts_at, ends_at, reason, person, ended_at)
        values ('%s', 'CLOUD', now() - interval '1 h', now() + interval '1 h', 'r', 'p', %s)
        """
        .formatted(WORK, ended);
  }

  private static Named<Rule> announced(String name, String scope, ResultMatcher... expected) {
    return rule(
        name,
        json(
            admin(post(WORKS)),
            "{\"planned_work\": {\"ends_at\": \"%s\", \"reason\": \"CHG-7\"%s}}"
                .formatted(in(1, 0), scope.isEmpty() ? "" : ", " + scope)),
        201,
        expected);
  }

  private static Named<Rule> refused(String name, String scope, String because) {
    return body(
        name,
        "{\"planned_work\": {\"ends_at\": \"%s\", \"reason\": \"CHG-7\", %s}}"
            .formatted(in(1, 0), scope),
        because);
  }

  private static Named<Rule> timed(
      String name, String starts, String ends, int status, ResultMatcher... expected) {
    return rule(
        name,
        json(
            admin(post(WORKS)),
            "{\"planned_work\": {\"scope\": \"cloud\", %s\"ends_at\": \"%s\", \"reason\": \"r\"}}"
                .formatted(starts == null ? "" : "\"starts_at\": \"" + starts + "\", ", ends)),
        status,
        expected);
  }

  private static Named<Rule> body(String name, String body, String because) {
    return rule(name, json(admin(post(WORKS)), body), 400, says(because));
  }

  private static ResultMatcher says(String because) {
    return jsonPath("$.badRequest.message").value(containsString(because));
  }

  private static ResultMatcher field(String name, Object value) {
    return jsonPath("$.planned_work." + name).value(value);
  }

  private static ResultMatcher listed(int many) {
    return jsonPath("$.planned_work.length()").value(many);
  }

  /** Minutes apart from what is allowed, when it matters: the table is made before it is read. */
  private static String in(int hours, int minutes) {
    return START.plus(Duration.ofHours(hours)).plus(Duration.ofMinutes(minutes)).toString();
  }

  private static final Instant START = Instant.now();
}
