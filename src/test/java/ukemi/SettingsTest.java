package ukemi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.validation.annotation.Validated;

@ExtendWith(OutputCaptureExtension.class)
class SettingsTest {

  private static final UnknownSettings.Known KNOWN =
      new UnknownSettings.Known(
          Set.of("ukemi.data-dir", "ukemi.detection.heartbeat-silence", "ukemi.fencing.machines"),
          Set.of("ukemi.fencing.machines"));

  enum Colour {
    RED,
    DARK_BLUE
  }

  @Validated
  @ConfigurationProperties("ukemi.example")
  record Example(@NotBlank String apiKey, @Min(5) Integer slots, Duration deadline, Colour colour) {

    Example {
      if (apiKey != null && apiKey.equals("said-by-itself")) {
        throw new InvalidSetting("UKEMI_EXAMPLE_API_KEY", "it has no colons", "three parts");
      }
    }
  }

  @Import(ConfigurationPropertiesAutoConfiguration.class)
  @EnableConfigurationProperties(Example.class)
  static class Program {}

  @Test
  void aSettingThatIsNoTimeStopsTheStartWithItsName(CapturedOutput output) {
    start("api-key=k", "deadline=soon");
    assertThat(output)
        .contains("The setting ukemi.example.deadline")
        .contains("Expected: a time such as 500ms, 30s, 5m or 1h.");
  }

  @Test
  void aWordThatIsNoneOfTheChoicesIsAnsweredWithThem(CapturedOutput output) {
    start("api-key=k", "colour=green");
    assertThat(output)
        .contains("The setting ukemi.example.colour")
        .contains("Expected: one of red, dark-blue.");
  }

  @Test
  void aBrokenRuleIsNamedWithItsSetting(CapturedOutput output) {
    start("api-key= ", "slots=3");
    assertThat(output)
        .contains("ukemi.example.api-key must not be blank")
        .contains("ukemi.example.slots must be greater than or equal to 5");
  }

  @Test
  void noAnalysisRepeatsASecret(CapturedOutput output) {
    start("api-key=s3cret-key", "slots=3");
    start("api-key=said-by-itself");
    assertThat(output)
        .contains("ukemi.example.slots must be")
        .contains("The setting UKEMI_EXAMPLE_API_KEY is wrong: it has no colons.")
        .contains("Expected: three parts.")
        .doesNotContain("s3cret-key")
        .doesNotContain("said-by-itself");
  }

  @Test
  void aMisspeltSettingIsRefusedWithTheNearestName() {
    assertThatThrownBy(() -> check("ukemi.detection.heart-beat-silense"))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("ukemi.detection.heart-beat-silense")
        .hasMessageContaining("ukemi.detection.heartbeat-silence?");
    assertThatThrownBy(() -> check("ukemi.nothing-like-it-anywhere"))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("no setting of this name");
  }

  @Test
  void knownSettingsAndAnyNameInAMapPass() {
    check("ukemi.data-dir");
    check("ukemi.dataDir");
    check("ukemi.fencing.machines.compute-1");
    check("ukemi.fencing.machines[compute-1.example.org]");
    check("other.setting");
  }

  @Test
  void aMisspeltEnvironmentVariableIsWarnedAboutWithTheNearestName(CapturedOutput output) {
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().remove("systemProperties");
    environment
        .getPropertySources()
        .replace(
            "systemEnvironment",
            new SystemEnvironmentPropertySource(
                "systemEnvironment",
                Map.of("UKEMI_DATA_DIRECTORY", "x", "UKEMI_DETECTION_HEARTBEAT_SILENCE", "15s")));
    UnknownSettings.check(environment, KNOWN);
    assertThat(output)
        .contains("UKEMI_DATA_DIRECTORY; did you mean UKEMI_DATA_DIR?")
        .doesNotContain("HEARTBEAT");
  }

  private static void check(String name) {
    UnknownSettings.check(new MockEnvironment().withProperty(name, "x"), KNOWN);
  }

  private static void start(String... settings) {
    SpringApplicationBuilder program =
        new SpringApplicationBuilder(Program.class).web(WebApplicationType.NONE);
    for (String setting : settings) {
      program.properties("ukemi.example." + setting);
    }
    assertThatThrownBy(program::run).isNotNull();
  }
}
