package ukemi.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import ukemi.FreePort;
import ukemi.InvalidSetting;
import ukemi.RunningUkemi;
import ukemi.database.TestDatabase;
import ukemi.simulator.SimulatedCloud;

/** Without its profile there is no demo, and with real services there is none either. */
@ExtendWith(OutputCaptureExtension.class)
class DemoIsAbsentTest {

  static class Program {}

  @Test
  void withoutTheProfileNothingOfDemoAndSimulatorIsThere() throws Exception {
    int port = FreePort.find();
    try (SimulatedCloud cloud = SimulatedCloud.start(0);
        RunningUkemi ukemi =
            RunningUkemi.start(cloud, Map.of("ukemi.demo.port", Integer.toString(port)))) {
      ListableBeanFactory beans = ukemi.beans();
      assertThat(Arrays.stream(beans.getBeanDefinitionNames()).map(beans::getType))
          .isNotEmpty()
          .noneSatisfy(
              type ->
                  assertThat(type == null ? "" : type.getPackageName())
                      .isIn("ukemi.demo", "ukemi.simulator"));
      assertThat(beans.getBeansOfType(SimulatedCloud.class)).isEmpty();
      assertThatThrownBy(() -> new Socket("127.0.0.1", port).close())
          .isInstanceOf(ConnectException.class);
      for (String path :
          new String[] {
            "/simulator",
            "/simulator/truth",
            "/identity/v3",
            "/compute/v2.1/servers",
            "/MAAS/api/2.0/machines/",
            "/hosts/compute-1/kill",
            "/method/auto"
          }) {
        assertThat(answer(ukemi.url(), path))
            .as(path)
            .isEqualTo(answer(ukemi.url(), "/there/is/no/such/thing"));
      }
    }
  }

  /** Status and body; what is not there is answered with the path below the API's version. */
  private static String answer(String url, String path) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(URI.create(url + path)).build(), BodyHandlers.ofString());
    return answer.statusCode() + " " + answer.body().replace(path, "");
  }

  @ParameterizedTest
  @CsvSource({
    "OS_AUTH_URL, OS_AUTH_URL, https://keystone:5000/v3",
    "OS_CLOUD, OS_CLOUD, production",
    "ukemi.maas.url, UKEMI_MAAS_URL, https://maas:5443/MAAS",
    "ukemi.maas.api-key, UKEMI_MAAS_API_KEY, a:b:c",
    "spring.datasource.url, SPRING_DATASOURCE_URL, jdbc:postgresql://db/ukemi",
    "spring.datasource.hikari.jdbc-url, SPRING_DATASOURCE_HIKARI_JDBC_URL, jdbc:postgresql://db/x",
    "spring.flyway.url, SPRING_FLYWAY_URL, jdbc:postgresql://db/ukemi",
    "ukemi.data-dir, UKEMI_DATA_DIR, /var/lib/ukemi"
  })
  void theDemoDoesNotStartBesideAnythingReal(
      String property, String name, String value, @TempDir Path directory, CapturedOutput output)
      throws IOException {
    SpringApplicationBuilder demo =
        new SpringApplicationBuilder(Program.class).web(WebApplicationType.NONE).profiles("demo");

    assertThatThrownBy(
            () ->
                demo.run(
                    "--" + property + "=" + value,
                    "--ukemi.demo.directory=" + directory,
                    // the JVM keeps this for the tests that follow
                    "--logging.threshold.console=trace",
                    "--logging.file.name="))
        .isInstanceOf(InvalidSetting.class);

    assertThat(output)
        .contains("The setting " + name + " is wrong")
        .contains("together with the profile \"demo\"")
        .contains("for a real cloud: no profile \"demo\"")
        .doesNotContain(value)
        .doesNotContain("Ukemi starts");
    assertThat(directory.resolve("demo-database")).doesNotExist();
  }

  @Test
  void noDatabaseIsEmptiedButTheDemosOwn(@TempDir Path directory) throws IOException {
    DataSource other = TestDatabase.newDatabaseWithTables();
    Flyway flyway = Flyway.configure().dataSource(other).load();

    assertThatThrownBy(
            () ->
                new EmptyDatabase(Files.createDirectory(directory.resolve("demo-database")))
                    .migrate(flyway))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("empties its own database alone");
    assertThat(
            JdbcClient.create(other)
                .sql("select count(*) from ukemi.host")
                .query(Long.class)
                .single())
        .isZero();
  }
}
