package ukemi.fencing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import ukemi.compute.Compute;
import ukemi.database.DatabaseClock;
import ukemi.database.StillClock;
import ukemi.database.TestDatabase;
import ukemi.notification.RecoveryRun;

/** One node's fencing on a real database, with a fake MAAS and a fake Nova. */
class FencingWorld implements AutoCloseable {

  static final String HOST = "compute-1";
  static final String MACHINE = "qmt3sc";

  /** Some time of Nova's, far from the database's. */
  static final Instant NOVA = Instant.parse("2031-05-05T12:00:00Z");

  private static final DataSource DATABASE = TestDatabase.newDatabaseWithTables();

  final DataSource dataSource = DATABASE;
  final FakePower power;
  final FakeCompute compute;
  final JdbcClient jdbc;
  final TransactionTemplate transactions;
  final DatabaseClock clock;
  final Fencing fencing;
  final Heartbeats heartbeats;
  final PowerWatcher watcher;
  final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

  private FencingWorld(
      FakePower power, FakeCompute compute, FencingSettings settings, boolean watching) {
    this.power = power;
    this.compute = compute;
    context.registerBean(DataSource.class, () -> dataSource);
    context.registerBean(JdbcClient.class, () -> JdbcClient.create(dataSource));
    context.registerBean(
        PlatformTransactionManager.class, () -> new DataSourceTransactionManager(dataSource));
    context.registerBean(PowerControl.class, () -> power);
    context.registerBean(Compute.class, () -> compute);
    context.registerBean(NeverFenced.class, () -> new NeverFenced(List.of()));
    context.registerBean(FencingSettings.class, () -> settings);
    context.registerBean(
        DetectionSettings.class,
        () ->
            new DetectionSettings(
                Duration.ofSeconds(15), Duration.ofMinutes(5), Duration.ofMinutes(30)));
    if (watching) {
      context.register(DatabaseClock.class);
    } else {
      context.registerBean(StillClock.class);
    }
    context.register(
        Evidence.class,
        Fencing.class,
        FencingNotes.class,
        Heartbeats.class,
        HostChecks.class,
        KnownMachines.class,
        MachineIdentity.class,
        MachineLatch.class,
        OwnMachines.class,
        OwnTransaction.class,
        PowerOrders.class,
        PowerReadings.class,
        watching ? PowerWatcher.class : SleepingWatcher.class,
        PowerWatches.class,
        Proofs.class,
        RefusedConfirmations.class);
    context.refresh();
    jdbc = context.getBean(JdbcClient.class);
    transactions = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
    clock = context.getBean(DatabaseClock.class);
    fencing = context.getBean(Fencing.class);
    heartbeats = context.getBean(Heartbeats.class);
    watcher = context.getBean(PowerWatcher.class);
  }

  /** A watcher that never reads, so that the test alone says what was read. */
  static class SleepingWatcher extends PowerWatcher {
    SleepingWatcher(
        PowerControl power,
        MachineIdentity identity,
        PowerWatches watches,
        PowerReadings readings,
        Proofs proofs,
        DatabaseClock clock,
        OwnTransaction ownTransaction,
        FencingSettings settings) {
      super(power, identity, watches, readings, proofs, clock, ownTransaction, settings);
    }

    @Override
    public void start() {}
  }

  /** A world in which only the test reads the power, and says how old things are. */
  static FencingWorld quiet() {
    return with(settings(Provider.MAAS, true, Map.of()));
  }

  static FencingWorld with(FencingSettings settings) {
    return empty(settings, false);
  }

  /** A world whose power watcher reads by itself. */
  static FencingWorld watching() {
    return watching(Duration.ofSeconds(5));
  }

  /** The same with another gap between two readings of "off". */
  static FencingWorld watching(Duration readingGap) {
    return empty(settings(Provider.MAAS, true, readingGap, Map.of()), true);
  }

  private static FencingWorld empty(FencingSettings settings, boolean watching) {
    JdbcClient.create(DATABASE)
        .sql("truncate ukemi.failover_segment, ukemi.known_machine cascade")
        .update();
    FencingWorld world = new FencingWorld(new FakePower(), new FakeCompute(), settings, watching);
    world.power.put(FakePower.deployed(MACHINE, HOST));
    return world;
  }

  /** Another node of the same world. */
  FencingWorld secondNode() {
    return new FencingWorld(power, compute, settings(Provider.MAAS, true, Map.of()), true);
  }

  static FencingSettings settings(Provider provider, boolean latch, Map<String, String> machines) {
    return settings(provider, latch, Duration.ofSeconds(5), machines);
  }

  private static FencingSettings settings(
      Provider provider, boolean latch, Duration readingGap, Map<String, String> machines) {
    return new FencingSettings(
        provider,
        Duration.ofSeconds(180),
        latch,
        readingGap,
        Duration.ofSeconds(60),
        Duration.ofMinutes(15),
        machines);
  }

  /** An open run of the host, its segment and notification made up. */
  RecoveryRun openRun() {
    return openRun(HOST);
  }

  RecoveryRun openRun(String host) {
    UUID segment = UUID.randomUUID();
    UUID hostUuid = UUID.randomUUID();
    UUID notification = UUID.randomUUID();
    UUID run = UUID.randomUUID();
    jdbc.sql(
            "insert into ukemi.failover_segment (uuid, name, service_type, recovery_method)"
                + " values (?, ?, 'compute', 'auto')")
        .params(segment, segment.toString())
        .update();
    jdbc.sql("update ukemi.host set deleted_at = now() where name = ? and deleted_at is null")
        .param(host)
        .update();
    jdbc.sql(
            "insert into ukemi.host (uuid, segment_uuid, name, type, control_attributes)"
                + " values (?, ?, ?, 'kvm', '')")
        .params(hostUuid, segment, host)
        .update();
    jdbc.sql(
            "insert into ukemi.notification (uuid, type, source_host_uuid, source_host_name,"
                + " segment_uuid, payload, generated_time, status)"
                + " values (?, 'COMPUTE_HOST', ?, ?, ?, '{}', now(), 'running')")
        .params(notification, hostUuid, host, segment)
        .update();
    jdbc.sql(
            "insert into ukemi.recovery_run (id, notification_uuid, host_uuid, host_name,"
                + " process_instance_id) values (?, ?, ?, ?, 'p')")
        .params(run, notification, hostUuid, host)
        .update();
    return new RecoveryRun(run, notification, hostUuid, host, "p", clock.now(), null, null, null);
  }

  /** As when fencing is begun for the first time, or a person wants it. */
  void powerOff(RecoveryRun run) {
    fencing.powerOff(run, Instant.EPOCH);
  }

  /** An order that ended so many seconds ago. */
  void ordered(RecoveryRun run, double secondsAgo) {
    jdbc.sql(
            "insert into ukemi.power_order (run_id, system_id, begun_at, ended_at, answer)"
                + " values (?, ?, ?, ?, '200')")
        .params(run.id(), MACHINE, ago(secondsAgo + 1), ago(secondsAgo))
        .update();
  }

  /** A reading begun so many seconds ago and answered at once. */
  void read(RecoveryRun run, PowerState state, double secondsAgo) {
    read(run, MACHINE, state, secondsAgo);
  }

  void read(RecoveryRun run, String systemId, PowerState state, double secondsAgo) {
    jdbc.sql(
            "insert into ukemi.power_reading (run_id, system_id, begun_at, ended_at, state, detail)"
                + " values (?, ?, ?, ?, ?, 'by the test')")
        .params(run.id(), systemId, ago(secondsAgo), ago(secondsAgo), state.name())
        .update();
  }

  /** A run that is proven off by two readings, the last so many seconds ago. */
  RecoveryRun provenOff(double secondsAgo) {
    RecoveryRun run = openRun();
    silent();
    heartbeats.read(run);
    ordered(run, secondsAgo + 10);
    read(run, PowerState.OFF, secondsAgo + 6);
    read(run, PowerState.OFF, secondsAgo);
    fencing.recordProof(run);
    return run;
  }

  /** The host's last heartbeat is a minute old. */
  void silent() {
    compute.put(HOST, NOVA.minusSeconds(60), NOVA);
  }

  Object ago(double seconds) {
    return Sql.time(clock.now().minusMillis((long) (seconds * 1000)));
  }

  List<Map<String, Object>> rows(String table) {
    return jdbc.sql("select * from ukemi." + table).query().listOfRows();
  }

  @Override
  public void close() {
    context.close();
  }
}
