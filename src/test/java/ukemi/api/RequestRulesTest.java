package ukemi.api;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.hasLength;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.lessThan;
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

import java.net.URI;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** Sections 1, 5.1 to 5.6 and 10: addresses, bodies, headers and routes. */
class RequestRulesTest extends WireRules {

  static Stream<Named<Rule>> rules() {
    return Stream.of(requests(), routes(), runbooks()).flatMap(rules -> rules);
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
        withProject("1 with the project, one segment", get(ours(SEGMENTS + "/" + RACK_A)), 200),
        withProject(
            "1 with the project, new segment", json(post(ours(SEGMENTS)), NEW_SEGMENT, ""), 201),
        withProject(
            "1 with the project, changed segment",
            json(put(ours(SEGMENTS + "/" + RACK_A)), "{\"segment\": {\"name\": \"x\"}}"),
            200),
        withProject("1 with the project, no segment", delete(ours(SEGMENTS + "/" + RACK_A)), 204),
        withProject("1 with the project, hosts", get(ours(HOSTS)), 200),
        withProject(
            "1 with the project, new host",
            json(post(ours(HOSTS)), NEW_HOST, "compute-5", ""),
            201),
        withProject(
            "1 with the project, changed host",
            json(put(ours(HOSTS + "/" + COMPUTE_1)), "{\"host\": {\"reserved\": true}}"),
            200),
        withProject("1 with the project, no host", delete(ours(HOSTS + "/" + COMPUTE_1)), 204),
        withProject("1 with the project, notifications", get(ours(NOTIFICATIONS)), 200),
        withProject(
            "1 with the project, notification",
            json(post(ours(NOTIFICATIONS)), NOTIFICATION, "COMPUTE_HOST", TIME, STOPPED),
            202),
        withProject(
            "1 with the project, one notification",
            get(ours(NOTIFICATIONS + "/" + HOST_FAILURE)),
            200),
        withProject("1 with the project, one vmove", get(ours(VMOVES + "/" + VMOVE)), 200),
        withProject("1 with the project, extensions", get(ours("/v1/extensions")), 200),
        withProject("1 with the project, one extension", get(ours("/v1/extensions/segments")), 200),
        withProject("1 with the project, unrouted", put(ours(SEGMENTS)), 404),
        withProject("1 with the project, trailing slash", get(ours(SEGMENTS + "/")), 404),
        withProject(
            "1 with the project, not implemented",
            delete(ours(NOTIFICATIONS + "/" + HOST_FAILURE)),
            405),
        rule("1 another project, hosts", admin(get("/v1/abc" + HOSTS.substring(3))), 400),
        rule("1 another project, notifications", admin(get("/v1/abc/notifications")), 400),
        rule("1 another project, vmoves", admin(get("/v1/abc" + VMOVES.substring(3))), 400),
        rule("1 another project, extensions", admin(get("/v1/abc/extensions")), 400),
        rule(
            "1 another project, with a body",
            json(admin(post("/v1/abc/segments")), NEW_SEGMENT, ""),
            400,
            fault("badRequest", 400)),
        rule("1 no project's id", admin(get("/v1/xyz/segments")), 404),
        rule("1 no project's id: capitals", admin(get("/v1/ABC/segments")), 404),
        rule(
            "1 with the project, everybody's segments",
            admin(get("/v1/" + PROJECT + "/segments")),
            200,
            jsonPath("$.segments").value(hasSize(2))),
        rule(
            "1 suffix .json",
            admin(get(SEGMENTS + "/" + RACK_A + ".json")),
            200,
            jsonPath("$.segment.uuid").value(RACK_A)),
        rule("1 suffix .xml", admin(get(SEGMENTS + ".xml")), 200),
        rule("1 suffix on POST", json(admin(post(SEGMENTS + ".json")), NEW_SEGMENT, ""), 201),
        rule("1 suffix on hosts", admin(get(HOSTS + ".json")), 200),
        rule("1 suffix on one host", admin(get(HOSTS + "/" + COMPUTE_1 + ".xml")), 200),
        rule("1 suffix on notifications", admin(get(NOTIFICATIONS + ".json?limit=1")), 200),
        rule("1 suffix on vmoves", admin(get(VMOVES + ".json")), 200),
        withProject("1 suffix with the project", get(ours(SEGMENTS + ".json")), 200),
        rule("1 trailing slash", admin(get(SEGMENTS + "/")), 404),
        rule("1 trailing slash, hosts", admin(get(HOSTS + "/")), 404),
        rule("1 trailing slash, notifications", admin(get(NOTIFICATIONS + "/")), 404),
        rule("1 trailing slash, vmoves", admin(get(VMOVES + "/")), 404),
        rule("5.1 vendor content type", segment("application/vnd.openstack.masakari+json"), 201),
        rule("5.1 plain text", segment("text/plain; charset=utf-8"), 201),
        rule("5.1 no content type", admin(post(SEGMENTS)).content(NEW_SEGMENT.formatted("")), 201),
        rule("5.1 in other letters", segment("Application/JSON"), 201),
        rule("5.1 a list of types", segment("application/json, text/plain"), 415),
        rule("5.1 of many parts", segment("multipart/form-data"), 415),
        rule("5.1 XML", segment("application/xml"), 415, fault("badMediaType", 415)),
        rule("5.1 form", segment("application/x-www-form-urlencoded"), 415),
        rule(
            "5.1 XML without a body",
            admin(get(SEGMENTS)).header("Content-Type", "application/xml"),
            415),
        rule("5.1 no sense", admin(get(SEGMENTS)).header("Content-Type", "what is this"), 415),
        rule(
            "5.1 XML on DELETE",
            admin(delete(SEGMENTS + "/" + RACK_A)).header("Content-Type", "application/xml"),
            415),
        rule(
            "5.1 a form on PUT",
            admin(put(SEGMENTS + "/" + RACK_A))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .content("a=%zz"),
            415,
            fault("badMediaType", 415)),
        rule("5.1 empty body", admin(post(SEGMENTS)), 400, fault("badRequest", 400)),
        rule("5.1 empty body on PUT", admin(put(SEGMENTS + "/" + RACK_A)), 400),
        rule("5.1 empty body of a host", admin(post(HOSTS)), 400),
        rule("5.1 empty body of a notification", admin(post(NOTIFICATIONS)), 400),
        rule("5.1 a string", json(admin(post(SEGMENTS)), "\"segment\""), 400),
        rule("5.1 a number", json(admin(post(SEGMENTS)), "1"), 400),
        rule("5.1 not a number", json(admin(post(SEGMENTS)), "{\"segment\": NaN}"), 400),
        rule("5.1 a byte order mark", json(admin(post(SEGMENTS)), "\ufeff{}"), 400),
        rule("5.1 a number too long", json(admin(post(SEGMENTS)), "9".repeat(100000)), 400),
        rule(
            "5.1 the last of two equal keys counts",
            json(
                admin(post(SEGMENTS)),
                "{\"segment\": 1, \"segment\": {\"name\": 1, \"name\": \"b\","
                    + " \"recovery_method\": \"auto\", \"service_type\": \"C\"}}"),
            201,
            jsonPath("$.segment.name").value("b")),
        rule(
            "5.1 a key that is half a character is told of",
            json(admin(post(SEGMENTS)), "{\"segment\": {}, \"\\ud800\": 1}"),
            400,
            fault("badRequest", 400)),
        rule(
            "5.1 a key that is no character at all",
            json(admin(post(SEGMENTS)), "{\"\\u0000\": 1}"),
            400,
            fault("badRequest", 400)),
        rule(
            "5.1 a long key is not told back in full",
            json(
                admin(put(SEGMENTS + "/" + RACK_A)),
                "{\"segment\": {\"" + "k".repeat(40000) + "\": 1}}"),
            400,
            jsonPath("$.badRequest.message").value(hasLength(lessThan(10000)))),
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
        rule(
            "5.1 too large",
            json(admin(post(SEGMENTS)), " ".repeat(114689)),
            413,
            fault("overLimit", 413)),
        rule("5.1 just not too large", json(admin(post(SEGMENTS)), " ".repeat(114688)), 400),
        rule(
            "5.2 vendor type is echoed",
            admin(get(SEGMENTS)).header("Accept", "application/vnd.openstack.masakari+json"),
            200,
            header().string("Content-Type", "application/vnd.openstack.masakari+json")),
        rule(
            "5.2 vendor type among others",
            admin(get(SEGMENTS))
                .header("Accept", "application/vnd.openstack.masakari+json, application/json;q=.5"),
            200,
            header().string("Content-Type", "application/vnd.openstack.masakari+json")),
        rule(
            "5.2 an Accept without sense",
            admin(get(SEGMENTS)).header("Accept", "///"),
            200,
            header().string("Content-Type", "application/json")),
        rule(
            "5.2 an encoded address is the same address",
            admin(get(URI.create("/%761/segments"))).header("Accept", "application/xml"),
            200,
            header().string("Content-Type", "application/json")),
        rule(
            "5.2 a list has nothing beside it",
            admin(get(SEGMENTS + "?limit=1")),
            200,
            jsonPath("$.length()").value(1)),
        rule(
            "5.2 DELETE has no content",
            admin(delete(SEGMENTS + "/" + RACK_A)),
            204,
            header().doesNotExist("Content-Type"),
            content().string("")),
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
        requestId("5.2 request id on a 401", get(SEGMENTS), 401),
        requestId("5.2 request id on a 400", json(admin(post(SEGMENTS)), "{"), 400),
        requestId("5.2 request id on a 404", admin(get("/v1/foo")), 404),
        requestId("5.2 request id on a 405", admin(post("/v1/extensions")), 405),
        requestId(
            "5.2 request id on a 406",
            admin(get(SEGMENTS)).header(VERSION, "instance-ha 1.9"),
            406),
        requestId("5.2 request id on a 413", json(admin(post(SEGMENTS)), " ".repeat(114689)), 413),
        requestId("5.2 request id on a 415", segment("application/xml"), 415),
        requestId("5.2 request id on a 204", admin(delete(SEGMENTS + "/" + RACK_A)), 204),
        requestId("5.2 request id of discovery", get("/v1"), 200),
        requestId(
            "5.2 a request id that is none",
            admin(get(SEGMENTS)).header("X-OpenStack-Request-ID", "req-\u00e4 {}"),
            200));
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
        rule("5.6 PATCH of a host", admin(patch(HOSTS + "/" + COMPUTE_1)), 404),
        rule("5.6 PUT on hosts", admin(put(HOSTS)), 404),
        rule("5.6 DELETE on hosts", admin(delete(HOSTS)), 404),
        rule("5.6 POST on a host", admin(post(HOSTS + "/" + COMPUTE_1)), 404),
        rule("5.6 POST on a notification", admin(post(NOTIFICATIONS + "/" + HOST_FAILURE)), 404),
        rule("5.6 DELETE on segments", admin(delete(SEGMENTS)), 404),
        rule("5.6 PUT on notifications", admin(put(NOTIFICATIONS)), 404),
        rule("5.6 PUT on vmoves", admin(put(VMOVES)), 404),
        rule("5.6 HEAD of a member", admin(head(HOSTS + "/" + COMPUTE_1)), 404),
        rule("5.6 HEAD of discovery", head("/v1"), 404),
        rule("5.6 a path below a member", admin(get(HOSTS + "/" + COMPUTE_1 + "/x")), 404),
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
        rule("5.6 PUT of an extension", admin(put("/v1/extensions/segments")), 405),
        rule("5.6 action on an extension", admin(post("/v1/extensions/segments/action")), 405),
        rule(
            "5.6 action on a notification",
            admin(post(NOTIFICATIONS + "/" + HOST_FAILURE + "/action")),
            405),
        rule("5.6 action on a vmove", admin(post(VMOVES + "/" + VMOVE + "/action")), 405),
        rule("5.6 new vmove", admin(get(VMOVES + "/new")), 405),
        rule("5.6 new extension", admin(get("/v1/extensions/new")), 405),
        rule(
            "5.6 edit a notification",
            admin(get(NOTIFICATIONS + "/" + HOST_FAILURE + "/edit")),
            405),
        rule("5.6 edit a vmove", admin(get(VMOVES + "/" + VMOVE + "/edit")), 405),
        rule("5.6 edit an extension", admin(get("/v1/extensions/segments/edit")), 405),
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
            content()
                .json(
                    """
                    {"extension": {"name": "Hosts", "alias": "os-hosts", "namespace": "",
                     "updated": "", "links": []}}
                    """),
            jsonPath("$.extension.description").isNotEmpty()),
        rule(
            "10 their names",
            admin(get("/v1/extensions")),
            200,
            jsonPath("$.extensions[*].name")
                .value(
                    contains(
                        "Extensions", "Notifications", "Hosts", "Segments", "Versions", "vmoves"))),
        rule("10 no such extension", admin(get("/v1/extensions/x")), 404));
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
}
