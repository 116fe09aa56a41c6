package ukemi.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.mock.env.MockEnvironment;
import ukemi.InvalidSetting;

class RolePolicyTest {

  @TempDir Path folder;

  @Test
  void theShippedFileHasEveryRuleAndAdminMayEverything() {
    assertThat(PolicyFile.shipped()).containsOnlyKeys(Permission.values());
    RolePolicy policy = new RolePolicy(new PolicySettings(null));
    for (Permission permission : Permission.values()) {
      assertThat(policy.allows(caller("ADMIN"), permission)).isTrue();
      assertThat(policy.allows(caller("service"), permission)).isFalse();
      assertThat(policy.allows(caller(), permission)).isFalse();
    }
  }

  /** Keystone implies it for whoever is a member of any project. */
  @Test
  void aReaderOfAnotherProjectReadsNothing() throws IOException {
    RolePolicy policy =
        policy("os_masakari_api:os-hosts:index: [admin, Reader]\nukemi:runbooks:reload: [chief]");
    Caller tenant = new Caller("u", "u", "q", false, Set.of("member", "READER", "chief"));
    assertThat(policy.allows(tenant, Permission.VMOVES_INDEX)).isFalse();
    assertThat(policy.allows(tenant, Permission.HOSTS_INDEX)).isFalse();
    assertThat(policy.allows(caller("reader"), Permission.HOSTS_INDEX)).isTrue();
    assertThat(policy.allows(tenant, Permission.RUNBOOKS_RELOAD)).isTrue();
  }

  @Test
  void onlyAnAdminReadsRunbooks() {
    assertThat(PolicyFile.shipped().get(Permission.RUNBOOKS_DETAIL)).containsExactly("admin");
  }

  @Test
  void anOperatorsFileReplacesTheRulesItHasAndNoOthers() throws IOException {
    RolePolicy policy =
        policy(
            """
            # the monitors of this site
            os_masakari_api:notifications:create: [watchdog]
            os_masakari_api:vmoves:index:
              - admin
              - auditor
            """);
    assertThat(policy.roles(Permission.NOTIFICATIONS_CREATE)).containsExactly("watchdog");
    assertThat(policy.allows(caller("admin"), Permission.NOTIFICATIONS_CREATE)).isFalse();
    assertThat(policy.allows(caller("x", "Auditor"), Permission.VMOVES_INDEX)).isTrue();
    assertThat(policy.allows(caller("reader"), Permission.VMOVES_INDEX)).isFalse();
    assertThat(policy.allows(caller("reader"), Permission.VMOVES_DETAIL)).isTrue();
  }

  @Test
  void theSettingIsOnThePropertyAndOnTheVariable() {
    MockEnvironment environment = new MockEnvironment();
    environment.setProperty("ukemi.policy-file", "/x/policy.yaml");
    assertThat(Binder.get(environment).bindOrCreate("ukemi", PolicySettings.class).policyFile())
        .isEqualTo("/x/policy.yaml");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          os_masakari_api:segment:index: [admin]              | unknown rule "os_masakari_api:segment:index" | os_masakari_api:segments:index
          os_masakari_api:segments:index: []                  | no role for os_masakari_api:segments:index | a list of roles
          os_masakari_api:segments:index:                     | no list of roles for os_masakari_api:segments:index | a list of roles
          os_masakari_api:segments:index: role:admin          | no list of roles for os_masakari_api:segments:index | oslo.policy
          os_masakari_api:segments:index: ["role:admin"]      | "role:admin" for os_masakari_api:segments:index, which is no role | a list of roles
          os_masakari_api:segments:index: [admin, 7]          | "7" for os_masakari_api:segments:index | a list of roles
          os_masakari_api:segments:index: [admin, ""]         | which is no role | a list of roles
          os_masakari_api:segments:index: [admin              | is no YAML: | such as os_masakari_api:segments:index: [admin, reader]
          !!javax.script.ScriptEngineManager []               | is no YAML | such as
          [admin]                                             | has no rules | such as
          # nothing                                           | has no rules | such as
          """)
  void aWrongFileStopsTheStartWithItsNameAndWhatIsExpected(
      String text, String problem, String expected) {
    assertThatThrownBy(() -> policy(text))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageStartingWith("UKEMI_POLICY_FILE: " + folder)
        .hasMessageContaining(problem)
        .extracting(e -> ((InvalidSetting) e).expected())
        .asString()
        .contains(expected);
  }

  @Test
  void aRuleThatIsThereTwiceIsRefused() {
    assertThatThrownBy(
            () ->
                policy(
                    """
                    ukemi:runbooks:reload: [admin]
                    ukemi:runbooks:reload: [member]
                    """))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("duplicate key ukemi:runbooks:reload");
  }

  @Test
  void aFileThatIsNotThereStopsTheStart() {
    assertThatThrownBy(() -> new RolePolicy(new PolicySettings(folder + "/none.yaml")))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("none.yaml can't be read");
    assertThatThrownBy(() -> new RolePolicy(new PolicySettings(" ")))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("it is empty");
  }

  private RolePolicy policy(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("policy.yaml"), text);
    return new RolePolicy(new PolicySettings(file.toString()));
  }

  private static Caller caller(String... roles) {
    return new Caller("u", "u", "p", true, Set.of(roles));
  }
}
