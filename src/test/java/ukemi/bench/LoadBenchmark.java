package ukemi.bench;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static ukemi.bench.Bench.await;
import static ukemi.bench.Bench.row;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import ukemi.bench.OpenLoop.Answer;

/**
 * Measures the real jar under load while hosts with 100 guests are recovered one after the other,
 * against the same recoveries without load. The clients run on the same machine.
 */
public final class LoadBenchmark {

  private static final int GUESTS = 100;
  private static final int QUIET_RECOVERIES = 3;
  private static final int MOST_RECOVERIES = 20;

  private LoadBenchmark() {}

  /** Argument: minutes of load (5). The jar must have been built. */
  public static void main(String[] arguments) throws Exception {
    int minutes = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
    // sooner than the server: a connection that the server has closed is not used again
    System.setProperty("jdk.httpclient.keepalive.timeout", "10");
    System.out.println("| what | measured | held against |");
    System.out.println("| --- | --- | --- |");
    try (Bench bench = new Bench(MOST_RECOVERIES, GUESTS, 16, Duration.ofSeconds(5))) {
      List<Recovery> quiet = new ArrayList<>();
      for (int host = 1; host <= QUIET_RECOVERIES; host++) {
        quiet.add(recover(bench, host));
      }
      row("load of the machine before", load(), "");

      OpenLoop clients = new OpenLoop(bench, quiet.get(0).notification());
      CompletableFuture<List<Answer>> load =
          CompletableFuture.supplyAsync(() -> clients.run(Duration.ofMinutes(minutes)));
      List<Recovery> loaded = new ArrayList<>();
      while (!load.isDone() && QUIET_RECOVERIES + loaded.size() < MOST_RECOVERIES) {
        Recovery recovery = recover(bench, QUIET_RECOVERIES + loaded.size() + 1);
        if (!load.isDone()) {
          loaded.add(recovery);
        }
      }
      row("load of the machine after", load(), "");
      print(load.join());
      print(quiet, loaded);
      row("guests that ran twice", bench.cloud.truth().twiceRunning().size(), 0);
      row("evacuate calls for one guest, at most", mostCalls(bench), 1);
      Thread.sleep(10_000);
      row(
          "notifications that have not ended 10 s later",
          bench.client.get("/notifications?status=new").get("notifications").size()
              + bench.client.get("/notifications?status=running").get("notifications").size(),
          0);
      row("errors in the log", bench.logged(" ERROR "), 0);
    }
    System.exit(0);
  }

  /**
   * @param whole from the report to the last guest back
   * @param evacuation from the first evacuate call on
   */
  private record Recovery(String notification, Duration whole, Duration evacuation) {}

  private static Recovery recover(Bench bench, int host) throws InterruptedException {
    String name = "dead-" + host;
    bench.registerDead(host);
    List<UUID> guests = new ArrayList<>(bench.cloud.truth().guestsOn(name));
    int calls = bench.cloud.truth().evacuateCalls().size();
    bench.cloud.crash(name);
    Instant reported = Instant.now();
    String notification = bench.client.hostStopped(name);
    await(() -> bench.cloud.truth().evacuateCalls().size() > calls);
    Instant first = Instant.now();
    await(() -> guests.stream().allMatch(bench::isBack));
    Instant back = Instant.now();
    await(() -> bench.client.status(notification).equals("finished"));
    return new Recovery(
        notification, Duration.between(reported, back), Duration.between(first, back));
  }

  private static long mostCalls(Bench bench) {
    return bench.cloud.truth().evacuateCalls().stream()
        .collect(groupingBy(call -> call.guest(), counting()))
        .values()
        .stream()
        .mapToLong(Long::longValue)
        .max()
        .orElse(0);
  }

  private static void print(List<Answer> answers) {
    Map<Integer, Long> statuses =
        new TreeMap<>(answers.stream().collect(groupingBy(Answer::status, counting())));
    row("answers", answers.size() + ": " + statuses, "");
    List<Answer> wrong = answers.stream().filter(Answer::isWrong).toList();
    row(
        "answers that the contract does not know",
        wrong.size()
            + (wrong.isEmpty()
                ? ""
                : ": "
                    + wrong.stream()
                        .collect(
                            groupingBy(
                                answer -> answer.kind() + " " + answer.status(), counting()))),
        0);
    for (String kind : List.of("POST notification", "GET")) {
      String against = kind.equals("GET") ? "" : "250 ms";
      row(kind + ", median", percentile(answers, kind, false, 0.5) + " ms", "");
      row(kind + ", p99", percentile(answers, kind, false, 0.99) + " ms", against);
      row(kind + ", slowest", percentile(answers, kind, false, 1) + " ms", "");
      row(kind + ", slowest in a spike", percentile(answers, kind, true, 1) + " ms", "");
    }
  }

  private static long percentile(List<Answer> answers, String kind, boolean inSpike, double share) {
    List<Long> delays =
        answers.stream()
            .filter(answer -> answer.kind().equals(kind) && answer.inSpike() == inSpike)
            .map(answer -> answer.delay().toMillis())
            .sorted()
            .toList();
    return delays.get((int) Math.ceil(share * delays.size()) - 1);
  }

  private static void print(List<Recovery> quiet, List<Recovery> loaded) {
    double whole = median(quiet.stream().map(Recovery::whole).toList());
    double evacuation = median(quiet.stream().map(Recovery::evacuation).toList());
    String name = GUESTS + " guests, median of " + loaded.size();
    row(
        name + ", report to all back",
        seconds(median(loaded.stream().map(Recovery::whole).toList())),
        "%s without load + 10 %%".formatted(seconds(whole)));
    row(
        name + ", first evacuation to all back",
        seconds(median(loaded.stream().map(Recovery::evacuation).toList())),
        "%s without load + 10 %%".formatted(seconds(evacuation)));
  }

  private static String seconds(double value) {
    return "%.1f s".formatted(value);
  }

  private static double median(List<Duration> values) {
    return values.stream().sorted().toList().get(values.size() / 2).toMillis() / 1000.0;
  }

  private static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }
}
