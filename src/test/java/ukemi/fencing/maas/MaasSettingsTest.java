package ukemi.fencing.maas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import ukemi.InvalidSetting;
import ukemi.fencing.FencingSettings;
import ukemi.fencing.PowerControl;
import ukemi.fencing.Provider;

@ExtendWith(OutputCaptureExtension.class)
class MaasSettingsTest {

  private static final String KEY = "CONSUMERKEY1234567:TOKENKEY1234567890:THESECRET";

  @EnableConfigurationProperties({MaasSettings.class, FencingSettings.class})
  static class Settings {}

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Settings.class, MaasConfiguration.class);

  @Test
  void theEnvironmentIsEnough() {
    runner
        .withInitializer(
            context ->
                context
                    .getEnvironment()
                    .getPropertySources()
                    .addFirst(
                        new SystemEnvironmentPropertySource(
                            "test-systemEnvironment",
                            Map.of(
                                "UKEMI_MAAS_URL",
                                "https://maas.example:5443/MAAS",
                                "UKEMI_MAAS_API_KEY",
                                KEY))))
        .run(
            context -> {
              assertThat(context).hasSingleBean(PowerControl.class);
              assertThat(context.getBean(PowerControl.class).hosts())
                  .containsExactly("maas.example");
              assertThat(context.getBean(FencingSettings.class).provider())
                  .isEqualTo(Provider.MAAS);
              assertThat(context.getBean(MaasSettings.class).toString())
                  .doesNotContain("THESECRET");
            });
  }

  @Test
  void aMissingUrlOrKeyStopsTheStart() {
    stops("UKEMI_MAAS_URL", "is missing", "ukemi.maas.api-key=" + KEY);
    stops("UKEMI_MAAS_API_KEY", "is missing", "ukemi.maas.url=https://maas/MAAS");
  }

  @Test
  void aKeyThatIsNoneStopsTheStartAndIsNotShown() {
    for (String key : new String[] {"THESECRET", "a:b", "a:THESECRET:", "a:b:c:THESECRET"}) {
      stops(
          "UKEMI_MAAS_API_KEY",
          "is not an API key",
          "ukemi.maas.url=https://maas/MAAS",
          "ukemi.maas.api-key=" + key);
    }
  }

  @Test
  void anAddressThatIsNoneStopsTheStart() {
    for (String url :
        new String[] {
          "maas:5240", "ftp://maas/MAAS", "https://me:THESECRET@maas", "https://", "a b"
        }) {
      stops("UKEMI_MAAS_URL", "", "ukemi.maas.url=" + url, "ukemi.maas.api-key=" + KEY);
    }
    stops(
        "UKEMI_MAAS_URL",
        "names version 1.0",
        "ukemi.maas.url=https://maas/MAAS/api/1.0/",
        "ukemi.maas.api-key=" + KEY);
  }

  @Test
  void withoutAProviderMaasIsNotNeeded() {
    runner
        .withPropertyValues("ukemi.fencing.provider=none")
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PowerControl.class));
  }

  @Test
  void httpIsWarnedOf(CapturedOutput output) {
    start("ukemi.maas.url=https://maas/MAAS");
    assertThat(output.getAll()).doesNotContain("clear text");
    start("ukemi.maas.url=http://maas:5240/MAAS");
    assertThat(output.getAll()).contains("the API key travels in clear text").doesNotContain(KEY);
  }

  @Test
  void aCaBundleMustHoldCertificates(@TempDir Path directory) throws Exception {
    Path empty = Files.writeString(directory.resolve("ca.pem"), "");
    for (Object file : new Object[] {empty, directory.resolve("missing.pem")}) {
      stops(
          "ukemi.maas.ca-certificate",
          "",
          "ukemi.maas.url=https://maas/MAAS",
          "ukemi.maas.api-key=" + KEY,
          "ukemi.maas.ca-certificate=" + file);
    }
  }

  @Test
  void aGapBelowFiveSecondsStopsTheStart() {
    stops(
        "ukemi.fencing.reading-gap",
        "is PT4.9S",
        "ukemi.fencing.provider=none",
        "ukemi.fencing.reading-gap=4900ms");
  }

  @Test
  void machinesAreNamedByHost() {
    runner
        .withPropertyValues(
            "ukemi.fencing.provider=none",
            "ukemi.fencing.machines.compute-1=abc",
            "ukemi.fencing.machines.[compute-2.example]=def")
        .run(
            context ->
                assertThat(context.getBean(FencingSettings.class).machines())
                    .containsEntry("compute-1", "abc")
                    .containsEntry("compute-2.example", "def"));
  }

  @Test
  void theRootIsFoundInWhatOperatorsType() {
    Map.of(
            "http://maas:5240/MAAS", "http://maas:5240/MAAS/api/2.0/",
            "http://maas:5240/MAAS/", "http://maas:5240/MAAS/api/2.0/",
            "https://maas:5443/MAAS", "https://maas:5443/MAAS/api/2.0/",
            "http://maas:5240/MAAS/api/2.0/", "http://maas:5240/MAAS/api/2.0/",
            "http://maas:5240/MAAS/api/2.0", "http://maas:5240/MAAS/api/2.0/",
            "http://maas:5240", "http://maas:5240/MAAS/api/2.0/",
            "http://[fd00::1]:5240", "http://[fd00::1]:5240/MAAS/api/2.0/")
        .forEach(
            (typed, root) -> assertThat(MaasUrl.roots(typed)).singleElement().hasToString(root));
    assertThat(MaasUrl.roots(" http://a/MAAS , http://b/MAAS,")).hasSize(2);
  }

  @Test
  void aKeyMayHaveBlanksRoundIt() {
    assertThat(MaasKey.parse(" a:b:c\n").header(1)).contains("oauth_signature=\"%26c\"");
    assertThatThrownBy(() -> MaasKey.parse("a: :c")).isInstanceOf(InvalidSetting.class);
  }

  private void start(String url) {
    runner
        .withPropertyValues(url, "ukemi.maas.api-key=" + KEY)
        .run(context -> assertThat(context).hasNotFailed());
  }

  private void stops(String setting, String problem, String... properties) {
    runner.withPropertyValues(properties).run(context -> assertStopped(context, setting, problem));
  }

  private static void assertStopped(
      AssertableApplicationContext context, String setting, String problem) {
    assertThat(context).hasFailed();
    Throwable failure = context.getStartupFailure();
    StringBuilder all = new StringBuilder();
    InvalidSetting found = null;
    for (Throwable one = failure; one != null; one = one.getCause()) {
      all.append(one.getMessage());
      if (one instanceof InvalidSetting invalid) {
        found = invalid;
      }
    }
    assertThat(found).isNotNull();
    assertThat(found.name()).isEqualTo(setting);
    assertThat(found.problem()).contains(problem);
    assertThat(all.toString()).doesNotContain("THESECRET");
  }
}
