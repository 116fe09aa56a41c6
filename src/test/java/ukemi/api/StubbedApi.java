package ukemi.api;

import java.util.Optional;
import java.util.Set;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.ServletWebServerFactoryAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import ukemi.identity.Caller;
import ukemi.identity.CallerTokens;

/**
 * The API by itself over real HTTP, for trying clients by hand: every token is an admin's, Nova
 * knows every host, nothing is ever recovered. Arguments: Spring's, as {@code --server.port=15999},
 * and {@code --project=} for the project of every token.
 */
@ImportAutoConfiguration(ServletWebServerFactoryAutoConfiguration.class)
@Import(SlimApplication.class)
final class StubbedApi {

  public static void main(String[] arguments) {
    SpringApplication application = new SpringApplication(StubbedApi.class);
    application.setAllowBeanDefinitionOverriding(true);
    application.run(arguments);
  }

  @Bean
  @Primary
  CallerTokens everybodyIsAdmin(
      @Value("${project:" + SlimApplication.PROJECT + "}") String project) {
    return token -> Optional.of(new Caller("u", "u", project, true, Set.of("admin")));
  }
}
