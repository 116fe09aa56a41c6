package ukemi.api;

import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** Section 5.7: limit, marker and sorting of every list. */
class ListRulesTest extends WireRules {

  static Stream<Named<Rule>> rules() {
    return Stream.of(everyList(), lists()).flatMap(rules -> rules);
  }

  /** Every list takes every scalar column of its objects as a key, and the same parameters. */
  static Stream<Named<Rule>> everyList() {
    Map<String, List<String>> keys =
        Map.of(
            SEGMENTS,
            List.of("uuid", "name", "service_type", "enabled", "description", "recovery_method"),
            HOSTS,
            List.of(
                "uuid",
                "name",
                "failover_segment_id",
                "type",
                "reserved",
                "control_attributes",
                "on_maintenance"),
            NOTIFICATIONS,
            List.of(
                "notification_uuid",
                "generated_time",
                "source_host_uuid",
                "type",
                "payload",
                "status",
                "failover_segment_uuid",
                "message"),
            VMOVES,
            List.of(
                "uuid",
                "notification_uuid",
                "instance_uuid",
                "instance_name",
                "source_host",
                "dest_host",
                "start_time",
                "end_time",
                "type",
                "status",
                "message"));
    List<String> all = List.of("id", "created_at", "updated_at", "deleted_at", "deleted");
    return keys.entrySet().stream()
        .flatMap(
            list ->
                Stream.of(
                        Stream.concat(all.stream(), list.getValue().stream())
                            .flatMap(
                                key ->
                                    Stream.of("asc", "desc")
                                        .map(
                                            way ->
                                                "?sort_key=%s&sort_dir=%s&marker=1"
                                                    .formatted(key, way)))
                            .map(query -> rule("5.7 " + list.getKey() + query, list, query, 200)),
                        Stream.of("?limit=0", "?limit=1000", "?limit=1001", "?page_size=5", "?x=y")
                            .map(query -> rule("5.7 " + list.getKey() + query, list, query, 200)),
                        Stream.of(
                                "?limit=-1",
                                "?limit=1.0",
                                "?limit=",
                                "?limit=%00",
                                "?page_size=x",
                                "?marker=77",
                                "?marker=x",
                                "?marker=",
                                "?marker=%00",
                                "?marker=-1",
                                "?marker=99999999999999999999",
                                "?marker=" + NOWHERE,
                                "?sort_key=",
                                "?sort_key=%00",
                                "?sort_key=no_such_column",
                                "?sort_key=id&sort_key=no_such_column",
                                "?sort_key=id%20desc",
                                "?sort_dir=up",
                                "?sort_dir=ASC",
                                "?sort_dir=",
                                "?sort_dir=asc&sort_dir=asc")
                            .map(query -> rule("5.7 " + list.getKey() + query, list, query, 400)))
                    .flatMap(rules -> rules));
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
        names(
            "5.7 several keys, several directions",
            "?sort_key=enabled&sort_key=name&sort_dir=asc&sort_dir=desc",
            "rack-b",
            "rack-a"),
        names(
            "5.7 several keys, one direction for all",
            "?sort_key=enabled&sort_key=name&sort_dir=asc",
            "rack-a",
            "rack-b"),
        names(
            "5.7 marker among several keys",
            "?sort_key=enabled&sort_key=name&sort_dir=asc&sort_dir=desc&marker=2",
            "rack-a"),
        given(
            "update ukemi.failover_segment set created_at = '2026-11-22T07:30:52Z'",
            names("5.7 ties are settled by id, downwards", "", "rack-b", "rack-a")),
        given(
            "update ukemi.failover_segment set created_at = '2026-11-22T07:30:52Z'",
            names(
                "5.7 ties are settled in the first direction",
                "?sort_key=enabled&sort_dir=asc",
                "rack-a",
                "rack-b")),
        given(
            "update ukemi.failover_segment set deleted_at = now() where name = 'rack-b'",
            names("5.7 a deleted one is not listed", "", "rack-a")),
        given(
            "update ukemi.failover_segment set deleted_at = now() where name = 'rack-b'",
            names("5.7 a deleted one is a marker still", "?marker=2", "rack-a")),
        given(
            """
            insert into ukemi.failover_segment (uuid, name, service_type, recovery_method)
            select gen_random_uuid(), 'more-' || n, 'COMPUTE', 'auto'
              from generate_series(1, 1000) n
            """,
            rule(
                "5.7 at most 1000",
                admin(get(SEGMENTS)),
                200,
                jsonPath("$.segments").value(hasSize(1000)))),
        given(
            """
            insert into ukemi.failover_segment (uuid, name, service_type, recovery_method)
            select gen_random_uuid(), 'more-' || n, 'COMPUTE', 'auto'
              from generate_series(1, 1000) n
            """,
            rule(
                "5.7 at most 1000, whatever is asked for",
                admin(get(SEGMENTS + "?limit=5000")),
                200,
                jsonPath("$.segments").value(hasSize(1000)))),
        names("5.7 page_size is ignored", "?page_size=1", "rack-b", "rack-a"),
        names("5.7 unknown parameters are ignored", "?x=y&uuid=z", "rack-b", "rack-a"),
        rule(
            "5.7 limit 0",
            admin(get(SEGMENTS + "?limit=0")),
            200,
            jsonPath("$.segments").value(empty())),
        bad("5.7 page_size negative", SEGMENTS + "?page_size=-1"),
        bad("5.7 a name is no marker", SEGMENTS + "?marker=rack-a"),
        bad("5.7 a column of another list", SEGMENTS + "?sort_key=type"),
        bad("5.7 sort key tries SQL", SEGMENTS + "?sort_key=name;drop table x"),
        bad("5.7 more directions", SEGMENTS + "?sort_key=name&sort_dir=asc&sort_dir=asc"),
        bad("7.2 not by the segment", HOSTS + "?sort_key=failover_segment"),
        bad("5.7 notifications have no host name", NOTIFICATIONS + "?sort_key=hostname"));
  }

  private static Named<Rule> rule(
      String name, Map.Entry<String, ?> list, String query, int status) {
    return status == 400
        ? rule(name, admin(get(URI.create(list.getKey() + query))), 400, fault("badRequest", 400))
        : rule(name, admin(get(URI.create(list.getKey() + query))), status);
  }
}
