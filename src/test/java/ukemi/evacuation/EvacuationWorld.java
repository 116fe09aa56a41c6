package ukemi.evacuation;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import ukemi.compute.Compute;
import ukemi.database.DatabaseClock;
import ukemi.database.TestDatabase;
import ukemi.fencing.Provider;
import ukemi.fencing.RealFencing;
import ukemi.notification.Notifications;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;
import ukemi.plannedwork.PlannedWorks;
import ukemi.segment.Hosts;
import ukemi.segment.Segments;

/** One node's evacuation, with the real fencing and a real database, in front of a fake Nova. */
class EvacuationWorld implements AutoCloseable {

  static final String HOST = "compute-1";

  static final GuestSettings ALL_UNLOCKED =
      new GuestSettings(GuestSettings.Recover.ALL, "HA_Enabled", false, GuestSettings.Lock.NEVER);
  static final TargetSettings IN_SEGMENT = new TargetSettings(TargetSettings.Auto.SEGMENT, false);

  private static final DataSource DATABASE = pool(TestDatabase.newDatabaseWithTables());

  final FakeNova nova;
  final EvacuationSettings settings;
  final JdbcClient jdbc = JdbcClient.create(DATABASE);
  final Attempts attempts;
  final Guests guests;
  final Reserves reserves;
  final Hosts hosts;
  final Evacuator evacuator;
  final LandingWatch watch;
  final SlotGranter slots;
  final Settlement settlement;
  final RecoveryRuns runs;
  final HostClaim claim;

  /** Of shared readings. Time flies, unless a test stops it: each guest is read itself. */
  LongSupplier nanoTime = timeFlies();

  private final AnnotationConfigApplicationContext context =
      new AnnotationConfigApplicationContext();

  private static DataSource pool(DataSource database) {
    HikariConfig pool = new HikariConfig();
    pool.setDataSource(database);
    // a context that is closed closes no more than its own wrapper
    return new DelegatingDataSource(new HikariDataSource(pool));
  }

  /** A guest in Nova, and its row. */
  record Guest(UUID instance, UUID vmove) {}

  private EvacuationWorld(
      FakeNova nova,
      EvacuationSettings settings,
      GuestSettings guestSettings,
      TargetSettings targetSettings,
      Provider provider) {
    this.nova = nova;
    this.settings = settings;
    context.registerBean(DataSource.class, () -> DATABASE);
    context.registerBean(JdbcClient.class, () -> jdbc);
    context.registerBean(
        PlatformTransactionManager.class, () -> new DataSourceTransactionManager(DATABASE));
    context.registerBean(Compute.class, () -> nova);
    context.registerBean(EvacuationSettings.class, () -> settings);
    context.registerBean(GuestSettings.class, () -> guestSettings);
    context.registerBean(TargetSettings.class, () -> targetSettings);
    context.registerBean(
        SourceReadings.class,
        () ->
            new SourceReadings(
                nova, context.getBean(DatabaseClock.class), () -> nanoTime.getAsLong()));
    RealFencing.register(context, provider);
    context.register(
        Transactions.class,
        DatabaseClock.class,
        Notifications.class,
        RecoveryRuns.class,
        Segments.class,
        HostChanges.class,
        Hosts.class,
        Attempts.class,
        ReserveClaims.class,
        Reserves.class,
        PlannedWorks.class,
        Targets.class,
        Guests.class,
        Evacuator.class,
        LandingWatch.class,
        SlotGranter.class,
        Settlement.class,
        HostClaim.class);
    context.refresh();
    attempts = context.getBean(Attempts.class);
    guests = context.getBean(Guests.class);
    reserves = context.getBean(Reserves.class);
    hosts = context.getBean(Hosts.class);
    evacuator = context.getBean(Evacuator.class);
    watch = context.getBean(LandingWatch.class);
    slots = context.getBean(SlotGranter.class);
    settlement = context.getBean(Settlement.class);
    runs = context.getBean(RecoveryRuns.class);
    claim = context.getBean(HostClaim.class);
  }

  private static LongSupplier timeFlies() {
    AtomicLong passed = new AtomicLong();
    return () -> passed.addAndGet(Duration.ofHours(1).toNanos());
  }

  @EnableTransactionManagement(proxyTargetClass = true)
  static class Transactions {}

  static EvacuationWorld empty() {
    return inFlight(16);
  }

  static EvacuationWorld inFlight(int inFlight) {
    return with(inFlight, Provider.MAAS);
  }

  static EvacuationWorld with(int inFlight, Provider provider) {
    JdbcClient.create(DATABASE)
        .sql("truncate ukemi.failover_segment, ukemi.planned_work cascade")
        .update();
    return new EvacuationWorld(
        new FakeNova(), settings(inFlight), ALL_UNLOCKED, IN_SEGMENT, provider);
  }

  static EvacuationWorld with(GuestSettings guests, TargetSettings targets) {
    JdbcClient.create(DATABASE)
        .sql("truncate ukemi.failover_segment, ukemi.planned_work cascade")
        .update();
    return new EvacuationWorld(new FakeNova(), settings(16), guests, targets, Provider.MAAS);
  }

  private static EvacuationSettings settings(int inFlight) {
    return new EvacuationSettings(
        inFlight, 3, Duration.ofSeconds(5), Duration.ofMinutes(15), Duration.ofMinutes(30));
  }

  /** Another node of the same world. */
  EvacuationWorld secondNode() {
    return new EvacuationWorld(nova, settings, ALL_UNLOCKED, IN_SEGMENT, Provider.MAAS);
  }

  /** A notification of a host that is new. */
  UUID notification(String host) {
    UUID segment = UUID.randomUUID();
    UUID hostUuid = UUID.randomUUID();
    jdbc.sql(
            "insert into ukemi.failover_segment (uuid, name, service_type, recovery_method)"
                + " values (?, ?, 'compute', 'auto')")
        .params(segment, segment.toString())
        .update();
    jdbc.sql(
            "insert into ukemi.host (uuid, segment_uuid, name, type, control_attributes)"
                + " values (?, ?, ?, 'kvm', '')")
        .params(hostUuid, segment, host)
        .update();
    return another(hostUuid, segment, host);
  }

  private UUID another(UUID hostUuid, UUID segment, String host) {
    UUID notification = UUID.randomUUID();
    jdbc.sql(
            "insert into ukemi.notification (uuid, type, source_host_uuid, source_host_name,"
                + " segment_uuid, payload, generated_time, status)"
                + " values (?, 'COMPUTE_HOST', ?, ?, ?, '{\"host_status\": \"UNKNOWN\"}', now(), 'new')")
        .params(notification, hostUuid, host, segment)
        .update();
    return notification;
  }

  /** A second notification of the same host. */
  UUID oneMore(UUID notification) {
    Map<String, Object> row =
        jdbc.sql("select * from ukemi.notification where uuid = ?")
            .param(notification)
            .query()
            .singleRow();
    return another(
        (UUID) row.get("source_host_uuid"),
        (UUID) row.get("segment_uuid"),
        (String) row.get("source_host_name"));
  }

  /** An open run of the host, not proven off. */
  RecoveryRun unprovenRun(String host) {
    return claim.claim(notification(host), "process of " + host).orElseThrow();
  }

  /** An open run of the host, proven off just now. */
  RecoveryRun run(String host) {
    RecoveryRun run = unprovenRun(host);
    RealFencing.prove(jdbc, run, Duration.ZERO);
    return run;
  }

  /** An open run of a host that is registered already, proven off just now. */
  RecoveryRun runOf(UUID hostUuid, String host) {
    UUID segment =
        jdbc.sql("select segment_uuid from ukemi.host where uuid = ?")
            .param(hostUuid)
            .query(UUID.class)
            .single();
    RecoveryRun run =
        claim.claim(another(hostUuid, segment, host), "process of " + host).orElseThrow();
    RealFencing.prove(jdbc, run, Duration.ZERO);
    return run;
  }

  /** One more host of the run's segment, up and enabled in Nova; registered last. */
  UUID besides(RecoveryRun run, String name, boolean reserved) {
    nova.hosts.add(name);
    UUID uuid = UUID.randomUUID();
    jdbc.sql(
            """
            insert into ukemi.host (uuid, segment_uuid, name, type, control_attributes, reserved)
            select ?, segment_uuid, ?, 'kvm', '', ? from ukemi.host where uuid = ?
            """)
        .params(uuid, name, reserved, run.hostUuid())
        .update();
    return uuid;
  }

  /** Work on the host that is open; a report that it is down was noted in it. */
  UUID plannedWork(UUID host) {
    UUID work =
        jdbc.sql(
                """
                insert into ukemi.planned_work
                  (uuid, scope, scope_uuid, scope_name, starts_at, ends_at, reason, person)
                select gen_random_uuid(), 'HOST', uuid, name, now() - interval '1 h',
                       now() + interval '1 h', 'r', 'p' from ukemi.host where uuid = ?
                returning uuid
                """)
            .param(host)
            .query(UUID.class)
            .single();
    jdbc.sql(
            """
            with n as (
              insert into ukemi.notification (uuid, type, source_host_uuid, source_host_name,
                segment_uuid, payload, generated_time, status)
              select gen_random_uuid(), 'COMPUTE_HOST', uuid, name, segment_uuid,
                     '{"event": "STOPPED"}', now(), 'ignored' from ukemi.host where uuid = ?
              returning uuid)
            insert into ukemi.planned_work_failure select ?, uuid from n
            """)
        .params(host, work)
        .update();
    return work;
  }

  /** Lists the run's guests: all are recovered, those that are marked go first. */
  List<UUID> list(RecoveryRun run) {
    return guests.list(run, (guest, marked, wanted) -> GuestSelection.usual(marked, null));
  }

  /** A guest that is listed and waits for a slot. */
  Guest waiting(RecoveryRun run, String vmState, Map<String, String> metadata) {
    UUID instance = nova.put(run.hostName(), vmState, metadata);
    list(run);
    Guest guest = new Guest(instance, vmoveOf(run, instance));
    queue(guest);
    return guest;
  }

  Guest waiting(RecoveryRun run) {
    return waiting(run, "active", Map.of());
  }

  UUID vmoveOf(RecoveryRun run, UUID instance) {
    return jdbc.sql("select uuid from ukemi.vmove where run_id = ? and instance_uuid = ?")
        .params(run.id(), instance)
        .query(UUID.class)
        .single();
  }

  void queue(Guest guest) {
    guests.queue(guest.vmove(), process(guest));
  }

  static String process(Guest guest) {
    return "process of " + guest.vmove();
  }

  /** A guest that has a slot; the call has not left. */
  Guest granted(RecoveryRun run, String vmState) {
    Guest guest = waiting(run, vmState, Map.of());
    slots.grant(process -> {});
    return guest;
  }

  /** A guest of a host proven off whose evacuation Nova has taken. */
  Guest underWay(String vmState) {
    Guest guest = granted(run(HOST), vmState);
    evacuator.evacuate(guest.vmove(), null);
    return guest;
  }

  /** The guest gets a slot once more. */
  void again(Guest guest) {
    queue(guest);
    slots.grant(process -> {});
  }

  Attempt attempt(Guest guest) {
    return attempts.last(guest.vmove()).orElseThrow();
  }

  String status(Guest guest) {
    return (String) row(guest).get("status");
  }

  String message(Guest guest) {
    return (String) row(guest).get("message");
  }

  Map<String, Object> row(Guest guest) {
    return jdbc.sql("select * from ukemi.vmove where uuid = ?")
        .param(guest.vmove())
        .query()
        .singleRow();
  }

  /** Makes what was asked older. */
  void later(Duration time) {
    jdbc.sql(
            "update ukemi.evacuation_attempt set asked_at = asked_at - make_interval(secs => ?),"
                + " answered_at = answered_at - make_interval(secs => ?)")
        .params(time.toSeconds(), time.toSeconds())
        .update();
  }

  Instant now() {
    return jdbc.sql("select clock_timestamp()")
        .query(java.time.OffsetDateTime.class)
        .single()
        .toInstant();
  }

  /** Does the same in two threads at once. */
  static void atOnce(Consumer<Integer> work) throws Exception {
    CyclicBarrier together = new CyclicBarrier(2);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> both =
          threads
              .invokeAll(
                  List.<Callable<Object>>of(
                      () -> doTogether(together, work, 0), () -> doTogether(together, work, 1)))
              .stream()
              .<Future<?>>map(future -> future)
              .toList();
      for (Future<?> one : both) {
        one.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  private static Object doTogether(CyclicBarrier together, Consumer<Integer> work, int number)
      throws Exception {
    together.await();
    work.accept(number);
    return null;
  }

  @Override
  public void close() {
    context.close();
  }
}
