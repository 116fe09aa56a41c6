package ukemi.api;

import static org.hamcrest.Matchers.matchesPattern;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.delete;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.put;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** Sections 5.4, 5.5 and 6: segments, and what their fields take. */
class SegmentRulesTest extends WireRules {

  static Stream<Named<Rule>> rules() {
    return Stream.of(booleans(), segments()).flatMap(rules -> rules);
  }

  /** The words of 5.4, wherever a boolean is taken. */
  static Stream<Named<Rule>> booleans() {
    Map<String, Boolean> words = new LinkedHashMap<>();
    Stream.of("True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes")
        .forEach(word -> words.put("\"" + word + "\"", true));
    Stream.of("False", "FALSE", "false", "0", "OFF", "Off", "off", "NO", "No", "no")
        .forEach(word -> words.put("\"" + word + "\"", false));
    words.put("true", true);
    words.put("false", false);
    List<String> nonsense =
        List.of(
            "1", "0", "1.0", "null", "[]", "{}", "\"t\"", "\"n\"", "\"\"", "\" true\"", "\"tRUE\"");
    return Stream.of(
            words.entrySet().stream()
                .flatMap(
                    word ->
                        Stream.of(
                            at(
                                "1.2",
                                "5.4 new segment, " + word.getKey(),
                                segmentWith(", \"enabled\": " + word.getKey()),
                                201,
                                jsonPath("$.segment.enabled").value(word.getValue())),
                            at(
                                "1.2",
                                "5.4 changed segment, " + word.getKey(),
                                json(
                                    admin(put(SEGMENTS + "/" + RACK_A)),
                                    "{\"segment\": {\"enabled\": " + word.getKey() + "}}"),
                                200,
                                jsonPath("$.segment.enabled").value(word.getValue())),
                            rule(
                                "5.4 new host, " + word.getKey(),
                                json(
                                    admin(post(HOSTS)),
                                    NEW_HOST,
                                    "compute-5",
                                    ", \"reserved\": " + word.getKey()),
                                201,
                                jsonPath("$.host.reserved").value(word.getValue())),
                            hostChange(
                                    "5.4 changed host, " + word.getKey(),
                                    "\"on_maintenance\": " + word.getKey(),
                                    200)
                                .and(jsonPath("$.host.on_maintenance").value(word.getValue()))
                                .named())),
            nonsense.stream()
                .flatMap(
                    word ->
                        Stream.of(
                            at(
                                "1.2",
                                "5.4 new segment, nonsense " + word,
                                segmentWith(", \"enabled\": " + word),
                                400),
                            at(
                                "1.2",
                                "5.4 changed segment, nonsense " + word,
                                json(
                                    admin(put(SEGMENTS + "/" + RACK_A)),
                                    "{\"segment\": {\"enabled\": " + word + "}}"),
                                400),
                            rule(
                                "5.4 new host, nonsense " + word,
                                json(
                                    admin(post(HOSTS)),
                                    NEW_HOST,
                                    "compute-5",
                                    ", \"on_maintenance\": " + word),
                                400),
                            hostChange(
                                    "5.4 changed host, nonsense " + word,
                                    "\"reserved\": " + word,
                                    400)
                                .named())),
            Stream.of("t", "T", "true", "TRUE", "tRuE", "y", "Y", "yes", "on", "1")
                .map(word -> hostNames("5.4 query, " + word, "?reserved=" + word, "compute-2")),
            Stream.of("f", "F", "false", "FALSE", "n", "N", "no", "off", "0")
                .map(word -> hostNames("5.4 query, " + word, "?reserved=" + word, "compute-1")),
            Stream.of("2", "x", "", "null", "tr", "%00")
                .map(word -> bad("5.4 query, nonsense " + word, HOSTS + "?reserved=" + word)))
        .flatMap(rules -> rules);
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
        at(
            "1.2",
            "6.1 enabled at 1.2",
            segmentWith(", \"enabled\": \"no\""),
            201,
            jsonPath("$.segment.enabled").value(false)),
        at("1.3", "6.1 enabled at 1.3", segmentWith(", \"enabled\": false"), 201),
        at("1.0", "6.1 enabled at 1.0", segmentWith(", \"enabled\": true"), 400),
        at(
            "1.1",
            "6.1 enabled at 1.1, update",
            json(admin(put(one)), "{\"segment\": {\"enabled\": true}}"),
            400),
        at(
            "1.0",
            "6.1 shown at 1.0",
            admin(get(one)),
            200,
            jsonPath("$.segment.enabled").value(true)),
        at(
            "1.2",
            "5.4 nonsense is no boolean, update",
            json(admin(put(one)), "{\"segment\": {\"enabled\": \"maybe\"}}"),
            400),
        at(
            "1.2",
            "5.4 a number is no boolean, update",
            json(admin(put(one)), "{\"segment\": {\"enabled\": 0}}"),
            400),
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
        rule(
            "5.3 a new segment's uuid is random",
            segmentWith(""),
            201,
            jsonPath("$.segment.uuid")
                .value(matchesPattern("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f-]{16}")),
            jsonPath("$.segment.deleted").value(false),
            jsonPath("$.segment.deleted_at").isEmpty(),
            jsonPath("$.segment.description").isEmpty()),
        segmentNamed("5.5 name with a line end", "ra\\nck", 400),
        segmentNamed("5.5 name with a space in front", " rack", 400),
        segmentNamed("5.5 name of a space", " ", 400),
        segmentNamed("5.5 name with a right-to-left mark", "ra\\u200fck", 400),
        segmentNamed("5.5 name that runs from right to left", "\\u05d0\\u05d1", 201),
        segmentNamed("5.5 name with a line separator", "ra\\u2028ck", 400),
        segmentNamed("5.5 name with a no-break space inside", "ra\\u00a0ck", 201),
        segmentNamed("5.5 name with a character for private use", "ra\\ue000ck", 400),
        segmentNamed("5.5 name above U+FFFE", "\\ud800\\udc00", 400),
        segmentNamed("5.5 name of 255 that take more bytes", "\\u53d7".repeat(255), 201),
        segmentNamed("5.5 name that tries SQL", "x'; drop table ukemi.host; --", 201),
        segmentNamed("5.5 name that tries HTML", "<script>", 201),
        rule("5.5 name that is a number", wrongSegment("\"name\": 7"), 400),
        rule("5.5 name that is null", wrongSegment("\"name\": null"), 400),
        rule("5.5 name that is a list", wrongSegment("\"name\": [\"x\"]"), 400),
        rule("5.5 name that is an object", wrongSegment("\"name\": {}"), 400),
        rule("5.5 name that is a boolean", wrongSegment("\"name\": true"), 400),
        rule("6.1 service type is a name: empty", wrongSegment("\"service_type\": \"\""), 400),
        rule("6.1 service type is a name: null", wrongSegment("\"service_type\": null"), 400),
        rule(
            "6.1 service type is a name: long",
            wrongSegment("\"service_type\": \"" + "x".repeat(256) + "\""),
            400),
        rule("6.1 recovery method null", wrongSegment("\"recovery_method\": null"), 400),
        rule("6.1 recovery method unknown", wrongSegment("\"recovery_method\": \"x\""), 400),
        rule("6.1 recovery method a number", wrongSegment("\"recovery_method\": 1"), 400),
        rule(
            "6.1 reserved_host",
            wrongSegment("\"recovery_method\": \"reserved_host\""),
            201,
            jsonPath("$.segment.recovery_method").value("reserved_host")),
        rule("6.1 auto_priority", wrongSegment("\"recovery_method\": \"auto_priority\""), 201),
        rule("6.1 rh_priority", wrongSegment("\"recovery_method\": \"rh_priority\""), 201),
        rule("6.1 the id is not for callers", segmentWith(", \"id\": 9"), 400),
        rule("5.5 description a number", segmentWith(", \"description\": 1"), 400),
        rule("5.5 description empty", segmentWith(", \"description\": \"\""), 201),
        rule(
            "5.5 description as long as you like",
            segmentWith(", \"description\": \"" + "x".repeat(100000) + "\""),
            201),
        rule("5.5 description with NUL", segmentWith(", \"description\": \"\\u0000\""), 400),
        rule("5.5 description with a return", segmentWith(", \"description\": \"a\\rb\""), 400),
        rule(
            "6.1 recovery method is required",
            json(
                admin(post(SEGMENTS)), "{\"segment\": {\"name\": \"x\", \"service_type\": \"C\"}}"),
            400),
        rule(
            "6.1 service type is required",
            json(
                admin(post(SEGMENTS)),
                "{\"segment\": {\"name\": \"x\", \"recovery_method\": \"auto\"}}"),
            400),
        rule("6.1 the segment is required", json(admin(post(SEGMENTS)), "{}"), 400),
        rule("6.1 the segment is an object", json(admin(post(SEGMENTS)), "{\"segment\": []}"), 400),
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
        segmentNamed("6.1 a name in other letters is another", "Rack-A", 201),
        rule(
            "6.3 name taken is a conflictingRequest",
            json(admin(post(SEGMENTS)), NEW_SEGMENT.replace("rack-c", "rack-a"), ""),
            409,
            fault("conflictingRequest", 409)),
        given(
            "update ukemi.failover_segment set deleted_at = now() where name = 'rack-a'",
            segmentNamed("6.2 a deleted segment's name is free", "rack-a", 201)),
        given(
            "update ukemi.failover_segment set deleted_at = now() where name = 'rack-a'",
            rule("11.9 show of a deleted one", admin(get(one)), 404)),
        given(
            "update ukemi.failover_segment set deleted_at = now() where name = 'rack-a'",
            rule("11.5 delete of a deleted one", admin(delete(one)), 404)),
        given(
            "update ukemi.failover_segment set deleted_at = now() where name = 'rack-a'",
            rule(
                "6.2 update of a deleted one",
                json(admin(put(one)), "{\"segment\": {\"name\": \"x\"}}"),
                404)),
        given(
            DEALT_WITH,
            rule(
                "6.2 update in use",
                json(admin(put(one)), "{\"segment\": {\"name\": \"x\"}}"),
                409,
                fault("conflictingRequest", 409))),
        given(
            DEALT_WITH,
            rule("6.2 delete in use", admin(delete(one)), 409, fault("conflictingRequest", 409))),
        given(
            DEALT_WITH,
            rule(
                "6.2 bad update in use",
                json(admin(put(one)), "{\"segment\": {\"name\": \"\"}}"),
                400)),
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
        change("11.4 update of one field", "\"recovery_method\": \"reserved_host\"", 200)
            .and(
                jsonPath("$.segment.name").value("rack-a"),
                jsonPath("$.segment.recovery_method").value("reserved_host"))
            .named(),
        change("6.2 update of the service type", "\"service_type\": \"STORAGE\"", 200)
            .and(jsonPath("$.segment.service_type").value("STORAGE"))
            .named(),
        change("6.2 update of the description", "\"description\": \"x\"", 200)
            .and(jsonPath("$.segment.description").value("x"))
            .named(),
        change("6.2 description taken away", "\"description\": null", 200)
            .and(jsonPath("$.segment.description").isEmpty())
            .named(),
        change("6.2 update with name null", "\"name\": null", 400).named(),
        change("6.2 update with a name of 256", "\"name\": \"" + "x".repeat(256) + "\"", 400)
            .named(),
        change("6.2 update of the id", "\"id\": 7", 400).named(),
        change("6.2 update of a known and an unknown one", "\"name\": \"x\", \"y\": 1", 400)
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
        names("6.2 filter by two things", "?recovery_method=auto&service_type=STORAGE"),
        names("6.2 filters are exact", "?service_type=storage"),
        names("6.2 filter by name", "?name=rack-a", "rack-a"),
        names("6.2 filter by an unknown name", "?name=rack"),
        names("6.2 filter by letters that are half a code", "?service_type=%ff"),
        bad("6.2 filter by NUL", SEGMENTS + "?service_type=%00"),
        bad("6.2 filter by a name of NUL", SEGMENTS + "?name=a%00"),
        names("6.2 filter by enabled", "?enabled=True", "rack-b", "rack-a"),
        names("6.2 filter by enabled: 1", "?enabled=1", "rack-b", "rack-a"),
        names("6.2 filter by disabled: False", "?enabled=False"),
        names("6.2 filter by disabled", "?enabled=0"),
        bad("6.2 filter by nonsense", SEGMENTS + "?enabled=maybe"));
  }
}
