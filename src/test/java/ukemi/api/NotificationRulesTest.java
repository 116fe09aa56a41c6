package ukemi.api;

import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;

import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** Sections 8 and 9: notifications and vmoves. */
class NotificationRulesTest extends WireRules {

  static Stream<Named<Rule>> rules() {
    return Stream.of(notifications(), vmoves()).flatMap(rules -> rules);
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
        rule(
            "8.5 no details at 1.0",
            admin(get(NOTIFICATIONS + "/" + HOST_FAILURE)),
            200,
            jsonPath("$.notification.recovery_workflow_details").doesNotExist()),
        at(
            "1.1",
            "8.5 details of a guest's failure",
            admin(get(NOTIFICATIONS + "/" + VM_FAILURE)),
            200,
            jsonPath("$.notification.recovery_workflow_details").value(empty())),
        given(
            "update ukemi.host set deleted_at = now()",
            at(
                "1.1",
                "8.4 details when the host was deleted",
                admin(get(NOTIFICATIONS + "/" + HOST_FAILURE)),
                200,
                jsonPath("$.notification.recovery_workflow_details").isArray())),
        given(
            "update ukemi.failover_segment set deleted_at = now()",
            rule(
                "6.2 notifications of a deleted segment stay",
                admin(get(NOTIFICATIONS + "/" + HOST_FAILURE)),
                200)),
        at(
            "1.3",
            "8.5 never when created",
            notification("COMPUTE_HOST", TIME, STOPPED),
            202,
            jsonPath("$.notification.recovery_workflow_details").doesNotExist()),
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
        rule(
            "8.2 the answer is new, also to what is noted at once",
            notification("COMPUTE_HOST", TIME, "{\"event\": \"STARTED\"}"),
            202,
            jsonPath("$.notification.status").value("new"),
            jsonPath("$.notification.message").isEmpty()),
        given(
            "update ukemi.failover_segment set enabled = false",
            rule(
                "8.2 a disabled segment does not change the answer",
                notification("COMPUTE_HOST", TIME, STOPPED),
                202,
                jsonPath("$.notification.status").value("new"),
                jsonPath("$.notification.message").isEmpty())),
        payload("8.2 host started", "COMPUTE_HOST", "{\"event\": \"STARTED\"}", 202),
        payload(
            "8.2 host status unknown",
            "COMPUTE_HOST",
            "{\"event\": \"STOPPED\", \"host_status\": \"UNKNOWN\"}",
            202),
        payload(
            "8.2 cluster online",
            "COMPUTE_HOST",
            "{\"event\": \"STARTED\", \"cluster_status\": \"ONLINE\"}",
            202),
        payload(
            "8.2 cluster status unknown",
            "COMPUTE_HOST",
            "{\"event\": \"STOPPED\", \"cluster_status\": \"UNKNOWN\"}",
            400),
        payload(
            "8.2 host status null",
            "COMPUTE_HOST",
            "{\"event\": \"STOPPED\", \"host_status\": null}",
            400),
        payload("8.2 payload empty", "COMPUTE_HOST", "{}", 400),
        payload("8.2 payload null", "COMPUTE_HOST", "null", 400),
        payload("8.2 payload a list", "COMPUTE_HOST", "[]", 400),
        payload("8.2 event null", "COMPUTE_HOST", "{\"event\": null}", 400),
        payload("8.2 event an object", "COMPUTE_HOST", "{\"event\": {}}", 400),
        payload("8.2 a guest's payload for a host", "COMPUTE_HOST", GUEST, 400),
        payload("8.2 a host's payload for a guest", "VM", STOPPED, 400),
        payload(
            "8.2 a long process name",
            "PROCESS",
            "{\"process_name\": \"" + "n".repeat(255) + "\", \"event\": \"STOPPED\"}",
            202),
        payload(
            "8.2 too long a process name",
            "PROCESS",
            "{\"process_name\": \"" + "n".repeat(256) + "\", \"event\": \"STOPPED\"}",
            400),
        payload(
            "8.2 an empty process name",
            "PROCESS",
            "{\"process_name\": \"\", \"event\": \"STOPPED\"}",
            400),
        payload("8.2 process without event", "PROCESS", "{\"process_name\": \"n\"}", 400),
        payload(
            "8.2 process started",
            "PROCESS",
            "{\"process_name\": \"n\", \"event\": \"STARTED\"}",
            202),
        payload(
            "8.2 process with an unknown key",
            "PROCESS",
            "{\"process_name\": \"n\", \"event\": \"STOPPED\", \"x\": \"\"}",
            400),
        payload("8.2 guest without event", "VM", GUEST.replace("\"event\"", "\"x\""), 400),
        payload(
            "8.2 guest without its domain's event",
            "VM",
            GUEST.replace(", \"vir_domain_event\": \"STOPPED_FAILED\"", ""),
            400),
        payload("8.2 guest without uuid", "VM", GUEST.replace("instance_uuid", "x"), 400),
        payload(
            "8.2 guest with a domain event in any words",
            "VM",
            GUEST.replace("STOPPED_FAILED", "x y"),
            202),
        vm("8.2 guest with an emoji in its event", COMPUTE_2, "\\ud83d\\ude00", 202),
        missing("type"),
        missing("hostname"),
        missing("generated_time"),
        missing("payload"),
        rule(
            "8.2 host name null",
            json(
                admin(post(NOTIFICATIONS)),
                NOTIFICATION.replace("\"compute-1\"", "null"),
                "COMPUTE_HOST",
                TIME,
                STOPPED),
            400),
        reportedHost("5.5 host name of 255 is a host name", "x".repeat(255), "registered"),
        reportedHost("5.5 host name of 256 is none", "x".repeat(256), "must be"),
        reportedHost("5.5 host name with dots, dashes and lines", "a.b-c_d", "registered"),
        reportedHost("5.5 empty host name", "", "must be"),
        reportedHost("5.5 host name with a space", "compute 1", "must be"),
        reportedHost("5.5 host name in Greek", "\u03b1", "must be"),
        payload("8.2 lower case type", "compute_host", STOPPED, 400),
        payload("8.2 empty type", "", STOPPED, 400),
        given(
            "update ukemi.host set deleted_at = now()",
            payload("8.2 deleted host", "COMPUTE_HOST", STOPPED, 400)),
        given(
            "update ukemi.failover_segment set enabled = false",
            payload("8.2 disabled segment", "COMPUTE_HOST", STOPPED, 202)),
        given(ON_MAINTENANCE, payload("8.2 on maintenance", "COMPUTE_HOST", STOPPED, 409)),
        given(
            ON_MAINTENANCE,
            payload(
                "8.2 on maintenance, process",
                "PROCESS",
                "{\"process_name\": \"n\", \"event\": \"STOPPED\"}",
                409)),
        given(ON_MAINTENANCE, payload("8.2 on maintenance, guest", "VM", GUEST, 409)),
        given(ON_MAINTENANCE, payload("8.2 schema before maintenance", "COMPUTE_HOST", "{}", 400)),
        given(
            ON_MAINTENANCE.replace("OPERATOR", "RECOVERY"),
            payload("R4 a recovery's maintenance refuses too", "COMPUTE_HOST", STOPPED, 409)),
        given(
            ON_MAINTENANCE.replace("OPERATOR", "PROCESS"),
            payload("R4 a process failure's does not hide a host's", "COMPUTE_HOST", STOPPED, 202)),
        given(
            DEALT_WITH,
            rule(
                "8.3 the same again",
                notification("COMPUTE_HOST", TIME, STOPPED),
                409,
                fault("conflictingRequest", 409))),
        given(
            DEALT_WITH_EARLIER,
            rule("8.3 whatever became of it", notification("COMPUTE_HOST", TIME, STOPPED), 409)),
        given(
            DEALT_WITH_EARLIER,
            payload(
                "8.3 whatever the order of its keys",
                "COMPUTE_HOST",
                "{\"host_status\": \"NORMAL\", \"cluster_status\": \"OFFLINE\","
                    + " \"event\": \"STOPPED\"}",
                409)),
        given(
            DEALT_WITH_EARLIER,
            rule(
                "8.3 180 s later",
                notification("COMPUTE_HOST", "2026-11-22T07:50:24.647680", STOPPED),
                409)),
        given(
            DEALT_WITH_EARLIER,
            rule(
                "8.3 181 s later",
                notification("COMPUTE_HOST", "2026-11-22T07:50:25.647680", STOPPED),
                202)),
        given(
            DEALT_WITH_EARLIER,
            rule("8.3 older by years", notification("COMPUTE_HOST", "2006-11-22", STOPPED), 409)),
        given(
            DEALT_WITH,
            payload("8.3 another payload", "COMPUTE_HOST", "{\"event\": \"STOPPED\"}", 202)),
        given(DEALT_WITH, payload("8.3 another type", "VM", GUEST, 202)),
        given(
            DEALT_WITH,
            rule(
                "8.3 another host",
                json(
                    admin(post(NOTIFICATIONS)),
                    NOTIFICATION.replace("compute-1", "compute-2"),
                    "COMPUTE_HOST",
                    TIME,
                    STOPPED),
                202)),
        given(
            DEALT_WITH_EARLIER
                .replace("'failed'", "'failed', now() - interval '1 h'")
                .replace("status)", "status, received_at)"),
            rule(
                "R5 received long ago, whatever the sender's clock says",
                notification("COMPUTE_HOST", TIME, STOPPED),
                202)),
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
        time("20261122", "2026-11-22T00:00:00.000000"),
        time("2026-11-22T07", "2026-11-22T07:00:00.000000"),
        time("2026-11-22T07:47:24", "2026-11-22T07:47:24.000000"),
        time("2026-11-22T07:47:24.5", "2026-11-22T07:47:24.500000"),
        time("2026-11-22T07:47Z", "2026-11-22T07:47:00.000000"),
        time("20261122T074724Z", "2026-11-22T07:47:24.000000"),
        time("2026-11-22T23:30:00-01:00", "2026-11-23T00:30:00.000000"),
        time("2126-11-22T07:47:24", "2126-11-22T07:47:24.000000"),
        time("1970-01-01T00:00:00", "1970-01-01T00:00:00.000000"),
        noTime("now"),
        noTime("1"),
        noTime("2026-13-01"),
        noTime("2026-11-22T07:60"),
        noTime("22.11.2026"),
        noTime("2026-11-22T07:47:24\\u0000"),
        noTime("\u0662\u0660\u0662\u0666-11-22"),
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
        notified("8.4 by a status in capitals", "?status=FAILED"),
        notified("8.4 by two things", "?status=failed&type=COMPUTE_HOST"),
        notified("8.4 by an unknown type", "?type=x"),
        notified("8.4 by the last of two", "?type=VM&type=COMPUTE_HOST", HOST_FAILURE),
        notified(
            "8.4 by time with a zone", "?generated-since=2026-11-22T10:00:00%2B02:00", VM_FAILURE),
        notified("8.4 by time in another time", "?generated-since=2027-01-01"),
        bad("8.4 by a status of NUL", NOTIFICATIONS + "?status=%00"),
        bad("8.4 by a host of NUL", NOTIFICATIONS + "?source_host_uuid=%00"),
        bad("8.4 by time of NUL", NOTIFICATIONS + "?generated-since=2026-11-22%00"),
        bad("8.4 by no time at all", NOTIFICATIONS + "?generated-since="),
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
        at("1.0", "9 list at 1.0", admin(get(VMOVES)), 200, jsonPath("$.vmoves").value(hasSize(1))),
        at("1.3", "9 list at 1.3", admin(get(VMOVES)), 200, jsonPath("$.vmoves").value(hasSize(1))),
        at("1.0", "9 show at 1.0", admin(get(VMOVES + "/" + VMOVE)), 200),
        given(
            "delete from ukemi.vmove",
            rule("9 none", admin(get(VMOVES)), 200, content().json("{\"vmoves\": []}", true))),
        given(
            "update ukemi.host set deleted_at = now()",
            rule("6.2 vmoves of a deleted host stay", admin(get(VMOVES)), 200)),
        given(
            """
            insert into ukemi.notification
              (uuid, type, source_host_uuid, source_host_name, segment_uuid, payload,
               generated_time, status)
            values ('33333333-3333-4333-8333-333333333333', 'COMPUTE_HOST', '%s', 'compute-9',
                    '%s', '{}', now(), 'finished')
            """
                .formatted(COMPUTE_9, RACK_B),
            rule(
                "9 one of another notification",
                admin(get(NOTIFICATIONS + "/33333333-3333-4333-8333-333333333333/vmoves/" + VMOVE)),
                404)),
        bad("9 by a status of NUL", VMOVES + "?status=%00"),
        rule(
            "9 by the status there is",
            admin(get(VMOVES + "?status=succeeded&type=evacuation")),
            200,
            jsonPath("$.vmoves").value(hasSize(1))),
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
}
