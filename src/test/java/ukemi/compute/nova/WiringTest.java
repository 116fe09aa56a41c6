package ukemi.compute.nova;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import ukemi.InvalidSetting;
import ukemi.compute.Compute;
import ukemi.identity.CallerTokens;
import ukemi.identity.OpenStackSession;
import ukemi.identity.OpenStackTimeouts;

class WiringTest {

  @Configuration
  @ComponentScan(basePackageClasses = {NovaCompute.class, OpenStackSession.class})
  @ConfigurationPropertiesScan(basePackageClasses = OpenStackTimeouts.class)
  static class Rooms {}

  private final ApplicationContextRunner start =
      new ApplicationContextRunner()
          .withUserConfiguration(Rooms.class)
          .withPropertyValues(
              "OS_AUTH_URL=http://127.0.0.1:1/v3",
              "OS_AUTH_TYPE=password",
              "OS_USERNAME=ukemi",
              "OS_PASSWORD=secret",
              "OS_USER_DOMAIN_ID=default",
              "OS_PROJECT_ID=1");

  @Test
  void keystoneThatIsDownDoesNotStopTheStart() {
    start.run(
        context -> {
          assertThat(context).hasNotFailed().hasSingleBean(CallerTokens.class);
          assertThat(context.getBean(OpenStackTimeouts.class))
              .isEqualTo(
                  new OpenStackTimeouts(
                      Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(75)));
          assertThat(context.getBean(Compute.class).evacuateTimeout())
              .isEqualTo(Duration.ofSeconds(40));
        });
  }

  @Test
  void aWrongSettingStopsTheStart() {
    start
        .withPropertyValues("OS_INTERFACE=outside")
        .run(
            context ->
                assertThat(context).getFailure().hasRootCauseInstanceOf(InvalidSetting.class));
    start
        .withPropertyValues("ukemi.openstack.read-timeout=0s")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .isInstanceOf(InvalidSetting.class)
                    .hasMessageContaining("ukemi.openstack.read-timeout"));
  }
}
