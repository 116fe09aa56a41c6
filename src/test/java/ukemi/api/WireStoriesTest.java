package ukemi.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.delete;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.put;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;

/** Rules of the wire contract that take more than one request. */
class WireStoriesTest extends SlimApplicationTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path folder;

  @Autowired private Environment environment;

  @DynamicPropertySource
  static void settings(DynamicPropertyRegistry settings) {
    settings.add("ukemi.healthcheck.disable-file", () -> folder.resolve("disabled").toString());
  }

  @Test
  void section1ThePortIsMasakaris() {
    assertThat(environment.getProperty("server.port")).isEqualTo("15868");
  }

  @Test
  void section2AnOperatorTakesTheNodeOutOfTheLoadBalancerWithAFile() throws Exception {
    assertThat(perform(get("/healthcheck")).getStatus()).isEqualTo(200);

    Files.createFile(folder.resolve("disabled"));

    MockHttpServletResponse disabled = perform(get("/healthcheck"));
    assertThat(disabled.getStatus()).isEqualTo(503);
    assertThat(disabled.getContentAsString()).isEqualTo("DISABLED BY FILE");
    // the API itself goes on
    assertThat(perform(get("/v1/segments")).getStatus()).isEqualTo(200);

    Files.delete(folder.resolve("disabled"));
    assertThat(perform(get("/healthcheck")).getStatus()).isEqualTo(200);
  }

  @Test
  void section5EveryAnswerHasARequestIdOfItsOwn() throws Exception {
    assertThat(perform(get("/v1/segments")).getHeader("X-Openstack-Request-Id"))
        .isNotEqualTo(perform(get("/v1/segments")).getHeader("X-Openstack-Request-Id"));
  }

  @Test
  void section5IdsAreNeverUsedAgain() throws Exception {
    JsonNode first = created("rack-c");
    assertThat(perform(delete("/v1/segments/" + first.get("uuid").asText())).getStatus())
        .isEqualTo(204);

    assertThat(created("rack-c").get("id").asLong()).isGreaterThan(first.get("id").asLong());
  }

  @Test
  void section5APageAfterTheOtherEndsAndHasEverything() throws Exception {
    for (int i = 0; i < 5; i++) {
      created("more-" + i);
    }
    List<String> names = new ArrayList<>();
    JsonNode page = json(perform(get("/v1/segments?limit=2"))).get("segments");
    while (!page.isEmpty()) {
      page.forEach(segment -> names.add(segment.get("name").asText()));
      long last = page.get(page.size() - 1).get("id").asLong();
      page = json(perform(get("/v1/segments?limit=2&marker=" + last))).get("segments");
    }
    assertThat(names)
        .containsExactly("more-4", "more-3", "more-2", "more-1", "more-0", "rack-b", "rack-a");
  }

  @Test
  void section6AChangeIsDatedAndTheRestIsKept() throws Exception {
    JsonNode before = json(perform(get("/v1/segments/" + RACK_A))).get("segment");
    assertThat(before.get("updated_at").isNull()).isTrue();

    JsonNode after =
        json(perform(
                put("/v1/segments/" + RACK_A).content("{\"segment\": {\"description\": \"x\"}}")))
            .get("segment");

    assertThat(after.get("updated_at").asText()).matches(".{19}\\.000000");
    assertThat(after.get("created_at")).isEqualTo(before.get("created_at"));
    assertThat(after.get("uuid")).isEqualTo(before.get("uuid"));
    assertThat(json(perform(get("/v1/segments/" + RACK_A))).get("segment")).isEqualTo(after);
  }

  @Test
  void section11WhatIsCreatedCanBeReadAtOnceAndIsTheSame() throws Exception {
    JsonNode segment = created("rack-c");
    String uuid = segment.get("uuid").asText();
    assertThat(json(perform(get("/v1/segments/" + uuid))).get("segment")).isEqualTo(segment);

    JsonNode host =
        json(perform(
                post("/v1/segments/" + uuid + "/hosts")
                    .content(
                        """
                            {"host": {"name": "compute-5", "type": "COMPUTE",
                             "control_attributes": "SSH"}}
                            """)))
            .get("host");
    assertThat(
            json(perform(get("/v1/segments/" + uuid + "/hosts/" + host.get("uuid").asText())))
                .get("host"))
        .isEqualTo(host);

    JsonNode notification =
        json(perform(
                post("/v1/notifications")
                    .content(
                        """
                            {"notification": {"type": "COMPUTE_HOST", "hostname": "compute-5",
                             "generated_time": "2026-11-22T07:47:24.647680",
                             "payload": {"event": "STOPPED"}}}
                            """)))
            .get("notification");
    assertThat(
            json(perform(
                    get("/v1/notifications/" + notification.get("notification_uuid").asText())))
                .get("notification"))
        .isEqualTo(notification);
  }

  @Test
  void section11ASecondDeleteFindsNothing() throws Exception {
    String host = "/v1/segments/" + RACK_A + "/hosts/" + COMPUTE_1;
    assertThat(perform(delete(host)).getStatus()).isEqualTo(204);
    assertThat(perform(delete(host)).getStatus()).isEqualTo(404);
    assertThat(perform(delete("/v1/segments/" + RACK_A)).getStatus()).isEqualTo(204);
    assertThat(perform(delete("/v1/segments/" + RACK_A)).getStatus()).isEqualTo(404);
  }

  private JsonNode created(String segment) throws Exception {
    return json(perform(
            post("/v1/segments")
                .content(
                    """
                        {"segment": {"name": "%s", "recovery_method": "auto",
                         "service_type": "COMPUTE"}}
                        """
                        .formatted(segment))))
        .get("segment");
  }

  private MockHttpServletResponse perform(MockHttpServletRequestBuilder request) throws Exception {
    return mvc.perform(request.header("X-Auth-Token", "admin")).andReturn().getResponse();
  }

  private static JsonNode json(MockHttpServletResponse response) throws Exception {
    return JSON.readTree(response.getContentAsString());
  }
}
