package ukemi.api;

import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.delete;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.put;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;

import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** Section 7: hosts. */
class HostRulesTest extends WireRules {

  static Stream<Named<Rule>> rules() {
    return Stream.of(hosts()).flatMap(rules -> rules);
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
        newHost("7.1 name with spaces at the ends", " compute-5 ", 400),
        newHost("7.1 empty name", "", 400),
        newHost("7.1 name of 255", "x".repeat(255), 201),
        newHost("7.1 name of 256", "x".repeat(256), 400),
        newHost("7.1 name with an emoji", "\\ud83d\\ude00", 400),
        newHost("7.1 name with NUL", "a\\u0000", 400),
        newHost("7.2 name in other letters is another host", "Compute-1", 201),
        rule(
            "7.2 the segment before Nova",
            json(admin(post(SEGMENTS + "/rack-a/hosts")), NEW_HOST, "nova-is-down", ""),
            404),
        rule(
            "7.2 the schema before the segment",
            json(admin(post(SEGMENTS + "/" + NOWHERE + "/hosts")), "{\"host\": {}}"),
            400),
        given(
            "insert into ukemi.host (uuid, segment_uuid, name, type, control_attributes) values"
                + " (gen_random_uuid(), '%s', 'not-in-nova', '', '')".formatted(RACK_B),
            newHost("7.2 Nova before the name", "not-in-nova", 400)),
        given(
            "update ukemi.host set deleted_at = now() where name = 'compute-1'",
            newHost("7.2 a deleted host's name is free", "compute-1", 201)),
        given(
            "update ukemi.host set deleted_at = now() where name = 'compute-1'",
            rule("11.9 show of a deleted one", admin(get(one)), 404)),
        given(
            "update ukemi.host set deleted_at = now() where name = 'compute-1'",
            rule("11.5 delete of a deleted one", admin(delete(one)), 404)),
        given(DEALT_WITH, newHost("7.2 create in a segment in use", "compute-5", 201)),
        given(DEALT_WITH, rule("7.2 delete in use", admin(delete(one)), 409)),
        given(
            DEALT_WITH,
            rule(
                "7.2 delete of another host in use",
                admin(delete(HOSTS + "/" + COMPUTE_2)),
                409,
                fault("conflictingRequest", 409))),
        given(
            DEALT_WITH,
            hostChange("7.2 maintenance stays in use", "\"on_maintenance\": false", 409).named()),
        given(
            DEALT_WITH,
            hostChange("7.2 in use before Nova", "\"name\": \"not-in-nova\"", 409).named()),
        host(
            "7.1 an unknown field",
            "\"type\": \"C\", \"control_attributes\": \"S\", \"x\": 1",
            400),
        host("7.1 control attributes are required", "\"type\": \"C\"", 400),
        host(
            "7.1 control attributes like a description",
            "\"type\": \"C\", \"control_attributes\": \"a b\\nc\"",
            201),
        host(
            "7.1 control attributes with a tab",
            "\"type\": \"C\", \"control_attributes\": \"a\\tb\"",
            400),
        host(
            "5.5 type of 255",
            "\"type\": \"" + "x".repeat(255) + "\", \"control_attributes\": \"S\"",
            201),
        host(
            "5.5 type of 256",
            "\"type\": \"" + "x".repeat(256) + "\", \"control_attributes\": \"S\"",
            400),
        host("5.5 type with a dash", "\"type\": \"a-b\", \"control_attributes\": \"S\"", 400),
        host("5.5 type in Greek", "\"type\": \"\u03b1\", \"control_attributes\": \"S\"", 400),
        host("5.5 type a number", "\"type\": 1, \"control_attributes\": \"S\"", 400),
        hostChange("7.1 type null, update", "\"type\": null", 400).named(),
        hostChange("7.1 control attributes null, update", "\"control_attributes\": null", 400)
            .named(),
        hostChange("7.1 type emptied", "\"type\": \"\"", 200)
            .and(jsonPath("$.host.type").value(""))
            .named(),
        hostChange("7.1 reserved null", "\"reserved\": null", 400).named(),
        hostChange("7.2 an unknown field, update", "\"x\": 1", 400).named(),
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
        hostNames("7.2 filter by name", "?name=compute-1", "compute-1"),
        hostNames("7.2 filter by an unknown name", "?name=compute"),
        hostNames("7.2 filter by name, of this segment only", "?name=compute-9"),
        hostNames(
            "7.2 the segment and the rest are ignored",
            "?failover_segment_id=y&control_attributes=x",
            "compute-2",
            "compute-1"),
        hostNames("7.2 filter by maintenance", "?on_maintenance=TRUE"),
        hostNames("7.2 filter by no maintenance", "?on_maintenance=n", "compute-2", "compute-1"),
        hostNames("7.2 filter by an unknown type", "?type=x"),
        bad("7.2 filter by maintenance, nonsense", HOSTS + "?on_maintenance=2"),
        bad("7.2 filter by nothing", HOSTS + "?reserved="),
        hostNames("5.7 by maintenance", "?sort_key=on_maintenance", "compute-2", "compute-1"),
        hostNames("5.7 marker of another segment", "?sort_key=name&sort_dir=asc&marker=3"),
        bad("7.2 filter by nonsense", HOSTS + "?reserved=maybe"),
        rule("7.2 list of no segment", admin(get("/v1/segments/" + NOWHERE + "/hosts")), 404));
  }
}
