package ukemi.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openstack4j.api.types.Facing;
import ukemi.InvalidSetting;

class OpenStackSettingsTest {

  private static final Map<String, Object> PASSWORD =
      Map.of(
          "OS_AUTH_URL", "http://keystone:5000/v3/",
          "OS_USERNAME", "ukemi",
          "OS_PASSWORD", "s3${cr}et",
          "OS_USER_DOMAIN_NAME", "Default",
          "OS_PROJECT_NAME", "admin",
          "OS_PROJECT_DOMAIN_ID", "default");

  @TempDir Path folder;

  @Test
  void aPasswordLogsInToAProject() throws IOException {
    OpenStackSettings settings = OpenStackStub.settings(PASSWORD);
    assertThat(settings.authUrl()).hasToString("http://keystone:5000/v3");
    assertThat(settings.facing()).isEqualTo(Facing.PUBLIC);
    assertThat(settings.region()).isEmpty();
    assertThat(settings.tls()).isNull();
    assertThat(login(settings))
        .isEqualTo(
            json(
                """
                {"auth": {"identity": {"methods": ["password"], "password": {"user":
                   {"name": "ukemi", "domain": {"name": "Default"}, "password": "s3${cr}et"}}},
                 "scope": {"project": {"name": "admin", "domain": {"id": "default"}}}}}
                """));
  }

  @Test
  void anApplicationCredentialNeedsNeitherUserNorProject() throws IOException {
    OpenStackSettings settings =
        OpenStackStub.settings(
            Map.of(
                "OS_AUTH_TYPE", "v3applicationcredential",
                "OS_AUTH_URL", "https://keystone:5000",
                "OS_APPLICATION_CREDENTIAL_ID", "abc",
                "OS_APPLICATION_CREDENTIAL_SECRET", "s",
                "OS_INTERFACE", "internal"));
    assertThat(settings.authUrl()).hasToString("https://keystone:5000/v3");
    assertThat(settings.facing()).isEqualTo(Facing.INTERNAL);
    assertThat(login(settings))
        .isEqualTo(
            json(
                """
                {"auth": {"identity": {"methods": ["application_credential"],
                  "application_credential": {"id": "abc", "secret": "s"}}}}
                """));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "OS_AUTH_URL",
        "OS_USERNAME",
        "OS_PASSWORD",
        "OS_USER_DOMAIN_NAME",
        "OS_PROJECT_NAME"
      })
  void aMissingSettingIsNamed(String name) {
    Map<String, Object> values = new HashMap<>(PASSWORD);
    values.put(name, "");
    assertInvalid(values, name, "is missing");
  }

  @ParameterizedTest
  @CsvSource({
    "OS_AUTH_URL,keystone",
    "OS_AUTH_URL,ftp://keystone",
    "OS_AUTH_URL,http://keystone:5000/v2.0",
    "OS_AUTH_URL,http://key stone",
    "OS_INTERFACE,outside",
    "OS_AUTH_TYPE,v3token",
    "OS_APPLICATION_CREDENTIAL_ID,x",
    "OS_CACERT,/no/such/file",
    "OS_CLOUD,nowhere"
  })
  void aWrongSettingStopsTheStart(String name, String value) {
    Map<String, Object> values = new HashMap<>(PASSWORD);
    values.put(name, value);
    String named = name.startsWith("OS_APPLICATION") ? "OS_AUTH_TYPE" : name;
    assertInvalid(values, named, "");
  }

  @Test
  void aCloudOfAFileIsCompletedBySettingsAndSecrets() throws IOException {
    Path file = folder.resolve("clouds.yaml");
    Files.writeString(
        file,
        """
        clouds:
          other: {auth: {auth_url: "http://other/v3"}}
          prod:
            region_name: RegionTwo
            interface: admin
            auth:
              auth_url: https://keystone/v3
              username: ukemi
              user_domain_name: Default
              project_id: 42
        """);
    Map<String, Object> values = new HashMap<>();
    values.put("OS_CLOUD", "prod");
    values.put("OS_CLIENT_CONFIG_FILE", file.toString());
    assertInvalid(values, "OS_PASSWORD", "is missing (cloud prod of " + file + ")");

    Files.writeString(
        folder.resolve("secure.yaml"), "clouds: {prod: {auth: {password: from the file}}}");
    OpenStackSettings settings = OpenStackStub.settings(values);
    assertThat(settings.region()).contains("RegionTwo");
    assertThat(settings.facing()).isEqualTo(Facing.ADMIN);
    assertThat(login(settings).at("/auth/scope/project/id").asText()).isEqualTo("42");
    assertThat(settings.login()).contains("from the file");

    values.put("OS_PASSWORD", "from the setting");
    assertThat(OpenStackStub.settings(values).login()).contains("from the setting");
    values.put("OS_CLOUD", "nowhere");
    assertInvalid(values, "OS_CLOUD", "is nowhere");
  }

  @Test
  void noTextShowsASecret() throws IOException {
    assertThat(OpenStackStub.settings(PASSWORD).toString()).doesNotContain("et");
    Path file = folder.resolve("clouds.yaml");
    Files.writeString(file, "clouds: {prod: {auth: {password: hunter2, : ]");
    Map<String, Object> values =
        Map.of("OS_CLOUD", "prod", "OS_CLIENT_CONFIG_FILE", file.toString());
    assertThatThrownBy(() -> OpenStackStub.settings(values))
        .isInstanceOf(InvalidSetting.class)
        .hasNoCause()
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void certificatesAreNotSilentlyUnchecked() throws IOException {
    Path file = folder.resolve("clouds.yaml");
    Files.writeString(file, "clouds: {prod: {verify: false, auth: {auth_url: 'https://k/v3'}}}");
    Map<String, Object> values =
        Map.of("OS_CLOUD", "prod", "OS_CLIENT_CONFIG_FILE", file.toString());
    assertThatThrownBy(() -> OpenStackStub.settings(values))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("cacert");
  }

  private static void assertInvalid(Map<String, Object> values, String name, String problem) {
    assertThatThrownBy(() -> OpenStackStub.settings(values))
        .isInstanceOfSatisfying(
            InvalidSetting.class,
            invalid -> {
              assertThat(invalid.name()).isEqualTo(name);
              assertThat(invalid.problem()).contains(problem);
              assertThat(invalid.getMessage()).doesNotContain("s3$");
            });
  }

  private static JsonNode login(OpenStackSettings settings) throws IOException {
    return json(settings.login());
  }

  private static JsonNode json(String text) throws IOException {
    return new ObjectMapper().readTree(text);
  }
}
