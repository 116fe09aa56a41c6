package ukemi.fencing;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import ukemi.fault.Boundaries;
import ukemi.fault.Boundary;
import ukemi.notification.RecoveryRun;

/**
 * Locks a machine that is proven off, so that nobody switches it on through MAAS while its guests
 * are rebuilt elsewhere. The row is kept before the lock is asked for: a lock found after a crash
 * is ours if we meant to set it. Never blocks a recovery; what fails is noted.
 */
@Component
class MachineLatch {

  private static final Logger LOG = LoggerFactory.getLogger(MachineLatch.class);

  private final PowerControl power;
  private final FencingSettings settings;
  private final PowerOrders orders;
  private final FencingNotes notes;
  private final JdbcClient jdbc;
  private final OwnTransaction ownTransaction;

  MachineLatch(
      PowerControl power,
      FencingSettings settings,
      PowerOrders orders,
      FencingNotes notes,
      JdbcClient jdbc,
      OwnTransaction ownTransaction) {
    this.power = power;
    this.settings = settings;
    this.orders = orders;
    this.notes = notes;
    this.jdbc = jdbc;
    this.ownTransaction = ownTransaction;
  }

  void lock(RecoveryRun run) {
    List<PowerOrder> sent = orders.of(run.id());
    if (settings.provider() == Provider.NONE || !settings.latch() || sent.isEmpty()) {
      return;
    }
    String systemId = sent.get(sent.size() - 1).systemId();
    try {
      lock(run, systemId);
    } catch (PowerControlRefused | PowerControlUnavailable e) {
      note(run, "machine %s could not be locked in MAAS: %s".formatted(systemId, e.getMessage()));
    }
  }

  private void lock(RecoveryRun run, String systemId) {
    boolean locked = power.machine(systemId).map(Machine::locked).orElse(false);
    if (locked) {
      if (isOurs(systemId)) {
        keep(run.id(), systemId);
      } else {
        note(run, "machine %s is locked in MAAS by somebody else".formatted(systemId));
      }
      return;
    }
    keep(run.id(), systemId);
    boolean lockedByUs;
    try {
      lockedByUs = power.lock(systemId, comment("proven off", run));
      Boundaries.reached(Boundary.LOCK_ANSWERED);
    } catch (PowerControlRefused e) {
      forget(systemId);
      throw e;
    }
    if (!lockedByUs) {
      forget(systemId);
      note(run, "machine %s was locked in MAAS by somebody else".formatted(systemId));
    }
  }

  /**
   * Gives back every lock of ours on the run's machine. A refusal is noted.
   *
   * @throws PowerControlUnavailable when MAAS does not answer: the lock is still to be given back
   */
  void unlock(RecoveryRun run) {
    for (String systemId : keptBy(run.id())) {
      try {
        unlock(systemId, run);
      } catch (PowerControlRefused e) {
        note(
            run,
            "machine %s could not be unlocked in MAAS, unlock it there: %s"
                .formatted(systemId, e.getMessage()));
      }
    }
  }

  /** Unlocks a machine that we locked ourselves, so that it can be ordered off once more. */
  void unlock(String systemId, RecoveryRun run) {
    unlock(systemId, comment("recovery", run));
  }

  /** The same, when no recovery is open any more. */
  void unlock(String systemId, String comment) {
    power.unlock(systemId, comment);
    Boundaries.reached(Boundary.UNLOCK_ANSWERED);
    forget(systemId);
  }

  boolean isOurs(String systemId) {
    return jdbc.sql(
            "select exists (select from ukemi.machine_latch"
                + " where system_id = ? and unlocked_at is null)")
        .param(systemId)
        .query(Boolean.class)
        .single();
  }

  /** Whether a recovery of the host has locked its machine, and nobody has unlocked it. */
  boolean isAnyOf(String host) {
    return jdbc.sql(
            """
            select exists (select from ukemi.machine_latch l join ukemi.recovery_run r on r.id = l.run_id
                            where r.host_name = ? and l.unlocked_at is null)
            """)
        .param(host)
        .query(Boolean.class)
        .single();
  }

  /** What a person has to unlock in MAAS. */
  Optional<String> left(UUID runId) {
    List<String> kept = keptBy(runId);
    return kept.isEmpty()
        ? Optional.empty()
        : Optional.of("machine " + String.join(", ", kept) + " is still locked in MAAS");
  }

  private List<String> keptBy(UUID runId) {
    return jdbc.sql(
            "select system_id from ukemi.machine_latch where run_id = ? and unlocked_at is null")
        .param(runId)
        .query(String.class)
        .list();
  }

  private void keep(UUID runId, String systemId) {
    ownTransaction.run(
        () ->
            jdbc.sql(
                    """
                    insert into ukemi.machine_latch (run_id, system_id, locked_at)
                    values (?, ?, clock_timestamp())
                    on conflict (run_id) do update
                      set system_id = excluded.system_id, locked_at = excluded.locked_at,
                          unlocked_at = null
                    """)
                .params(runId, systemId)
                .update());
  }

  /** Also those of earlier runs of the host: the machine has but one lock. */
  private void forget(String systemId) {
    ownTransaction.run(
        () ->
            jdbc.sql(
                    "update ukemi.machine_latch set unlocked_at = clock_timestamp()"
                        + " where system_id = ? and unlocked_at is null")
                .param(systemId)
                .update());
  }

  private void note(RecoveryRun run, String text) {
    LOG.warn("Run {} of {}: {}", run.id(), run.hostName(), text);
    notes.add(run.id(), text);
  }

  private static String comment(String why, RecoveryRun run) {
    return "Ukemi: %s, %s, run %s".formatted(why, run.hostName(), run.id());
  }
}
