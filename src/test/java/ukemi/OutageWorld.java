package ukemi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.task.Task;
import ukemi.database.DatabaseProxy;
import ukemi.database.TestDatabase;
import ukemi.notification.Notification;
import ukemi.notification.Notifications;
import ukemi.simulator.Faults;
import ukemi.simulator.Match;
import ukemi.simulator.SimulatedCloud;
import ukemi.simulator.Trouble;

/** The program in front of a cloud and a database that go away and come back; a host a case. */
final class OutageWorld implements AutoCloseable {

  private static final int GUESTS = 4;

  final SimulatedCloud cloud = SimulatedCloud.start(0);
  final DatabaseProxy database = new DatabaseProxy(TestDatabase.newDatabase());
  final RunningUkemi ukemi;
  private final String segment;
  private int cases;
  private volatile boolean isAway;
  private volatile boolean databaseIsAway;

  /** What is away. */
  enum Service {
    NOVA,
    KEYSTONE,
    MAAS,
    DATABASE
  }

  /** How it is away. */
  enum Way {
    ANSWERS_503,
    RESETS,
    HANGS
  }

  /** How far the recovery is when it goes. */
  enum Moment {
    BEFORE_FENCING,
    WHILE_FENCING,
    BEFORE_FORCE_DOWN,
    IN_MID_EVACUATION
  }

  /** One host that died. */
  record Case(String host, List<UUID> guests, UUID notification) {}

  OutageWorld(Map<String, String> more) {
    cloud
        .settings()
        .reportInterval(Duration.ofSeconds(1))
        .evacuationTime(Duration.ofSeconds(2))
        .bmcTimeout(Duration.ofSeconds(2))
        .rpcTimeout(Duration.ofSeconds(5));
    cloud.addHost("target-1", "10.30.1.1").addHost("target-2", "10.30.1.2");
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("ukemi.openstack.read-timeout", "2s");
    settings.put("ukemi.openstack.service-update-timeout", "8s");
    settings.put("ukemi.maas.connect-timeout", "2s");
    settings.put("ukemi.maas.read-timeout", "2s");
    settings.put("ukemi.maas.query-timeout", "3s");
    settings.put("ukemi.fencing.proof-age", "12s");
    settings.put("ukemi.evacuation.in-flight", "2");
    settings.put(RunningUkemi.CONNECTION_TIMEOUT, ""); // callers are to be told soon
    settings.putAll(more);
    ukemi = RunningUkemi.start(cloud, database.jdbcUrl(), settings);
    segment = ukemi.client().createSegment("segment1", "auto");
    ukemi.client().createHosts(segment, "target-1", "target-2");
  }

  /** A host with guests dies and is reported, and the service goes away at that moment. */
  Case begin(Service service, Way way, Moment moment) {
    Case begun = newHost();
    Runnable trouble = () -> away(service, way);
    switch (moment) {
      case BEFORE_FENCING -> {}
      case WHILE_FENCING ->
          cloud.faults().onRequest(Match.powerOff(), Faults.Moment.AFTER_EFFECT, trouble);
      case BEFORE_FORCE_DOWN ->
          cloud
              .faults()
              .onRequest(
                  Match.service("maas").method("POST").withQuery("op=lock"),
                  Faults.Moment.AFTER_EFFECT,
                  trouble);
      case IN_MID_EVACUATION ->
          cloud.faults().onRequest(Match.evacuate(), Faults.Moment.AFTER_EFFECT, trouble);
    }
    Case reported = report(begun);
    if (moment == Moment.BEFORE_FENCING) {
      trouble.run();
    }
    await().atMost(Duration.ofMinutes(3)).until(() -> isAway);
    return reported;
  }

  private Case newHost() {
    ukemi.client().renewToken();
    String host = "compute-" + ++cases;
    cloud.addHost(host, "10.30.0." + cases);
    ukemi.client().createHosts(segment, host);
    return new Case(
        host,
        IntStream.range(0, GUESTS).mapToObj(n -> cloud.addGuest(host, host + "-" + n)).toList(),
        null);
  }

  private Case report(Case dead) {
    cloud.crash(dead.host());
    return new Case(
        dead.host(), dead.guests(), UUID.fromString(ukemi.client().hostStopped(dead.host())));
  }

  /** A host with guests that has just been reported dead; nothing is away. */
  Case begin() {
    return report(newHost());
  }

  private void away(Service service, Way way) {
    if (service == Service.DATABASE) {
      databaseIsAway = true;
      if (way == Way.HANGS) {
        database.hang();
      } else {
        database.refuse();
      }
    } else {
      Trouble trouble =
          switch (way) {
            case ANSWERS_503 -> Trouble.status(503);
            case RESETS -> Trouble.reset();
            case HANGS -> Trouble.hang();
          };
      cloud.faults().set(Match.service(service.name().toLowerCase(java.util.Locale.ROOT)), trouble);
      if (service == Service.KEYSTONE) {
        cloud.revokeTokens(); // else it would not be missed for an hour
      }
    }
    isAway = true;
  }

  /** It is back. */
  void heal() {
    cloud.faults().clear();
    if (databaseIsAway) {
      database.heal();
    }
    databaseIsAway = false;
    isAway = false;
  }

  Notification notification(Case of) {
    return ukemi.bean(Notifications.class).find(of.notification()).orElseThrow();
  }

  /** Waits until the notification says in such words what it waits for. */
  void awaitWaiting(Case of, String... words) {
    await()
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () -> assertThat(notification(of).message()).startsWith("Waiting: ").contains(words));
  }

  /** The open attention tasks of a case. */
  List<Task> attention(Case of) {
    return ukemi
        .bean(TaskService.class)
        .createTaskQuery()
        .taskNameLike("Attention: recovery of " + of.host() + " %")
        .list();
  }

  /** Waits for the end, and holds it against the promises. */
  void awaitRecovered(Case of, Duration within) {
    await()
        .atMost(within)
        .pollInterval(Duration.ofMillis(300))
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(notification(of).status())
                    .as(() -> notification(of).message() + "\n" + ukemi.state())
                    .isEqualTo(Notification.Status.FINISHED));
    assertThat(notification(of).message())
        .isEqualTo(GUESTS + " guests of " + of.host() + " recovered");
    assertThat(of.guests())
        .allSatisfy(guest -> assertThat(cloud.truth().evacuateCalls(guest)).hasSize(1))
        .allSatisfy(guest -> assertThat(cloud.truth().hostOf(guest)).startsWith("target-"))
        .allSatisfy(guest -> assertThat(cloud.truth().runningOn(guest)).hasSize(1));
    assertThat(cloud.truth().twiceRunning()).isEmpty();
    assertThat(cloud.truth().evacuatedFromHostsWithPower()).isEmpty();
    assertThat(cloud.locked(of.host())).isFalse();
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () -> {
              assertThat(attention(of)).isEmpty();
              assertThat(unsettledAttention(of)).isZero();
            });
  }

  private int unsettledAttention(Case of) {
    return ukemi
        .jdbc()
        .sql(
            "select count(*) from ukemi.attention where settled_at is null and"
                + " notification_uuid = ?")
        .param(of.notification())
        .query(Integer.class)
        .single();
  }

  /** What fails now is not tried again by itself for an hour. */
  void postponeRetries() {
    ManagementService management = ukemi.bean(ManagementService.class);
    await()
        .atMost(Duration.ofMinutes(1))
        .ignoreExceptions() // it may be tried at this very moment
        .until(
            () -> {
              List<Job> failing = management.createJobQuery().withException().list();
              failing.forEach(
                  job ->
                      management.setJobDuedate(
                          job.getId(), Date.from(Instant.now().plus(Duration.ofHours(1)))));
              return !failing.isEmpty();
            });
  }

  /** POSTs a notification about a host that is not concerned; gives the status of the answer. */
  int post(String token) {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create(ukemi.url() + "/v1/notifications"))
                  .timeout(Duration.ofSeconds(60))
                  .header("Content-Type", "application/json")
                  .header("X-Auth-Token", token)
                  .POST(
                      BodyPublishers.ofString(
                          """
                          {"notification": {"type": "COMPUTE_HOST", "hostname": "target-1",
                           "generated_time": "2026-11-22T07:47:24",
                           "payload": {"event": "STARTED", "host_status": "NORMAL",
                                       "cluster_status": "ONLINE"}}}
                          """))
                  .build(),
              BodyHandlers.ofString())
          .statusCode();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Waits through an outage, and notes whether something was true at any time of it. On a slow
   * machine it lasts longer.
   */
  static boolean during(Duration outage, BooleanSupplier seen) {
    long begun = System.nanoTime();
    long end = begun + outage.toNanos();
    long latestEnd = end + Duration.ofMinutes(2).toNanos();
    boolean wasSeen = false;
    while (System.nanoTime() < (wasSeen ? end : latestEnd)) {
      wasSeen |= seen.getAsBoolean();
      sleep(Duration.ofMillis(500));
    }
    return wasSeen;
  }

  static void sleep(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    heal();
    ukemi.close();
    database.close();
    cloud.close();
  }
}
