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
import ukemi.simulator.Truth;

/**
 * Measures the real jar in front of a simulated cloud: start, memory, idle, and recoveries in which
 * Nova takes 5 s for a guest. Prints what was measured beside what it is held against.
 */
public final class SimulatedBenchmark {

  private static final int SLOTS = 16;
  private static final Duration IN_NOVA = Duration.ofSeconds(5);

  private SimulatedBenchmark() {}

  /** No arguments. The jar must have been built. */
  public static void main(String[] arguments) throws Exception {
    System.out.println("| what | measured | held against |");
    System.out.println("| --- | --- | --- |");
    startAndIdle();
    recover(1, 200);
    recover(10, 50);
    System.exit(0);
  }

  private static void startAndIdle() throws Exception {
    try (Bench bench = new Bench(1, 0)) {
      row(
          "start to the first healthy answer",
          bench.ukemi.startTime().toMillis() / 1000.0 + " s",
          "15 s");
      Thread.sleep(20_000);
      row("resident after start", resident(bench.ukemi.pid()) + " MB", "700 MB");
      long before = bench.cloud.truth().novaRequests();
      Thread.sleep(60_000);
      row("Nova requests in an idle minute", bench.cloud.truth().novaRequests() - before + "", "6");
    }
  }

  private static void recover(int deadHosts, int guestsEach) throws Exception {
    try (Bench bench = new Bench(deadHosts, guestsEach)) {
      String name = deadHosts + " x " + guestsEach + " guests";
      List<UUID> guests = new ArrayList<>();
      for (int host = 1; host <= deadHosts; host++) {
        guests.addAll(bench.cloud.truth().guestsOn("dead-" + host));
        bench.cloud.crash("dead-" + host);
      }
      for (int host = 1; host <= deadHosts; host++) {
        bench.client.hostStopped("dead-" + host);
      }
      await(() -> !bench.cloud.truth().evacuateCalls().isEmpty());
      Instant begun = Instant.now();
      await(() -> guests.stream().allMatch(guest -> isBack(bench.cloud.truth(), guest)));
      double seconds = Duration.between(begun, Instant.now()).toMillis() / 1000.0;
      double floor = (double) guests.size() / SLOTS * IN_NOVA.toSeconds();
      row(name + ", first evacuation to all back", seconds + " s", floor + " s + 10 s");
      row(
          name + ", evacuate calls",
          bench.cloud.truth().evacuateCalls().size() + "",
          guests.size() + "");
      row(name + ", guests that ran twice", bench.cloud.truth().twiceRunning().size() + "", "0");
      Thread.sleep(5_000);
      row(name + ", conflicts at the join", bench.conflicts() + "", "0");
      row(name + ", resident", resident(bench.ukemi.pid()) + " MB", "700 MB");
    }
  }

  private static boolean isBack(Truth truth, UUID guest) {
    return !truth.hostOf(guest).startsWith("dead-") && truth.stateOf(guest).equals("active/-");
  }

  private interface Condition {
    boolean holds();
  }

  private static void await(Condition condition) throws InterruptedException {
    Instant deadline = Instant.now().plus(Duration.ofMinutes(15));
    while (!condition.holds()) {
      if (Instant.now().isAfter(deadline)) {
        throw new IllegalStateException("not within 15 minutes");
      }
      Thread.sleep(50);
    }
  }

  private static void row(String what, String measured, String against) {
    System.out.println("| " + what + " | " + measured + " | " + against + " |");
  }

  private static long resident(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }

  /**
   * A cloud with hosts that will die and hosts that will take their guests, and Ukemi before it.
   */
  private static final class Bench implements AutoCloseable {

    private final SimulatedCloud cloud = SimulatedCloud.start(0);
    private final Path log = Files.createTempFile("ukemi", ".log");
    private final UkemiProcess ukemi;
    private final MasakariClient client;

    Bench(int deadHosts, int guestsEach) throws IOException {
      cloud.settings().reportInterval(Duration.ofSeconds(2)).evacuationTime(IN_NOVA);
      List<String> hosts = new ArrayList<>();
      for (int host = 1; host <= deadHosts; host++) {
        hosts.add("dead-" + host);
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
      settings.put("UKEMI_EVACUATION_IN_FLIGHT", Integer.toString(SLOTS));
      ukemi = UkemiProcess.start(FreePort.find(), settings, log);
      client = new MasakariClient(ukemi.url(), cloud.keystoneUrl(), "ukemi", "secret");
      String segment = client.createSegment("segment1", "auto");
      client.createHosts(segment, hosts.toArray(String[]::new));
    }

    long conflicts() throws IOException {
      try (var lines = Files.lines(log)) {
        return lines.filter(line -> line.contains("OptimisticLocking")).count();
      }
    }

    @Override
    public void close() throws IOException {
      ukemi.close();
      cloud.close();
      Files.delete(log);
    }
  }
}
