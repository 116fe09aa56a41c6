package ukemi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import ukemi.database.DatabaseProxy;
import ukemi.database.TestDatabase;
import ukemi.simulator.SimulatedCloud;

/**
 * While the database is gone every request is answered at once: monitors are told to come again,
 * and nobody hangs. When it is back the same requests are served.
 */
class DatabaseGoneTest {

  /** Far above the two seconds it takes, far below the time-out of a connection that hangs. */
  private static final Duration AT_ONCE = Duration.ofSeconds(20);

  private static final String NOWHERE = "99999999-9999-4999-8999-999999999999";

  private static SimulatedCloud cloud;
  private static DatabaseProxy database;
  private static RunningUkemi ukemi;
  private static HttpClient http;

  /** How the database is gone. */
  enum Way {
    REFUSES,
    HANGS
  }

  /** A request, and what is answered when all is well. */
  private record Call(String method, String path, String body, int status) {}

  private static final List<Call> CALLS =
      List.of(
          new Call("GET", "/segments", "", 200),
          new Call("GET", "/segments/" + NOWHERE, "", 404),
          new Call(
              "POST",
              "/segments",
              """
              {"segment": {"name": "s", "recovery_method": "auto", "service_type": "C"}}
              """,
              409),
          new Call("PUT", "/segments/" + NOWHERE, "{\"segment\": {\"name\": \"x\"}}", 404),
          new Call("DELETE", "/segments/" + NOWHERE, "", 404),
          new Call("GET", "/segments/" + NOWHERE + "/hosts", "", 404),
          new Call(
              "POST",
              "/segments/" + NOWHERE + "/hosts",
              """
              {"host": {"name": "x", "type": "COMPUTE", "control_attributes": "SSH"}}
              """,
              404),
          new Call("DELETE", "/segments/" + NOWHERE + "/hosts/" + NOWHERE, "", 404),
          new Call("GET", "/notifications", "", 200),
          new Call("GET", "/notifications/" + NOWHERE, "", 404),
          new Call(
              "POST",
              "/notifications",
              """
              {"notification": {"type": "COMPUTE_HOST", "hostname": "nobody",
               "generated_time": "2026-11-22T07:47:24", "payload": {"event": "STOPPED"}}}
              """,
              400),
          new Call("GET", "/notifications/" + NOWHERE + "/vmoves", "", 404));

  @BeforeAll
  static void start() {
    cloud = SimulatedCloud.start(0);
    database = new DatabaseProxy(TestDatabase.newDatabase());
    ukemi =
        RunningUkemi.start(
            cloud, database.jdbcUrl(), Map.of(RunningUkemi.CONNECTION_TIMEOUT, "")); // as shipped
    ukemi.client().createSegment("s", "auto");
    http = HttpClient.newHttpClient();
  }

  @AfterEach
  void heal() {
    database.heal();
  }

  @AfterAll
  static void stop() {
    ukemi.close();
    database.close();
    cloud.close();
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void everyRequestIsAnsweredAtOnceWith503AndServedWhenItIsBack(Way way) {
    if (way == Way.REFUSES) {
      database.refuse();
    } else {
      database.hang();
    }

    // three of each at the same time: a crowd waits no longer than one
    List<CompletableFuture<HttpResponse<String>>> answers =
        Stream.of(CALLS, CALLS, CALLS)
            .flatMap(List::stream)
            .map(call -> http.sendAsync(request(call), BodyHandlers.ofString()))
            .toList();

    assertThat(answers)
        .allSatisfy(
            answer -> {
              assertThat(answer.get().statusCode()).isEqualTo(503);
              assertThat(answer.get().body()).startsWith("{\"serviceUnavailable\":{\"code\":503,");
            });

    database.heal();
    await()
        .atMost(Duration.ofMinutes(5))
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(CALLS)
                    .allSatisfy(
                        call ->
                            assertThat(
                                    http.send(request(call), BodyHandlers.ofString()).statusCode())
                                .isEqualTo(call.status())));
  }

  private static HttpRequest request(Call call) {
    return HttpRequest.newBuilder(URI.create(ukemi.url() + "/v1" + call.path()))
        .timeout(AT_ONCE)
        .header("Content-Type", "application/json")
        .header("X-Auth-Token", ukemi.client().token())
        .method(call.method(), BodyPublishers.ofString(call.body()))
        .build();
  }
}
