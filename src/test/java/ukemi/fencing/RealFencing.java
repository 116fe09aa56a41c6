package ukemi.fencing;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.context.ApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import ukemi.notification.RecoveryRun;

/** The real fencing on a real database, for tests of other rooms; its proofs are rows. */
public final class RealFencing {

  private RealFencing() {}

  /** Puts fencing into a context that has the database and Nova; nobody reads the power in it. */
  public static void register(GenericApplicationContext context, Provider provider) {
    context.registerBean(PowerControl.class, FakePower::new);
    context.registerBean(NeverFenced.class, () -> new NeverFenced(List.of()));
    context.registerBean(
        FencingSettings.class, () -> FencingWorld.settings(provider, true, Map.of()));
    context.registerBean(
        DetectionSettings.class,
        () ->
            new DetectionSettings(
                Duration.ofSeconds(15), Duration.ofMinutes(5), Duration.ofMinutes(30)));
    for (Class<?> bean :
        new Class<?>[] {
          Evidence.class,
          Fencing.class,
          FencingNotes.class,
          Heartbeats.class,
          HostChecks.class,
          KnownMachines.class,
          MachineIdentity.class,
          MachineLatch.class,
          MachineStart.class,
          OwnMachines.class,
          OwnTransaction.class,
          PowerOrders.class,
          PowerReadings.class,
          FencingWorld.SleepingWatcher.class,
          PowerWatches.class,
          Proofs.class,
          RefusedConfirmations.class
        }) {
      context.registerBean(bean);
    }
  }

  /** MAAS knows the host's machine, which somebody has locked. */
  public static void locked(ApplicationContext context, String host) {
    power(context).put(FakePower.deployed(FencingWorld.MACHINE, host));
    power(context).setLocked(FencingWorld.MACHINE, true);
  }

  public static void unlocked(ApplicationContext context) {
    power(context).setLocked(FencingWorld.MACHINE, false);
  }

  public static void away(ApplicationContext context) {
    power(context).failing = new PowerControlUnavailable("MAAS did not answer in time");
  }

  public static void back(ApplicationContext context) {
    power(context).failing = null;
  }

  /** A MAAS that answers, and knows no machine. */
  public static void clear(ApplicationContext context) {
    back(context);
    power(context).machines.clear();
    power(context).calls.clear();
  }

  public static long ordersOff(ApplicationContext context) {
    return power(context).calls("off").size();
  }

  private static FakePower power(ApplicationContext context) {
    return (FakePower) context.getBean(PowerControl.class);
  }

  /** The run's machine was read as off so long ago, twice. */
  public static void prove(JdbcClient jdbc, RecoveryRun run, Duration ago) {
    jdbc.sql(
            """
            insert into ukemi.proof_of_off (id, run_id, host_name, kind, given_by, evidence, stands_from)
            values (gen_random_uuid(), ?, ?, 'READINGS', 'the test', '',
                    clock_timestamp() - make_interval(secs => ?))
            """)
        .params(run.id(), run.hostName(), ago.toSeconds())
        .update();
  }

  /** MAAS reads the run's machine as on. */
  public static void readAsOn(JdbcClient jdbc, RecoveryRun run) {
    read(jdbc, run, PowerState.ON);
  }

  /** MAAS cannot read the run's machine. */
  public static void notRead(JdbcClient jdbc, RecoveryRun run) {
    read(jdbc, run, PowerState.UNKNOWN);
  }

  /** MAAS reads the run's machine as off, twice, after the last order and far enough apart. */
  public static void readAsOffTwice(JdbcClient jdbc, RecoveryRun run) {
    for (String earlier : List.of("power_order", "power_reading")) {
      jdbc.sql(
              "update ukemi.%s set begun_at = begun_at - interval '20 s',".formatted(earlier)
                  + " ended_at = ended_at - interval '20 s'")
          .update();
    }
    read(jdbc, run, PowerState.OFF);
    jdbc.sql(
            "update ukemi.power_reading set begun_at = begun_at - interval '10 s',"
                + " ended_at = ended_at - interval '10 s' where state = 'OFF'")
        .update();
    read(jdbc, run, PowerState.OFF);
  }

  private static void read(JdbcClient jdbc, RecoveryRun run, PowerState state) {
    jdbc.sql(
            """
            insert into ukemi.power_reading (run_id, system_id, begun_at, ended_at, state, detail)
            values (?, 'qmt3sc', clock_timestamp(), clock_timestamp(), ?, 'by the test')
            """)
        .params(run.id(), state.name())
        .update();
  }

  /** Nova shows a new heartbeat of the run's host. */
  public static void heartbeatAdvances(JdbcClient jdbc, RecoveryRun run) {
    jdbc.sql(
            """
            insert into ukemi.heartbeat (run_id, host_name, baseline, last_heartbeat, read_at)
            values (?, ?, '2031-05-05 12:00:00+00', '2031-05-05 12:00:10+00', '2031-05-05 12:00:11+00')
            """)
        .params(run.id(), run.hostName())
        .update();
  }
}
