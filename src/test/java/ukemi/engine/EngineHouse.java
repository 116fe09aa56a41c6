package ukemi.engine;

import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/** Our application.yaml, the engine, its tables and its users, without the rest of the program. */
@EnableAutoConfiguration
@EnableConfigurationProperties(AdminSettings.class)
@Import({EngineTables.class, AdminUser.class, Groups.class})
class EngineHouse {

  static ConfigurableApplicationContext start(String database, String... settings) {
    return start(database, context -> {}, settings);
  }

  static ConfigurableApplicationContext start(
      String database,
      ApplicationContextInitializer<ConfigurableApplicationContext> before,
      String... settings) {
    List<String> arguments = new ArrayList<>(List.of(settings));
    arguments.add("--server.port=0");
    arguments.add("--spring.datasource.url=" + database);
    arguments.add("--spring.datasource.hikari.minimum-idle=1");
    // longer than any machine stands still
    arguments.add("--spring.datasource.hikari.connection-timeout=60000");
    return new SpringApplicationBuilder(EngineHouse.class)
        .initializers(before)
        .run(arguments.toArray(String[]::new));
  }

  private EngineHouse() {}
}
