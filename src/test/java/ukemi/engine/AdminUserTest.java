package ukemi.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.regex.Pattern;
import org.camunda.bpm.engine.AuthorizationService;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.authorization.Permission;
import org.camunda.bpm.engine.authorization.Permissions;
import org.camunda.bpm.engine.authorization.ProcessDefinitionPermissions;
import org.camunda.bpm.engine.authorization.Resources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import ukemi.InvalidSetting;
import ukemi.database.TestDatabase;

@ExtendWith(OutputCaptureExtension.class)
class AdminUserTest {

  private static final Pattern PRINTED = Pattern.compile("with the password (\\S+)");

  @Test
  void aPasswordIsMadeAtTheFirstStartPrintedOnceAndWorks(CapturedOutput output) {
    String database = TestDatabase.newDatabase();
    try (ConfigurableApplicationContext house = EngineHouse.start(database)) {
      assertThat(users(house).checkPassword("admin", printed(output.getAll()).get(0))).isTrue();
    }
    try (ConfigurableApplicationContext house = EngineHouse.start(database)) {
      assertThat(users(house).createUserQuery().count()).isEqualTo(1);
    }
    assertThat(printed(output.getAll())).hasSize(1);
  }

  @Test
  void theConfiguredPasswordIsNeverPrintedAndCanBeSetLater(CapturedOutput output) {
    String database = TestDatabase.newDatabase();
    EngineHouse.start(database, "--ukemi.admin-password=first-secret").close();
    try (ConfigurableApplicationContext house =
        EngineHouse.start(database, "--ukemi.admin-password=second-secret")) {
      assertThat(users(house).checkPassword("admin", "second-secret")).isTrue();
    }
    assertThat(printed(output.getAll())).isEmpty();
    assertThat(output.getAll()).doesNotContain("first-secret").doesNotContain("second-secret");
  }

  @Test
  void operatorsSeeRunsAndWorkOnTasksButStartOnlyCancellationsAndDeleteNothing() {
    try (ConfigurableApplicationContext house = EngineHouse.start(TestDatabase.newDatabase())) {
      AuthorizationService may = house.getBean(AuthorizationService.class);
      List<String> groups = List.of(Groups.OPERATORS);
      for (String application : List.of("cockpit", "tasklist")) {
        assertThat(
                may.isUserAuthorized(
                    "ann", groups, Permissions.ACCESS, Resources.APPLICATION, application))
            .as(application)
            .isTrue();
      }
      assertThat(
              may.isUserAuthorized(
                  "ann", groups, Permissions.ACCESS, Resources.APPLICATION, "admin"))
          .isFalse();
      for (Permission permission :
          List.of(
              ProcessDefinitionPermissions.READ_INSTANCE,
              ProcessDefinitionPermissions.RETRY_JOB,
              ProcessDefinitionPermissions.UPDATE_TASK)) {
        assertThat(onDefinitions(may, groups, permission)).as(permission.getName()).isTrue();
      }
      for (Permission permission :
          List.of(
              ProcessDefinitionPermissions.CREATE_INSTANCE,
              ProcessDefinitionPermissions.DELETE_INSTANCE,
              ProcessDefinitionPermissions.MIGRATE_INSTANCE)) {
        assertThat(onDefinitions(may, groups, permission)).as(permission.getName()).isFalse();
      }
      for (String process : List.of("cancel-recovery", "retry-recovery", "planned-work")) {
        assertThat(
                may.isUserAuthorized(
                    "ann",
                    groups,
                    ProcessDefinitionPermissions.CREATE_INSTANCE,
                    Resources.PROCESS_DEFINITION,
                    process))
            .isTrue();
      }
      assertThat(onDefinitions(may, List.of(Groups.ADMINISTRATORS), Permissions.ALL)).isTrue();
    }
  }

  @Test
  void anEmptyOrShortPasswordIsRefusedByNameAndNotRepeated() {
    for (String wrong : List.of("", "   ", "s3cret7")) {
      assertThatThrownBy(() -> new AdminSettings(wrong))
          .isInstanceOf(InvalidSetting.class)
          .hasMessageContaining("UKEMI_ADMIN_PASSWORD")
          .hasMessageNotContaining("s3cret7");
    }
    assertThat(new AdminSettings("long-secret").toString()).doesNotContain("long-secret");
  }

  private static boolean onDefinitions(
      AuthorizationService may, List<String> groups, Permission permission) {
    return may.isUserAuthorized(
        "ann", groups, permission, Resources.PROCESS_DEFINITION, "host-failure");
  }

  private static IdentityService users(ConfigurableApplicationContext house) {
    return house.getBean(IdentityService.class);
  }

  private static List<String> printed(String output) {
    return PRINTED.matcher(output).results().map(result -> result.group(1)).toList();
  }
}
