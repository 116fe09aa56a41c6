package ukemi.fencing;

import java.time.Duration;
import java.util.List;
import java.util.Map;
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
    jdbc.sql(
            """
            insert into ukemi.power_reading (run_id, system_id, begun_at, ended_at, state, detail)
            values (?, 'qmt3sc', clock_timestamp(), clock_timestamp(), 'ON', 'on')
            """)
        .param(run.id())
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
