package ukemi.hostreturn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.reset;
import static org.mockito.Mockito.when;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.support.TransactionTemplate;
import ukemi.compute.Compute;
import ukemi.compute.ComputeRefused;
import ukemi.database.TestDatabase;
import ukemi.evacuation.FakeNova;
import ukemi.evacuation.Guests;
import ukemi.evacuation.HostPutBack;
import ukemi.evacuation.Reserves;
import ukemi.fencing.MachineStart;
import ukemi.notification.Notifications;
import ukemi.notification.RecoveryRuns;
import ukemi.segment.Host;
import ukemi.segment.Hosts;
import ukemi.segment.MaintenanceOwner;
import ukemi.segment.Segments;

/** What happens to a host, or to its guests, while a step of its return is under way. */
class DuringAReturnTest {

  private static final String HOST = "compute-1";
  private static final DataSource DATABASE = TestDatabase.newDatabaseWithTables();

  private final JdbcClient jdbc = JdbcClient.create(DATABASE);
  private final FakeNova nova = new FakeNova();
  private final MachineStart machines = mock(MachineStart.class);
  private final AnnotationConfigApplicationContext context =
      new AnnotationConfigApplicationContext();
  private final UUID host = UUID.randomUUID();
  private ReturnToService steps;
  private HostReturns returns;
  private HostReturn hostReturn;

  @EnableTransactionManagement(proxyTargetClass = true)
  static class Transactions {}

  @BeforeEach
  void aHostIsBeingReturned() throws NotReturned {
    context.registerBean(JdbcClient.class, () -> jdbc);
    context.registerBean(
        PlatformTransactionManager.class, () -> new DataSourceTransactionManager(DATABASE));
    context.registerBean(Compute.class, () -> nova);
    context.registerBean(ReturnSettings.class, () -> new ReturnSettings(Duration.ofMinutes(30), 2));
    context.registerBean(MachineStart.class, () -> machines);
    context.registerBean(Guests.class, () -> mock(Guests.class));
    context.registerBean(Reserves.class, () -> mock(Reserves.class));
    context.registerBean(HostPutBack.class, () -> mock(HostPutBack.class));
    context.register(
        Transactions.class,
        Segments.class,
        Hosts.class,
        Notifications.class,
        RecoveryRuns.class,
        HostReturns.class,
        GuestsBack.class,
        ReturnToService.class);
    context.refresh();
    steps = context.getBean(ReturnToService.class);
    returns = context.getBean(HostReturns.class);
    jdbc.sql("truncate ukemi.failover_segment cascade").update();
    UUID segment = UUID.randomUUID();
    jdbc.sql(
            "insert into ukemi.failover_segment (uuid, name, service_type, recovery_method)"
                + " values (?, 's', 'compute', 'auto')")
        .param(segment)
        .update();
    jdbc.sql(
            """
            insert into ukemi.host
              (uuid, segment_uuid, name, type, control_attributes, maintenance_owner)
            values (?, ?, ?, 'kvm', '', 'OPERATOR')
            """)
        .params(host, segment, HOST)
        .update();
    hostReturn = returns.open(HOST, "the process");
  }

  @AfterEach
  void close() {
    context.close();
  }

  private void reportedDead() {
    jdbc.sql("update ukemi.host_return set reported_down_at = clock_timestamp()").update();
  }

  private MaintenanceOwner owner() {
    return context.getBean(Hosts.class).byUuid(host).map(Host::maintenanceOwner).orElseThrow();
  }

  @Test
  void aDeathReportedWhileMaasUnlocksKeepsTheHostOnMaintenance() {
    when(machines.unlock(HOST))
        .thenAnswer(
            call -> {
              reportedDead();
              return Optional.empty();
            });

    assertThatThrownBy(() -> steps.endMaintenance(hostReturn, false))
        .isInstanceOf(HostLost.class)
        .hasMessageContaining("was reported dead");

    assertThat(owner()).isEqualTo(MaintenanceOwner.RETURN);
  }

  @Test
  void aDeathThatIsBeingStoredMeanwhileKeepsTheHostOnMaintenance() throws Exception {
    when(machines.unlock(HOST)).thenReturn(Optional.empty());
    CompletableFuture<Void> ending =
        new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
            .execute(
                uncommitted -> {
                  context.getBean(Hosts.class).holdByName(HOST);
                  CompletableFuture<Void> other =
                      CompletableFuture.runAsync(
                          () -> {
                            try {
                              steps.endMaintenance(hostReturn, false);
                            } catch (HostLost e) {
                              throw new IllegalStateException(e.getMessage());
                            }
                          });
                  await()
                      .atMost(Duration.ofMinutes(2))
                      .until(() -> other.isDone() || waitsForALock());
                  reportedDead();
                  return other;
                });

    assertThatThrownBy(() -> ending.get(2, TimeUnit.MINUTES))
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("was reported dead");
    assertThat(owner()).isEqualTo(MaintenanceOwner.RETURN);
  }

  private boolean waitsForALock() {
    return jdbc.sql(
                "select count(*) from pg_stat_activity"
                    + " where wait_event_type = 'Lock' and datname = current_database()")
            .query(Integer.class)
            .single()
        == 1;
  }

  @Test
  void aDeathReportedWhileThePowerIsReadIsTheLastCheckBeforeTheOrder() throws Exception {
    when(machines.powerOn(eq(HOST), any()))
        .thenAnswer(
            call -> {
              reportedDead();
              call.<MachineStart.LastCheck<HostLost>>getArgument(1).run();
              return "switched on";
            });

    assertThatThrownBy(() -> steps.powerOn(hostReturn)).isInstanceOf(HostLost.class);
    assertThat(returns.noted(hostReturn, true)).isEmpty();
  }

  @Test
  void aGuestThatIsInErrorOnTheHostIsNotBack() {
    UUID guest = evacuated();
    steps.moveGuestsBack(hostReturn);
    nova.shows(guest, HOST, "error", null);

    assertThat(steps.moveGuestsBack(hostReturn)).isZero();

    assertThat(steps.left(hostReturn).orElseThrow()).contains("it is in error on compute-1");
  }

  @Test
  void aGuestWhoseFirstMoveFailedAfterLongHasItsSecond() {
    UUID guest = evacuated();
    steps.moveGuestsBack(hostReturn);
    nova.shows(guest, "compute-2", "active", "migrating");
    assertThat(steps.moveGuestsBack(hostReturn)).isEqualTo(1);
    jdbc.sql("update ukemi.guest_move_back set moving_since = moving_since - interval '1 hour'")
        .update();
    nova.shows(guest, "compute-2", "active", null);

    assertThat(steps.moveGuestsBack(hostReturn)).isEqualTo(1);
    nova.shows(guest, "compute-2", "active", "migrating");
    assertThat(steps.moveGuestsBack(hostReturn)).isEqualTo(1);
    jdbc.sql("update ukemi.guest_move_back set moving_since = moving_since - interval '1 hour'")
        .update();

    assertThat(steps.moveGuestsBack(hostReturn)).isZero();
    assertThat(steps.left(hostReturn).orElseThrow())
        .contains("Nova is at work on it (migrating) for too long");
  }

  @Test
  void aHostThatWasToBeAReserveIsNotToBeEnabledByHand() {
    steps.leaveToPerson(hostReturn, "Nova refuses to make it a reserve: no", "ada", true, false);

    assertThat(steps.left(hostReturn).orElseThrow())
        .contains("Nova refuses to make it a reserve: no", "no reserve yet")
        .doesNotContain("enable");
  }

  @Test
  void thatNovaHasTooMuchToDoIsNoRefusal() throws Exception {
    Reserves reserves = context.getBean(Reserves.class);
    when(reserves.make(HOST)).thenThrow(new ComputeRefused(429, "Too many requests"));
    assertThatThrownBy(() -> steps.makeReserve(hostReturn)).isInstanceOf(ComputeRefused.class);

    reset(reserves);
    when(reserves.make(HOST)).thenThrow(new ComputeRefused(403, "Policy doesn't allow it"));
    assertThatThrownBy(() -> steps.makeReserve(hostReturn))
        .isInstanceOf(NotAllowed.class)
        .hasMessage("Nova refuses to make it a reserve: Policy doesn't allow it");
  }

  /** A guest on compute-2 that the host's recovery brought there. */
  private UUID evacuated() {
    UUID guest = nova.put("compute-2", "active", Map.of());
    jdbc.sql(
            """
            insert into ukemi.guest_move_back (return_id, instance_uuid, instance_name, from_host)
            values (?, ?, 'web', 'compute-2')
            """)
        .params(hostReturn.id(), guest)
        .update();
    return guest;
  }
}
