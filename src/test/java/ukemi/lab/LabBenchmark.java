package ukemi.lab;

import static ukemi.lab.Lab.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import ukemi.FreePort;
import ukemi.UkemiProcess;
import ukemi.database.TestDatabase;
import ukemi.simulator.SimulatedCloud;

/**
 * Recovers a host of a real Nova, round by round interleaved with the floor: raw Nova with as many
 * evacuations in flight. Prints both and their ratio.
 */
public final class LabBenchmark {

  private static final Pattern MEASURED =
      Pattern.compile(
          "first ([0-9.]+) s, half ([0-9.]+) s.*?, all ([0-9.]+) s.*used ([0-9.]+) s of lab CPU");

  private LabBenchmark() {}

  /**
   * @param first seconds to the first guest back
   * @param cpu CPU seconds of everything the lab runs
   */
  private record Round(double first, double all, double cpu) {}

  /** Arguments: rounds (5) and guests (50). The jar must have been built, the lab be up. */
  public static void main(String[] arguments) throws Exception {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
    String guests = arguments.length > 1 ? arguments[1] : "50";
    lab("masakari", "off");
    SimulatedCloud maas = SimulatedCloud.start(0);
    for (int host = 1; host <= 4; host++) {
      maas.addHost("compute-" + host, "127.0.0.1");
    }
    String database = TestDatabase.newDatabase();
    Path log = Files.createTempFile("ukemi", ".log");
    List<Round> floor = new ArrayList<>();
    List<Round> ours = new ArrayList<>();
    try (UkemiProcess ukemi =
        UkemiProcess.start(FreePort.find(), LabSettings.of(maas, database), log)) {
      lab("endpoint", "instance-ha", ukemi.url() + "/v1");
      for (int round = 0; round < rounds; round++) {
        floor.add(measure("limit-window", guests));
        maas.powerOn("compute-1");
        Thread.sleep(3_000);
        Round notified = measure("notify", guests);
        double proof = secondsToProof(database);
        ours.add(new Round(notified.first() - proof, notified.all() - proof, notified.cpu()));
        System.out.printf(
            "round %d: floor %s, Ukemi from proof %s (proof %.1f s after the notification)%n",
            round + 1, floor.get(round), ours.get(round), proof);
      }
    } finally {
      lab("endpoint", "instance-ha", "masakari");
      lab("reset");
      maas.close();
    }
    print(guests, floor, ours);
    System.exit(0);
  }

  private static Round measure(String kind, String guests) {
    for (int attempt = 1; ; attempt++) {
      try {
        String output = lab("measure", kind, guests);
        Matcher measured = MEASURED.matcher(output);
        if (measured.find()) {
          return new Round(
              Double.parseDouble(measured.group(1)),
              Double.parseDouble(measured.group(3)),
              Double.parseDouble(measured.group(4)));
        }
        throw new AssertionError(output);
      } catch (AssertionError e) {
        if (attempt == 3) {
          throw e; // the lab's boot sometimes finds no host right after a reset
        }
      }
    }
  }

  private static double secondsToProof(String database) {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setUrl(database);
    return JdbcClient.create(dataSource)
        .sql(
            """
            select p.given_at, n.received_at
              from ukemi.proof_of_off p
              join ukemi.recovery_run r on r.id = p.run_id
              join ukemi.notification n on n.uuid = r.notification_uuid
             order by p.given_at desc limit 1
            """)
        .query(
            (row, number) ->
                Duration.between(
                            row.getObject("received_at", OffsetDateTime.class),
                            row.getObject("given_at", OffsetDateTime.class))
                        .toMillis()
                    / 1000.0)
        .single();
  }

  private static void print(String guests, List<Round> floor, List<Round> ours) {
    double floorAll = median(floor.stream().map(Round::all).toList());
    double oursAll = median(ours.stream().map(Round::all).toList());
    System.out.println(
        "| " + guests + " guests, medians | raw Nova, 16 in flight | Ukemi, from proof | |");
    System.out.println("| --- | --- | --- | --- |");
    System.out.printf(
        "| all back | %.1f s | %.1f s | ratio %.2f (at most 1.15) |%n",
        floorAll, oursAll, oursAll / floorAll);
    double floorFirst = median(floor.stream().map(Round::first).toList());
    double oursFirst = median(ours.stream().map(Round::first).toList());
    System.out.printf(
        "| first back | %.1f s | %.1f s | %.1f s later (at most 2) |%n",
        floorFirst, oursFirst, oursFirst - floorFirst);
    System.out.printf(
        "| CPU of the lab | %.1f s | %.1f s | |%n",
        median(floor.stream().map(Round::cpu).toList()),
        median(ours.stream().map(Round::cpu).toList()));
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
