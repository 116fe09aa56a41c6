package ukemi.identity;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

@Configuration(proxyBeanMethods = false)
class IdentityConfiguration {

  @Bean
  OpenStackSettings openStackSettings(ConfigurableEnvironment environment) {
    return OpenStackSettings.from(environment);
  }
}
