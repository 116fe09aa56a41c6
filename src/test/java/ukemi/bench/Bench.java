package ukemi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import ukemi.FreePort;
import ukemi.MasakariClient;
import ukemi.UkemiProcess;
import ukemi.database.TestDatabase;
import ukemi.simulator.SimulatedCloud;

/**
 * A simulated cloud with hosts that will die and hosts that will take their guests, and the real
 * jar before it.
 */
final class Bench implements AutoCloseable {

  final SimulatedCloud cloud = SimulatedCloud.start(0);
  final UkemiProcess ukemi;
  final MasakariClient client;
  final String segment;
  private final Path log = Files.createTempFile("ukemi", ".log");

  Bench(int deadHosts, int guestsEach, int slots, Duration inNova) throws IOException {
    cloud.settings().reportInterval(Duration.ofSeconds(2)).evacuationTime(inNova);
    List<String> hosts = new ArrayList<>();
    for (int host = 1; host <= deadHosts; host++) {
      cloud.addHost("dead-" + host, "10.30.1." + host);
      for (int guest = 0; guest < guestsEach; guest++) {
        cloud.addGuest("dead-" + host, "guest-" + host + "-" + guest);
      }
    }
    for (int host = 1; host <= 4; host++) {
      hosts.add("live-" + host);
      cloud.addHost("live-" + host, "10.30.2." + host);
    }
    Map<String, String> settings = new HashMap<>();
    settings.put("OS_AUTH_URL", cloud.keystoneUrl());
    settings.put("OS_USERNAME", "ukemi");
    settings.put("OS_PASSWORD", "secret");
    settings.put("OS_PROJECT_NAME", "service");
    settings.put("OS_USER_DOMAIN_NAME", "Default");
    settings.put("OS_PROJECT_DOMAIN_NAME", "Default");
    settings.put("UKEMI_MAAS_URL", cloud.maasUrl());
    settings.put("UKEMI_MAAS_API_KEY", cloud.maasApiKey());
    settings.put("SPRING_DATASOURCE_URL", TestDatabase.newDatabase());
    settings.put("UKEMI_EVACUATION_IN_FLIGHT", Integer.toString(slots));
    ukemi = UkemiProcess.start(FreePort.find(), settings, log);
    client = new MasakariClient(ukemi.url(), cloud.keystoneUrl(), "ukemi", "secret");
    segment = client.createSegment("segment1", "auto");
    client.createHosts(segment, hosts.toArray(String[]::new));
  }

  /** A host that is to die; before, it takes no guests of others. */
  void registerDead(int host) {
    client.createHosts(segment, "dead-" + host);
  }

  boolean isBack(UUID guest) {
    return !cloud.truth().hostOf(guest).startsWith("dead-")
        && cloud.truth().stateOf(guest).equals("active/-");
  }

  /** How many lines of Ukemi's log have that in them. */
  long logged(String text) throws IOException {
    try (var lines = Files.lines(log)) {
      return lines.filter(line -> line.contains(text)).count();
    }
  }

  static void row(String what, Object measured, Object against) {
    System.out.println("| " + what + " | " + measured + " | " + against + " |");
  }

  static void await(Condition condition) throws InterruptedException {
    Instant deadline = Instant.now().plus(Duration.ofMinutes(15));
    while (!condition.holds()) {
      if (Instant.now().isAfter(deadline)) {
        throw new IllegalStateException("not within 15 minutes");
      }
      Thread.sleep(50);
    }
  }

  interface Condition {
    boolean holds();
  }

  @Override
  public void close() throws IOException {
    ukemi.close();
    cloud.close();
    Files.delete(log);
  }
}
