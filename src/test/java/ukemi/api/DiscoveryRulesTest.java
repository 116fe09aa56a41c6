package ukemi.api;

import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.delete;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.put;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;

import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** Sections 2 to 4: discovery, microversions, and who may do what. */
class DiscoveryRulesTest extends WireRules {

  static Stream<Named<Rule>> rules() {
    return Stream.of(discovery(), microversions(), authentication()).flatMap(rules -> rules);
  }

  static Stream<Named<Rule>> discovery() {
    return Stream.of(
        rule(
            "2.1 the root lists the version and needs no token",
            get("/"),
            200,
            content()
                .json(
                    """
                    {"versions": [{"id": "v1.0", "status": "CURRENT",
                     "version": "1.3", "min_version": "1.0",
                     "updated": "2016-07-01T11:33:21Z",
                     "links": [{"rel": "self", "href": "http://localhost/v1/"}]}]}
                    """,
                    true),
            header().doesNotExist(VERSION),
            header().doesNotExist("Vary"),
            header().doesNotExist("X-Openstack-Request-Id")),
        rule("2.1 the method is not looked at", post("/"), 200),
        rule("2.1 nor is it for DELETE", delete("/"), 200),
        rule(
            "2.1 the link has the address that was called",
            get("https://masakari.example:8443/"),
            200,
            jsonPath("$.versions[0].links[0].href").value("https://masakari.example:8443/v1/")),
        rule(
            "2.1 what a proxy says is not believed unasked",
            get("/").header("X-Forwarded-Host", "evil.example").header("X-Forwarded-Proto", "ftp"),
            200,
            jsonPath("$.versions[0].links[0].href").value("http://localhost/v1/")),
        rule(
            "2.1 whatever is accepted",
            get("/").header("Accept", "text/html"),
            200,
            header().string("Content-Type", "application/json")),
        rule(
            "2.2 other paths offer a choice",
            get("/foo/bar"),
            300,
            content()
                .json(
                    """
                    {"choices": [{"id": "v1.0", "status": "CURRENT",
                      "links": [{"rel": "self", "href": "http://localhost/v1/foo/bar"}],
                      "media-types": [{"base": "application/json",
                        "type": "application/vnd.openstack.masakari+json;version=1"}]}]}
                    """,
                    true)),
        rule("2.2 whatever the method", delete("/foo"), 300),
        rule("2.2 the page of failed requests is no address", get("/error"), 300),
        rule("2.2 whatever is accepted", get("/foo").header("Accept", "text/html"), 300),
        rule("2.2 another major version is another path", get("/v2"), 300),
        rule("2.2 a path that only begins like the API's", get("/v1abc"), 300),
        rule("2.2 the web apps' paths are left alone", get("/camunda/nothing"), 404),
        rule("2.2 actuator's paths are left alone", get("/actuator/nothing"), 404),
        rule(
            "2.3 health check",
            get("/healthcheck"),
            200,
            content().string("OK"),
            header().string("Content-Type", startsWith("text/plain"))),
        rule(
            "2.3 health check for those who accept JSON only",
            get("/healthcheck").header("Accept", "application/json"),
            200,
            content().string("OK")),
        rule(
            "2.4 the version by itself, without a token",
            get("/v1"),
            200,
            content()
                .json(
                    """
                    {"version": {"id": "v1.0", "status": "CURRENT",
                      "version": "1.3", "min_version": "1.0",
                      "updated": "2016-07-01T11:33:21Z",
                      "links": [{"rel": "self", "href": "http://localhost/v1/"},
                                {"rel": "describedby", "type": "text/html",
                                 "href": "https://docs.openstack.org/"}],
                      "media-types": [{"base": "application/json",
                        "type": "application/vnd.openstack.masakari+json;version=1"}]}}
                    """,
                    true),
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
        version("3 the lowest", "instance-ha 1.0", 200, "instance-ha 1.0"),
        version("3 in between", "instance-ha 1.1", 200, "instance-ha 1.1"),
        version("3 in between", "instance-ha 1.2", 200, "instance-ha 1.2"),
        version("3 the highest", "instance-ha 1.3", 200, "instance-ha 1.3"),
        version("3 latest", "instance-ha latest", 200, "instance-ha 1.3"),
        version("3 in a list", "compute 2.1, instance-ha 1.1", 200, "instance-ha 1.1"),
        version("3 of another service", "masakari 1.2", 200, "instance-ha 1.0"),
        version("3 of the alias", "ha 1.2", 200, "instance-ha 1.0"),
        version("3 of nova", "compute 2.1", 200, "instance-ha 1.0"),
        version("3 without a version", "instance-ha", 200, "instance-ha 1.0"),
        version("3 without a service", "1.3", 200, "instance-ha 1.0"),
        version("3 empty", "", 200, "instance-ha 1.0"),
        version("3 out of range", "instance-ha 1.4", 406, "instance-ha 1.4"),
        version("3 out of range", "instance-ha 1.10", 406, "instance-ha 1.10"),
        version("3 out of range", "instance-ha 1.9", 406, "instance-ha 1.9"),
        version("3 out of range above", "instance-ha 2.0", 406, "instance-ha 2.0"),
        version("3 malformed: a word", "instance-ha abc", 400, null),
        version("3 malformed: no minor", "instance-ha 1", 400, null),
        version("3 malformed: leading zero", "instance-ha 1.01", 400, null),
        version("3 malformed: major 0", "instance-ha 0.9", 400, null),
        version("3 malformed: three numbers", "instance-ha 1.0.0", 400, null),
        version("3 malformed: no minor after the dot", "instance-ha 1.", 400, null),
        version("3 malformed: a word in capitals", "instance-ha LATEST", 400, null),
        version("3 malformed: a sign", "instance-ha +1.0", 400, null),
        version(
            "3 out of range: huge",
            "instance-ha 1.99999999999999999999",
            406,
            "instance-ha 1.99999999999999999999"),
        rule(
            "3 old-style headers are ignored",
            admin(get(SEGMENTS))
                .header("X-OpenStack-Masakari-API-Version", "9.9")
                .header("X-OpenStack-instance-ha-API-Version", "1.1"),
            200,
            header().string(VERSION, "instance-ha 1.0")),
        rule(
            "3 malformed is a badRequest",
            admin(get(SEGMENTS)).header(VERSION, "instance-ha abc"),
            400,
            fault("badRequest", 400)),
        rule(
            "3 discovery's answers too",
            get("/v1").header(VERSION, "instance-ha 1.2"),
            200,
            header().string(VERSION, "instance-ha 1.2"),
            header().string("Vary", VERSION)),
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
        rule("4 empty token", get(SEGMENTS).header("X-Auth-Token", ""), 401),
        rule(
            "4 401 carries no version",
            get(SEGMENTS).header(VERSION, "instance-ha 1.1"),
            401,
            header().doesNotExist(VERSION)),
        rule("4 no token, hosts", get(HOSTS), 401),
        rule("4 no token, notifications", json(post(NOTIFICATIONS), "{}"), 401),
        rule("4 no token, vmoves", get(VMOVES), 401),
        rule("4 no token, extensions", get("/v1/extensions"), 401),
        rule("4 no token, with the project", get("/v1/" + PROJECT + "/segments"), 401),
        rule("4 discovery needs no role", member(get("/v1/")), 200),
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
        rule(
            "4 not admin, notification, bad payload first",
            json(member(post(NOTIFICATIONS)), NOTIFICATION, "COMPUTE_HOST", TIME, "{}"),
            400),
        rule("4 not admin, not JSON first", json(member(post(HOSTS)), "{"), 400),
        rule(
            "4 not admin, bad update of nothing",
            json(member(put(SEGMENTS + "/" + NOWHERE)), "{\"segment\": {}}"),
            400),
        rule(
            "4 role before what is there",
            json(member(put(SEGMENTS + "/" + NOWHERE)), "{\"segment\": {\"name\": \"x\"}}"),
            403),
        rule(
            "4 schema before what is there",
            json(admin(put(SEGMENTS + "/" + NOWHERE)), "{\"segment\": {\"x\": 1}}"),
            400),
        rule("4 not admin, one extension", member(get("/v1/extensions/segments")), 403),
        rule("4 not admin, one vmove", member(get(VMOVES + "/" + VMOVE)), 403),
        rule("4 not admin, one host", member(get(HOSTS + "/" + COMPUTE_1)), 403),
        rule("4 not admin, one notification", member(get(NOTIFICATIONS + "/" + HOST_FAILURE)), 403),
        rule("4 method before role", member(delete(NOTIFICATIONS + "/" + HOST_FAILURE)), 405),
        rule(
            "4 version before body",
            json(admin(post(SEGMENTS)).header(VERSION, "instance-ha 1.9"), "{"),
            406),
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
}
