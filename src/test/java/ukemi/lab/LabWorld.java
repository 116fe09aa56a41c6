package ukemi.lab;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static ukemi.lab.Lab.begin;
import static ukemi.lab.Lab.lab;
import static ukemi.lab.Lab.openstack;
import static ukemi.lab.Lab.openstackJson;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.util.FileSystemUtils;
import ukemi.FreePort;
import ukemi.MasakariClient;
import ukemi.UkemiProcess;
import ukemi.database.TestDatabase;
import ukemi.fault.Boundary;
import ukemi.simulator.SimulatedCloud;
import ukemi.simulator.Truth;

/**
 * A real Nova with nothing on it, its catalogue's instance-ha endpoint being the real jar. MAAS is
 * simulated. What an operator does with the command line has a method here.
 */
final class LabWorld implements BeforeEachCallback, AfterEachCallback {

  static final List<String> HOSTS = List.of("compute-1", "compute-2", "compute-3", "compute-4");

  private Path directory;
  private SimulatedCloud maas;
  private UkemiProcess ukemi;
  private UkemiProcess second;
  private int port;
  private Map<String, String> settings;
  private final Set<String> killed = new TreeSet<>();
  private Process starting;
  private final Set<String> notifications = new HashSet<>();

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    directory = Files.createTempDirectory("ukemi-lab");
    lab("masakari", "off");
    maas = SimulatedCloud.start(0);
    HOSTS.forEach(host -> maas.addHost(host, "127.0.0.1"));
    port = FreePort.find();
    settings = LabSettings.of(maas, TestDatabase.newDatabase());
    start();
    lab("endpoint", "instance-ha", ukemi.url() + "/v1");
    lab("reset");
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    if (second != null) {
      second.close();
    }
    if (ukemi != null) {
      ukemi.close();
    }
    if (starting != null) {
      starting.destroy();
    }
    maas.close();
    lab("endpoint", "instance-ha", "masakari");
    reset();
    FileSystemUtils.deleteRecursively(directory);
  }

  /**
   * Of two evacuation migrations of one guest a nova-compute settles one at each start, and stays
   * forced down until it has settled both.
   */
  private void reset() {
    if (killed.size() > 1) {
      List<Process> starts = killed.stream().map(host -> begin("start-host", host)).toList();
      LockSupport.parkNanos(Duration.ofSeconds(10).toNanos());
      starts.forEach(Process::destroy); // they wait until Nova shows it up
      killed.forEach(host -> lab("kill-host", host));
    }
    try {
      lab("reset");
    } catch (AssertionError e) {
      killed.forEach(host -> lab("kill-host", host));
      lab("reset");
    }
  }

  void start() {
    ukemi = UkemiProcess.start(port, settings, directory.resolve("ukemi.log"));
  }

  /** The same program on the same database, with tables or drawings of the operator's. */
  void restartWith(Map<String, String> files) throws IOException {
    ukemi.close();
    Path processes = Files.createDirectories(directory.resolve("processes"));
    for (Map.Entry<String, String> file : files.entrySet()) {
      Files.writeString(processes.resolve(file.getKey()), file.getValue());
    }
    settings.put("UKEMI_PROCESSES_DIR", processes.toString());
    start();
  }

  /** The same program on the same database; it is killed when it reaches that boundary. */
  void restartHaltingAt(Boundary boundary) {
    ukemi.close();
    Map<String, String> halting = new HashMap<>(settings);
    halting.put("HALT_AT", boundary.name());
    halting.put("HALT_MARKER", directory.resolve("halted").toString());
    ukemi = UkemiProcess.start(port, halting, directory.resolve("ukemi.log"));
  }

  void awaitHalt() {
    assertThat(ukemi.ended(Duration.ofMinutes(2))).as("the boundary was reached").isTrue();
    assertThat(ukemi.exitCode()).isEqualTo(UkemiProcess.KILLED);
  }

  /** Another node on the same database. */
  void startSecond() {
    second = UkemiProcess.start(FreePort.find(), settings, directory.resolve("second.log"));
  }

  void endpointOfSecond() {
    lab("endpoint", "instance-ha", second.url() + "/v1");
  }

  void killUkemi() {
    ukemi.kill();
  }

  Truth maas() {
    return maas.truth();
  }

  void killHost(String host) {
    killed.add(host);
    lab("kill-host", host);
  }

  String createSegment(String method, String... hosts) {
    String segment =
        openstack("segment", "create", "segment1", method, "COMPUTE", "-c", "uuid", "-f", "value")
            .strip();
    for (String host : hosts) {
      openstack("segment", "host", "create", host, "COMPUTE", "SSH", segment);
    }
    return segment;
  }

  /** A reserved host is disabled in Nova, so that it is empty when it is needed. */
  void createReserve(String segment, String host) {
    openstack("segment", "host", "create", host, "--reserved", "True", "COMPUTE", "SSH", segment);
    openstack("compute", "service", "set", "--disable", host, "nova-compute");
  }

  /** Gives their names. Nova may need a moment after a reset. */
  List<String> bootGuests(String host, int count) {
    String prefix = "guest-of-" + host;
    await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofSeconds(5))
        .until(
            () -> {
              try {
                lab("boot", host, Integer.toString(count), "--prefix", prefix);
                return true;
              } catch (AssertionError e) {
                lab("reset");
                return false;
              }
            });
    return guests().stream()
        .map(guest -> guest.get("Name").asText())
        .filter(name -> name.startsWith(prefix))
        .toList();
  }

  void startHost(String host) {
    lab("start-host", host);
    killed.remove(host);
  }

  /** Somebody switches it on; Nova goes on calling it down until that is lifted. */
  void startHostForcedDown(String host) {
    starting = begin("start-host", host);
    killed.remove(host);
  }

  /** Over our own API: Masakari's client has no such command. */
  void returnHost(String segment, String host) {
    assertThat(client().tryReturn(segment, host)).isEqualTo(202);
  }

  private MasakariClient client() {
    return new MasakariClient(ukemi.url(), "http://127.0.0.1:5000/v3", "masakari", "lab");
  }

  String notifyHost(String host) {
    return notify(
        "COMPUTE_HOST",
        host,
        "{\"event\":\"STOPPED\",\"host_status\":\"NORMAL\",\"cluster_status\":\"OFFLINE\"}");
  }

  /** Gives the uuid. */
  String notify(String type, String host, String payload) {
    openstack(
        "notification",
        "create",
        type,
        host,
        LocalDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS).toString(),
        payload);
    return rows(openstackJson("notification", "list")).stream()
        .map(row -> row.get("notification_uuid").asText())
        .filter(notifications::add)
        .findFirst()
        .orElseThrow();
  }

  /** Over our own API, in one call: the program may be killed soon after. */
  String guestReported(String host, String guest) {
    return client().guestReported(host, UUID.fromString(guest), "LIFECYCLE", "STOPPED_FAILED");
  }

  void awaitFinished(String notification) {
    awaitFinished(notification, Duration.ofMinutes(5));
  }

  void awaitFinished(String notification, Duration limit) {
    JsonNode ended =
        await()
            .atMost(limit)
            .pollInterval(Duration.ofSeconds(2))
            .until(
                () -> openstackJson("notification", "show", notification),
                shown -> !shown.get("status").asText().matches("new|running|error"));
    assertThat(ended.get("status").asText()).as(ended.toString()).isEqualTo("finished");
  }

  void awaitAnEvacuationFrom(String host) {
    await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> !evacuationsFrom(host).isEmpty());
  }

  List<JsonNode> evacuationsFrom(String host) {
    return rows(
        openstackJson("server", "migration", "list", "--host", host, "--type", "evacuation"));
  }

  List<JsonNode> migrationsOf(String guest) {
    return rows(openstackJson("server", "migration", "list", "--server", guest));
  }

  /** Names of the tasks of a notification's recovery. */
  List<String> workflow(String notification) {
    return client().workflow(notification).stream().map(task -> task.get("name").asText()).toList();
  }

  List<JsonNode> guests() {
    return rows(openstackJson("server", "list", "--all-projects", "--long"));
  }

  void awaitStates(Map<String, String> states) {
    await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofSeconds(2))
        .untilAsserted(
            () ->
                assertThat(
                        guests().stream()
                            .collect(
                                toMap(
                                    guest -> guest.get("Name").asText(),
                                    guest -> guest.get("Status").asText())))
                    .containsAllEntriesOf(states));
  }

  boolean isLocked(String guest) {
    return openstackJson("server", "show", guest).get("locked").asBoolean();
  }

  JsonNode service(String host) {
    return openstackJson("compute", "service", "list", "--host", host, "--long").get(0);
  }

  JsonNode host(String segment, String name) {
    return rows(openstackJson("segment", "host", "list", segment)).stream()
        .filter(row -> row.get("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<JsonNode> rows(JsonNode table) {
    return StreamSupport.stream(table.spliterator(), false).toList();
  }
}
