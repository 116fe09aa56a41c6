package ukemi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import ukemi.database.TestDatabase;
import ukemi.simulator.SimulatedCloud;

/** Two programs on one database answer as one, also when they are asked at the same moment. */
class TwoNodesTest {

  private static final int AT_ONCE = 50;

  private static SimulatedCloud cloud;
  private static RunningUkemi one;
  private static RunningUkemi two;

  @BeforeAll
  static void start() {
    cloud = SimulatedCloud.start(0);
    String database = TestDatabase.newDatabase();
    one = node(database);
    two = node(database);
  }

  private static RunningUkemi node(String database) {
    return RunningUkemi.start(
        cloud,
        database,
        Map.of(
            "server.port",
            String.valueOf(FreePort.find()),
            // a machine that stalls is not a database that is gone
            "spring.datasource.hikari.connection-timeout",
            "60000"));
  }

  @AfterAll
  static void stop() {
    two.close();
    one.close();
    cloud.close();
  }

  @Test
  void ofFiftyEqualReportsOneIsTaken() throws Exception {
    cloud.addHost("compute-1", "10.40.0.1");
    one.client().createHosts(one.client().createSegment("reports", "auto"), "compute-1");
    LocalDateTime seen = LocalDateTime.now(ZoneOffset.UTC);

    List<Integer> answers =
        atOnce(AT_ONCE, number -> () -> node(number).tryHostStopped("compute-1", seen));

    assertThat(Collections.frequency(answers, 202)).as("%s", answers).isEqualTo(1);
    assertThat(Collections.frequency(answers, 409)).as("%s", answers).isEqualTo(AT_ONCE - 1);
    assertThat(two.client().notifications())
        .filteredOn(notification -> hostOf(notification).equals("compute-1"))
        .hasSize(1);
  }

  @Test
  void ofFiftyEqualSegmentsOneIsCreated() throws Exception {
    Map<String, Object> segment =
        Map.of(
            "segment",
            Map.of("name", "unique", "recovery_method", "auto", "service_type", "COMPUTE"));

    List<Integer> answers =
        atOnce(AT_ONCE, number -> () -> node(number).tryPost("/segments", segment));

    assertThat(Collections.frequency(answers, 201)).as("%s", answers).isEqualTo(1);
    assertThat(Collections.frequency(answers, 409)).as("%s", answers).isEqualTo(AT_ONCE - 1);
  }

  /**
   * Either the report is first and the segment is in use, or its host is not registered any more.
   */
  @RepeatedTest(10)
  void aSegmentIsNotDeletedUnderAReport(RepetitionInfo round) throws Exception {
    String host = "deleted-" + round.getCurrentRepetition();
    cloud.addHost(host, "10.40.1." + round.getCurrentRepetition());
    String segment = one.client().createSegment("s-" + host, "auto");
    one.client().createHosts(segment, host);
    String hostPath =
        "/segments/" + segment + "/hosts/" + one.client().host(segment, host).get("uuid").asText();
    boolean wholeSegment = round.getCurrentRepetition() % 2 == 0;
    LocalDateTime seen = LocalDateTime.now(ZoneOffset.UTC);

    List<Integer> answers =
        atOnce(
            2,
            number ->
                () ->
                    number == 0
                        ? one.client().tryHostStopped(host, seen)
                        : two.client().tryDelete(wholeSegment ? "/segments/" + segment : hostPath));

    assertThat(answers).isIn(List.of(202, 409), List.of(400, 204));
  }

  private static MasakariClient node(int number) {
    return (number % 2 == 0 ? one : two).client();
  }

  private static String hostOf(JsonNode notification) {
    return one.jdbc()
        .sql("select name from ukemi.host where uuid = cast(? as uuid)")
        .param(notification.get("source_host_uuid").asText())
        .query(String.class)
        .single();
  }

  /** What each of them answers; they begin together. */
  private static List<Integer> atOnce(int many, Sender sender)
      throws InterruptedException, ExecutionException {
    List<Callable<Integer>> work = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      work.add(sender.number(i));
    }
    return AtOnce.run(work);
  }

  @FunctionalInterface
  private interface Sender {
    Callable<Integer> number(int number);
  }
}
