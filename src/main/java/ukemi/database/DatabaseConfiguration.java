package ukemi.database;

import org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import ukemi.InvalidSetting;

/**
 * Puts the embedded database in place when no server is named. The connection pool is made from
 * this bean, so it is closed before the server is stopped.
 */
@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {

  @Bean
  @Conditional(NoServerNamed.class)
  JdbcConnectionDetails embeddedDatabase(DatabaseSettings settings) {
    return EmbeddedDatabase.start(settings.directory());
  }

  /** No spring.datasource.url; a wrong one is refused. */
  static class NoServerNamed implements Condition {

    private static final String URL = "SPRING_DATASOURCE_URL";
    private static final String EXPECTED =
        "jdbc:postgresql://host:port/database, or no such setting at all for the embedded database";

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      Environment environment = context.getEnvironment();
      String url = environment.getProperty("spring.datasource.url");
      if (url == null) {
        refuseLoginWithoutServer(environment, "username");
        refuseLoginWithoutServer(environment, "password");
        return true;
      }
      if (url.isBlank()) {
        throw new InvalidSetting(URL, "it is empty", EXPECTED);
      }
      if (!url.startsWith("jdbc:postgresql:")) {
        // not the value: it may hold a password
        throw new InvalidSetting(URL, "it is not the address of a PostgreSQL", EXPECTED);
      }
      return false;
    }

    private static void refuseLoginWithoutServer(Environment environment, String part) {
      if (environment.getProperty("spring.datasource." + part) != null) {
        throw new InvalidSetting(
            URL, "it is missing, but spring.datasource." + part + " is set", EXPECTED);
      }
    }
  }
}
