package ukemi.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import ukemi.database.TestDatabase;
import ukemi.simulator.MachineFault;
import ukemi.simulator.SimulatedCloud;

/** Before the cutover an operator sees which hosts could not be fenced, and nothing is switched. */
@ExtendWith(LoudAgain.class)
class CheckHostsTest {

  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final String database = TestDatabase.newDatabase();
  private SimulatedCloud cloud;

  @BeforeEach
  void aCloudOfThreeHosts() {
    cloud = SimulatedCloud.start(0);
    cloud.settings().bmcTimeout(Duration.ofSeconds(1));
    cloud
        .addHost("compute-1", "10.30.0.11")
        .addHost("compute-2", "10.30.0.12")
        .addHost("compute-3", "10.30.0.13");
  }

  @AfterEach
  void close() {
    cloud.close();
  }

  @Test
  void hostsThatCouldBeFencedAreOk() {
    assertThat(check()).isEqualTo(Command.DONE);
    for (int host = 1; host <= 3; host++) {
      assertThat(line("compute-" + host))
          .contains(" up ")
          .contains(cloud.systemId("compute-" + host))
          .contains("Deployed")
          .containsPattern("\\bon +ok$");
    }
    assertThat(said()).contains("3 of 3 hosts could be fenced now");
  }

  @Test
  void whyAHostCouldNotBeFencedIsSaid() {
    cloud.forgetMachine("compute-1");
    cloud.machineFault("compute-2", MachineFault.NO_RACK);
    cloud.machineStatus("compute-3", 22);
    cloud.addHost("compute-4", "10.30.0.14").machineFault("compute-4", MachineFault.MANUAL);
    assertThat(check()).isEqualTo(Command.FAILED);
    assertThat(line("compute-1")).contains("MAAS shows no machine named compute-1");
    assertThat(line("compute-2")).contains(" unknown ").contains("its power cannot be read");
    assertThat(line("compute-3")).contains("not Deployed");
    assertThat(line("compute-4")).contains("has the power type manual");
    assertThat(said()).contains("0 of 4 hosts could be fenced now");
  }

  @Test
  void aHostThatIsRegisteredButUnknownToNovaIsSaid() {
    check(); // makes the tables
    JdbcClient jdbc = tables();
    jdbc.sql(
            "insert into ukemi.failover_segment (uuid, name, recovery_method, service_type)"
                + " values ('5b2f4f0e-0000-4000-8000-000000000001', 'rack-a', 'auto', 'COMPUTE')")
        .update();
    jdbc.sql(
            "insert into ukemi.host (uuid, segment_uuid, name, type, control_attributes)"
                + " values (gen_random_uuid(), '5b2f4f0e-0000-4000-8000-000000000001', unnest(?),"
                + " 'COMPUTE', 'SSH')")
        .param(new String[] {"compute-1", "compute-9"})
        .update();
    assertThat(check()).isEqualTo(Command.FAILED);
    assertThat(line("compute-1")).contains("rack-a").endsWith("ok");
    assertThat(line("compute-2")).doesNotContain("rack-a").endsWith("ok");
    assertThat(line("compute-9")).contains("Nova knows no nova-compute of this name");
  }

  @Test
  void onlyTheNamedHostsAreChecked() {
    assertThat(check("compute-2")).isEqualTo(Command.DONE);
    assertThat(said()).contains("compute-2").doesNotContain("compute-1").contains("1 of 1");
    assertThat(check("compute-7")).isEqualTo(Command.FAILED);
  }

  @Test
  void nothingIsSwitchedAndNothingRemembered() {
    List<String> switched = new ArrayList<>();
    cloud.onPowerOff(switched::add);
    check();
    assertThat(switched).isEmpty();
    assertThat(cloud.locked("compute-1")).isFalse();
    assertThat(
            tables().sql("select count(*) from ukemi.known_machine").query(Integer.class).single())
        .isZero();
  }

  @Test
  void wrongArgumentsAndASiteWithoutFencingAreSaid() {
    assertThatThrownBy(() -> check("--all"))
        .isInstanceOf(WrongArguments.class)
        .hasMessageContaining("check-hosts [HOST ...]");
    assertThatThrownBy(() -> checkWith("--ukemi.fencing.provider=none"))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("ukemi.fencing.provider is none");
  }

  private int check(String... arguments) {
    output.reset();
    return command().run(List.of(arguments));
  }

  private int checkWith(String setting) {
    return command(setting).run(List.of());
  }

  private CheckHosts command(String... more) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "--OS_AUTH_URL=" + cloud.keystoneUrl(),
                "--OS_USERNAME=ukemi",
                "--OS_PASSWORD=secret",
                "--OS_PROJECT_NAME=service",
                "--OS_USER_DOMAIN_NAME=Default",
                "--OS_PROJECT_DOMAIN_NAME=Default",
                "--ukemi.maas.url=" + cloud.maasUrl(),
                "--ukemi.maas.api-key=" + cloud.maasApiKey(),
                "--spring.datasource.url=" + database));
    settings.addAll(List.of(more));
    return new CheckHosts(new PrintStream(output, true, StandardCharsets.UTF_8), settings);
  }

  private JdbcClient tables() {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setUrl(database);
    return JdbcClient.create(dataSource);
  }

  private String line(String host) {
    return said().lines().filter(line -> line.startsWith(host + " ")).findFirst().orElseThrow();
  }

  private String said() {
    return output.toString(StandardCharsets.UTF_8);
  }
}
