package ukemi.demo;

import java.net.InetAddress;
import java.util.Optional;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;

/** The demo's parts; the cloud and the screen are there before (see {@link DemoInitializer}). */
@Configuration(proxyBeanMethods = false)
@Profile(Demo.PROFILE)
class DemoConfiguration {

  @Bean
  FlywayMigrationStrategy emptyDatabase(DemoSettings settings) {
    return new EmptyDatabase(settings.database());
  }

  @Bean
  Operator operator(DemoCloud cloud, ServerProperties server, Environment environment) {
    String host = reachable(server.getAddress()).getHostAddress();
    return new Operator(
        cloud.simulated(),
        () -> "http://" + host + ":" + environment.getProperty("local.server.port"));
  }

  private static InetAddress reachable(InetAddress listening) {
    return Optional.ofNullable(listening)
        .filter(address -> !address.isAnyLocalAddress())
        .orElseGet(InetAddress::getLoopbackAddress);
  }

  @Bean
  Switches switches(DemoCloud cloud, Operator operator) {
    return new Switches(cloud, operator);
  }

  @Bean
  DemoPort demoPort(ServerProperties server, DemoSettings settings, Switches switches) {
    return new DemoPort(server.getAddress(), settings.port(), switches);
  }

  @Bean
  Demo demo(
      DemoCloud cloud,
      DemoSettings settings,
      Screen screen,
      Operator operator,
      Switches switches,
      DemoPort port) {
    return new Demo(cloud, settings, screen, operator, switches, port);
  }
}
