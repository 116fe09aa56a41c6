package ukemi.bench;

import static ukemi.bench.Bench.await;
import static ukemi.bench.Bench.row;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

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
    try (Bench bench = new Bench(1, 0, SLOTS, IN_NOVA)) {
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
    try (Bench bench = new Bench(deadHosts, guestsEach, SLOTS, IN_NOVA)) {
      String name = deadHosts + " x " + guestsEach + " guests";
      List<UUID> guests = new ArrayList<>();
      for (int host = 1; host <= deadHosts; host++) {
        bench.registerDead(host);
        guests.addAll(bench.cloud.truth().guestsOn("dead-" + host));
        bench.cloud.crash("dead-" + host);
      }
      for (int host = 1; host <= deadHosts; host++) {
        bench.client.hostStopped("dead-" + host);
      }
      await(() -> !bench.cloud.truth().evacuateCalls().isEmpty());
      Instant begun = Instant.now();
      await(() -> guests.stream().allMatch(bench::isBack));
      double seconds = Duration.between(begun, Instant.now()).toMillis() / 1000.0;
      double floor = (double) guests.size() / SLOTS * IN_NOVA.toSeconds();
      row(name + ", first evacuation to all back", seconds + " s", floor + " s + 10 s");
      row(
          name + ", evacuate calls",
          bench.cloud.truth().evacuateCalls().size() + "",
          guests.size() + "");
      row(name + ", guests that ran twice", bench.cloud.truth().twiceRunning().size() + "", "0");
      Thread.sleep(5_000);
      row(name + ", conflicts at the join", bench.logged("OptimisticLocking") + "", "0");
      row(name + ", resident", resident(bench.ukemi.pid()) + " MB", "700 MB");
    }
  }

  private static long resident(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }
}
