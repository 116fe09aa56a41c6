package ukemi.demo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import ukemi.InvalidSetting;

/**
 * With the profile "demo": starts the simulated cloud before anything else and points Ukemi at it.
 * Refuses to do so beside settings of real services, so that neither can be taken for the other.
 */
class DemoInitializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  /** By the name an operator writes. The demo has its own of each. */
  private static final Map<String, String> REAL_THINGS = realThings();

  /** Others of OS_* that would change how the demo logs in to its own Keystone. */
  private static final List<String> OTHER_OPENSTACK_SETTINGS =
      List.of(
          "OS_AUTH_TYPE",
          "OS_USER_DOMAIN_ID",
          "OS_PROJECT_ID",
          "OS_PROJECT_DOMAIN_ID",
          "OS_APPLICATION_CREDENTIAL_ID",
          "OS_APPLICATION_CREDENTIAL_NAME",
          "OS_APPLICATION_CREDENTIAL_SECRET",
          "OS_REGION_NAME",
          "OS_INTERFACE",
          "OS_CACERT");

  private static Map<String, String> realThings() {
    Map<String, String> things = new LinkedHashMap<>();
    things.put("OS_AUTH_URL", "OS_AUTH_URL");
    things.put("OS_CLOUD", "OS_CLOUD");
    things.put("UKEMI_MAAS_URL", "ukemi.maas.url");
    things.put("UKEMI_MAAS_API_KEY", "ukemi.maas.api-key");
    things.put("SPRING_DATASOURCE_URL", "spring.datasource.url");
    things.put("SPRING_DATASOURCE_HIKARI_JDBC_URL", "spring.datasource.hikari.jdbc-url");
    things.put("SPRING_FLYWAY_URL", "spring.flyway.url");
    things.put("UKEMI_DATA_DIR", "ukemi.data-dir");
    return things;
  }

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    ConfigurableEnvironment environment = context.getEnvironment();
    if (!environment.matchesProfiles(Demo.PROFILE)) {
      return;
    }
    refuseRealThings(environment);
    DemoSettings settings = Binder.get(environment).bindOrCreate("ukemi.demo", DemoSettings.class);
    Screen screen = Screen.open();
    screen.say("");
    screen.say("Ukemi starts, with a simulated cloud and a PostgreSQL of its own: about 15 s ...");
    DemoCloud cloud = new DemoCloud();
    environment
        .getPropertySources()
        .addFirst(new MapPropertySource("demo", pointedAt(cloud, settings)));
    DefaultListableBeanFactory beans = (DefaultListableBeanFactory) context.getBeanFactory();
    beans.registerSingleton("demoScreen", screen);
    beans.registerSingleton("demoCloud", cloud);
    // registered before any bean is made, so it goes last: after the database
    beans.registerDisposableBean(
        "demoEnd",
        () -> {
          cloud.close();
          screen.say("Ukemi's demo has ended.");
        });
  }

  private static void refuseRealThings(ConfigurableEnvironment environment) {
    REAL_THINGS.forEach(
        (name, property) ->
            Optional.ofNullable(environment.getProperty(property))
                .filter(value -> !value.isBlank())
                .ifPresent(
                    value -> {
                      throw new InvalidSetting(
                          name,
                          "is set together with the profile \"demo\", which has a cloud and a"
                              + " database of its own and empties that at each start",
                          "for the demo: none of "
                              + String.join(", ", REAL_THINGS.keySet())
                              + "; for a real cloud: no profile \"demo\"");
                    }));
  }

  /** Before all other settings. */
  private static Map<String, Object> pointedAt(DemoCloud cloud, DemoSettings settings) {
    Map<String, Object> values = new LinkedHashMap<>();
    OTHER_OPENSTACK_SETTINGS.forEach(name -> values.put(name, ""));
    values.put("OS_AUTH_URL", cloud.simulated().keystoneUrl());
    values.put("OS_USERNAME", DemoCloud.USER);
    values.put("OS_PASSWORD", DemoCloud.PASSWORD);
    values.put("OS_PROJECT_NAME", DemoCloud.PROJECT);
    values.put("OS_USER_DOMAIN_NAME", "Default");
    values.put("OS_PROJECT_DOMAIN_NAME", "Default");
    values.put("ukemi.maas.url", cloud.simulated().maasUrl());
    values.put("ukemi.maas.api-key", cloud.simulated().maasApiKey());
    values.put("ukemi.data-dir", settings.database().toString());
    values.put("ukemi.admin-password", Demo.ADMIN_PASSWORD);
    return values;
  }
}
