package ukemi.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static ukemi.lab.Lab.lab;
import static ukemi.lab.Lab.openstack;
import static ukemi.lab.Lab.openstackJson;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ukemi.FreePort;
import ukemi.UkemiProcess;
import ukemi.database.TestDatabase;
import ukemi.simulator.SimulatedCloud;
import ukemi.simulator.Truth;

/** The main job on a real Nova, typed with the real CLI, with the real jar. MAAS is simulated. */
@Tag("lab")
class LabRecoveryIT {

  private static final List<String> HOSTS =
      List.of("compute-1", "compute-2", "compute-3", "compute-4");

  @TempDir private Path directory;
  private SimulatedCloud maas;
  private UkemiProcess ukemi;
  private int port;
  private Map<String, String> settings;

  @BeforeEach
  void ukemiInTheCatalogue() {
    lab("masakari", "off");
    maas = SimulatedCloud.start(0);
    HOSTS.forEach(host -> maas.addHost(host, "127.0.0.1"));
    port = FreePort.find();
    settings = LabSettings.of(maas, TestDatabase.newDatabase());
    ukemi = UkemiProcess.start(port, settings, directory.resolve("ukemi.log"));
    lab("endpoint", "instance-ha", ukemi.url() + "/v1");
    lab("reset");
  }

  @AfterEach
  void putBack() {
    if (ukemi != null) {
      ukemi.close();
    }
    maas.close();
    lab("endpoint", "instance-ha", "masakari");
    lab("reset");
  }

  @Test
  void twentyGuestsOfAKilledHostComeBackOneEvacuationEach() {
    String segment = createSegment();
    bootGuests(20);
    lab("kill-host", "compute-1");
    String notification = notifyHost("compute-1");

    awaitStatus(notification, "finished", Duration.ofMinutes(4));

    assertRecovered(segment, 20);
  }

  @Test
  void aKillInTheMiddleOfTheEvacuationCostsTimeAndNothingElse() {
    String segment = createSegment();
    bootGuests(20);
    lab("kill-host", "compute-1");
    String notification = notifyHost("compute-1");
    await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> !evacuations().isEmpty());
    ukemi.kill();
    ukemi = UkemiProcess.start(port, settings, directory.resolve("ukemi.log"));

    awaitStatus(notification, "finished", Duration.ofMinutes(4));

    assertRecovered(segment, 20);
  }

  @Test
  void theWalkThroughOfReservedHostEndsAsItsTableSays() {
    String segment =
        openstack(
                "segment",
                "create",
                "segment1",
                "reserved_host",
                "COMPUTE",
                "-c",
                "uuid",
                "-f",
                "value")
            .strip();
    openstack(
        "segment", "host", "create", "compute-4", "--reserved", "True", "COMPUTE", "SSH", segment);
    openstack("segment", "host", "create", "compute-1", "COMPUTE", "SSH", segment);
    openstack("segment", "host", "create", "compute-2", "COMPUTE", "SSH", segment);
    openstack("compute", "service", "set", "--disable", "compute-4", "nova-compute");
    bootGuests(5);
    lab("kill-host", "compute-1");
    String notification = notifyHost("compute-1");

    awaitStatus(notification, "finished", Duration.ofMinutes(4));

    assertThat(openstackJson("server", "list", "--all-projects", "--long"))
        .hasSize(5)
        .allSatisfy(
            server -> {
              assertThat(server.get("Status").asText()).isEqualTo("ACTIVE");
              assertThat(server.get("Host").asText()).isEqualTo("compute-4");
            });
    assertRow(segment, "compute-2", "enabled", "up", false, false);
    assertRow(segment, "compute-1", "disabled", "down", false, true);
    assertRow(segment, "compute-4", "enabled", "up", false, false);
  }

  private static void assertRow(
      String segment,
      String name,
      String status,
      String state,
      boolean reserved,
      boolean onMaintenance) {
    JsonNode service = openstackJson("compute", "service", "list", "--host", name).get(0);
    assertThat(service.get("Status").asText()).as(name).isEqualTo(status);
    assertThat(service.get("State").asText()).as(name).isEqualTo(state);
    JsonNode host = host(segment, name);
    assertThat(host.get("reserved").asText()).as(name).isEqualToIgnoringCase("" + reserved);
    assertThat(host.get("on_maintenance").asText())
        .as(name)
        .isEqualToIgnoringCase("" + onMaintenance);
  }

  private static JsonNode host(String segment, String name) {
    return StreamSupport.stream(
            openstackJson("segment", "host", "list", segment).spliterator(), false)
        .filter(row -> row.get("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static String createSegment() {
    String segment =
        openstack("segment", "create", "segment1", "auto", "COMPUTE", "-c", "uuid", "-f", "value")
            .strip();
    HOSTS.forEach(host -> openstack("segment", "host", "create", host, "COMPUTE", "SSH", segment));
    return segment;
  }

  /** Nova may need a moment after a reset. */
  private static void bootGuests(int count) {
    await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofSeconds(5))
        .ignoreExceptions()
        .ignoreNoExceptions()
        .until(
            () -> {
              try {
                lab("boot", "compute-1", Integer.toString(count));
                return true;
              } catch (AssertionError e) {
                lab("reset");
                return false;
              }
            });
  }

  private static String notifyHost(String host) {
    openstack(
        "notification",
        "create",
        "COMPUTE_HOST",
        host,
        LocalDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS).toString(),
        "{\"event\":\"STOPPED\",\"host_status\":\"NORMAL\",\"cluster_status\":\"OFFLINE\"}");
    return openstackJson("notification", "list").get(0).get("notification_uuid").asText();
  }

  private static void awaitStatus(String notification, String status, Duration within) {
    await()
        .atMost(within)
        .pollInterval(Duration.ofSeconds(2))
        .until(
            () -> openstackJson("notification", "show", notification).get("status").asText(),
            status::equals);
  }

  private void assertRecovered(String segment, int guests) {
    JsonNode servers = openstackJson("server", "list", "--all-projects", "--long");
    assertThat(servers).hasSize(guests);
    assertThat(servers)
        .allSatisfy(
            server -> {
              assertThat(server.get("Status").asText()).isEqualTo("ACTIVE");
              assertThat(server.get("Host").asText()).isNotEqualTo("compute-1");
            });
    List<JsonNode> evacuations = evacuations();
    assertThat(evacuations).hasSize(guests);
    assertThat(evacuations.stream().map(row -> row.get("Server UUID").asText()).distinct())
        .hasSize(guests);
    assertProvenOffBefore(evacuations);
    JsonNode service =
        openstackJson("compute", "service", "list", "--host", "compute-1", "--long").get(0);
    assertThat(service.get("Status").asText()).isEqualTo("disabled");
    assertThat(service.get("State").asText()).isEqualTo("down");
    assertThat(service.get("Forced Down").asBoolean()).isTrue();
    assertThat(host(segment, "compute-1").get("on_maintenance").asText())
        .isEqualToIgnoringCase("true");
  }

  /** The order to power off and two live readings came before Nova heard of an evacuation. */
  private void assertProvenOffBefore(List<JsonNode> evacuations) {
    Instant first =
        evacuations.stream()
            .map(
                row ->
                    LocalDateTime.parse(row.get("Created At").asText()).toInstant(ZoneOffset.UTC))
            .min(Instant::compareTo)
            .orElseThrow();
    List<Truth.PowerOrder> off =
        maas.truth().powerOrders("compute-1").stream()
            .filter(order -> order.operation().equals("power_off"))
            .toList();
    assertThat(off).hasSize(1);
    assertThat(off.get(0).at()).isBefore(first);
    long readings =
        maas.truth()
            .requests(
                request ->
                    request.query() != null
                        && request.query().contains("query_power_state")
                        && request.at().isAfter(off.get(0).at())
                        && request.at().isBefore(first.plusSeconds(1)))
            .size();
    assertThat(readings).isGreaterThanOrEqualTo(2);
  }

  private static List<JsonNode> evacuations() {
    List<JsonNode> rows = new ArrayList<>();
    openstackJson("server", "migration", "list", "--host", "compute-1", "--type", "evacuation")
        .forEach(rows::add);
    return rows;
  }
}
