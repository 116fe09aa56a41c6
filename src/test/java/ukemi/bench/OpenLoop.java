package ukemi.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients of every kind that send on time, whether or not those before them were answered: 50
 * requests a second, and every half minute 200 more at once. A delay counts from when a request was
 * to be sent.
 */
final class OpenLoop {

  /** Each second. */
  static final int RATE = 50;

  static final int SPIKE = 200;
  static final Duration BETWEEN_SPIKES = Duration.ofSeconds(30);

  /** What a spike is given to be over. */
  static final Duration SPIKE_ENDS = Duration.ofSeconds(2);

  private static final String CREATE = "POST segment";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * @param status 0 when the connection failed
   * @param inSpike sent as a part of a spike or within its end
   */
  record Answer(String kind, Set<Integer> allowed, int status, Duration delay, boolean inSpike) {

    boolean isWrong() {
      return !allowed.contains(status);
    }
  }

  private record Order(String kind, HttpRequest request, Set<Integer> allowed) {}

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(60))
          .build();
  private final String ukemi;
  private final String token;
  private final String segment;
  private final Queue<String> created = new ConcurrentLinkedQueue<>();
  private final String notification;
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final Phaser open = new Phaser(1);
  private int number;

  /**
   * @param notification of a host's recovery
   */
  OpenLoop(Bench bench, String notification) {
    this.ukemi = bench.ukemi.url() + "/v1";
    this.token = bench.client.token();
    this.segment = bench.segment;
    this.notification = notification;
  }

  /** Sends for so long, waits for the last answer and gives all. */
  List<Answer> run(Duration length) {
    long begun = System.nanoTime();
    long spike = begun + BETWEEN_SPIKES.toNanos() / 2;
    long lastSpike = Long.MIN_VALUE;
    for (long due = begun; due < begun + length.toNanos(); due += 1_000_000_000 / RATE) {
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      if (due >= spike) {
        lastSpike = due;
        spike += BETWEEN_SPIKES.toNanos();
        for (int i = 0; i < SPIKE; i++) {
          send(due, true);
        }
      }
      send(due, lastSpike != Long.MIN_VALUE && due - lastSpike < SPIKE_ENDS.toNanos());
    }
    open.arriveAndAwaitAdvance();
    return new ArrayList<>(answers);
  }

  private void send(long due, boolean inSpike) {
    Order order = order(number++);
    open.register();
    http.sendAsync(order.request(), BodyHandlers.ofString())
        .whenComplete(
            (answer, failure) -> {
              if (failure == null && order.kind().equals(CREATE)) {
                created.addAll(uuid(answer.body()));
              }
              answers.add(
                  new Answer(
                      order.kind(),
                      order.allowed(),
                      failure == null ? answer.statusCode() : 0,
                      Duration.ofNanos(System.nanoTime() - due),
                      inSpike));
              open.arriveAndDeregister();
            });
  }

  /** Of 25: 11 reports, 9 reads, 3 changes of segments, 2 mistakes. */
  private Order order(int number) {
    String host = "live-" + (number % 4 + 1);
    return switch (number % 25) {
      case 0, 3, 6, 9, 12, 15, 18, 21, 24 ->
          report(
              Set.of(202),
              "VM",
              host,
              Map.of(
                  "event", "LIFECYCLE",
                  "vir_domain_event", "STOPPED_SHUTDOWN",
                  "instance_uuid", UUID.randomUUID().toString()));
      case 2 ->
          report(
              Set.of(202),
              "PROCESS",
              host,
              Map.of("event", "STOPPED", "process_name", "daemon-" + number));
      // the others of a cluster report the same
      case 4 ->
          report(
              Set.of(202, 409),
              "PROCESS",
              host,
              Map.of("event", "STOPPED", "process_name", "daemon"));
      case 1, 11 -> get("/notifications?limit=100", 200);
      case 5 -> get("/notifications?status=new&type=VM", 200);
      case 7, 17 -> get("/notifications/" + notification, 200);
      case 8 -> get("/notifications/" + notification + "/vmoves?limit=50", 200);
      case 10 -> get("/segments", 200);
      case 13 -> get("/segments/" + segment + "/hosts", 200);
      case 16 -> get("/segments?limit=1", 200);
      case 14 ->
          new Order(
              CREATE,
              request("/segments").POST(json("segment", segment(number))).build(),
              Set.of(201));
      case 20 ->
          new Order(
              "DELETE segment",
              request("/segments/" + Optional.ofNullable(created.poll()).orElse("none"))
                  .DELETE()
                  .build(),
              // when none was left
              Set.of(204, 404));
      // in use while one of its hosts is recovered
      case 19 ->
          new Order(
              "PUT segment",
              request("/segments/" + segment)
                  .PUT(json("segment", Map.of("description", "of " + number)))
                  .build(),
              Set.of(200, 409));
      case 22 -> get("/notifications/" + UUID.randomUUID(), 404);
      case 23 ->
          new Order(
              "POST segment, bad",
              request("/segments").POST(json("segment", Map.of("name", ""))).build(),
              Set.of(400));
      default -> throw new IllegalStateException();
    };
  }

  private static List<String> uuid(String body) {
    try {
      return List.of(JSON.readTree(body).at("/segment/uuid").asText());
    } catch (JsonProcessingException e) {
      return List.of();
    }
  }

  private static Map<String, Object> segment(int number) {
    return Map.of("name", "load-" + number, "recovery_method", "auto", "service_type", "COMPUTE");
  }

  private Order report(
      Set<Integer> allowed, String type, String host, Map<String, String> payload) {
    return new Order(
        "POST notification",
        request("/notifications")
            .POST(
                json(
                    "notification",
                    Map.of(
                        "type", type,
                        "hostname", host,
                        "generated_time", LocalDateTime.now(ZoneOffset.UTC).toString(),
                        "payload", payload)))
            .build(),
        allowed);
  }

  private Order get(String path, int status) {
    return new Order("GET", request(path).GET().build(), Set.of(status));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(ukemi + path))
        .timeout(Duration.ofSeconds(60))
        .header("Content-Type", "application/json")
        .header("OpenStack-API-Version", "instance-ha 1.1")
        .header("X-Auth-Token", token);
  }

  private static HttpRequest.BodyPublisher json(String name, Map<String, ?> fields) {
    try {
      return BodyPublishers.ofString(JSON.writeValueAsString(Map.of(name, fields)));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
