package ukemi.evacuation;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import ukemi.fault.Boundaries;
import ukemi.fault.Boundary;
import ukemi.fencing.Fencing;
import ukemi.fencing.NoProof;

/**
 * Grants slots to waiting guests, the most important first, wave after wave (rule R7). In flight =
 * open attempts of all runs and nodes. Only guests of a run with a fresh proof of off get one.
 */
@Service
public class SlotGranter {

  private static final Logger LOG = LoggerFactory.getLogger(SlotGranter.class);

  /**
   * Its own recovery is at work on it: not one that waits for the attempt of another recovery, or
   * whose process is gone. A moment without either is the pause before its next try.
   */
  private static final String IS_DEALT_WITH =
      """
      not exists (select 1 from ukemi.evacuation_attempt o
                   where o.instance_uuid = e.instance_uuid and o.run_id <> e.run_id
                     and o.closed_at is null)
      and (e.waiting_process is not null
           or exists (select 1 from ukemi.evacuation_attempt a
                       where a.vmove_uuid = e.uuid and a.closed_at is null)
           or coalesce(e.updated_at, e.created_at) > clock_timestamp() - interval '2 minutes')
      """;

  private final JdbcClient jdbc;
  private final Attempts attempts;
  private final Fencing fencing;
  private final EvacuationSettings settings;
  private final TransactionTemplate transaction;

  /** Guests whose process could not be told: each is worth one line in the log. */
  private final Set<UUID> cannotBeTold = ConcurrentHashMap.newKeySet();

  SlotGranter(
      JdbcClient jdbc,
      Attempts attempts,
      Fencing fencing,
      EvacuationSettings settings,
      PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.attempts = attempts;
    this.fencing = fencing;
    this.settings = settings;
    this.transaction = new TransactionTemplate(transactions);
  }

  /**
   * Grants what is free.
   *
   * @param tell tells the waiting process, in the transaction that opens the attempt; when it
   *     throws, the guest goes on waiting
   */
  public void grant(Consumer<String> tell) {
    List<UUID> proven =
        jdbc
            .sql(
                """
                select distinct v.run_id from ukemi.vmove v
                  join ukemi.recovery_run r on r.id = v.run_id
                 where v.waiting_process is not null and not r.held
                """)
            .query(UUID.class)
            .list()
            .stream()
            .filter(this::isProven)
            .toList();
    if (proven.isEmpty() || attempts.countOpen() >= settings.inFlight()) {
      return;
    }
    // all of them: one that cannot be told does not keep the next ones from their slot
    for (Waiting guest : waiting(proven)) {
      try {
        if (!Boolean.TRUE.equals(transaction.execute(status -> grant(guest, tell)))) {
          return;
        }
        cannotBeTold.remove(guest.uuid());
      } catch (RuntimeException e) {
        if (cannotBeTold.add(guest.uuid())) {
          LOG.warn("slot for {} not granted, trying again: {}", guest.uuid(), e.toString());
        }
      }
    }
  }

  private List<Waiting> waiting(List<UUID> proven) {
    return jdbc.sql(
            """
            select uuid, waiting_process from ukemi.vmove v
             where waiting_process is not null and run_id in (:runs)
               and not exists (select 1 from ukemi.evacuation_attempt a
                                where a.instance_uuid = v.instance_uuid and a.closed_at is null)
               and not exists (select 1 from ukemi.vmove e
                                where e.run_id = v.run_id and e.wave < v.wave
                                  and e.status in ('pending', 'ongoing')
                                  and %s)
             order by priority desc, id
            """
                .formatted(IS_DEALT_WITH))
        .param("runs", proven)
        .query(Waiting.class)
        .list();
  }

  /**
   * Counts under a lock of its own: the caller's ends with its connection, perhaps unnoticed.
   *
   * @return false when no slot is free
   */
  private boolean grant(Waiting guest, Consumer<String> tell) {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended('ukemi slots', 0))")
        .query((row, number) -> 0)
        .single();
    if (attempts.countOpen() >= settings.inFlight()) {
      return false;
    }
    boolean stillWaits =
        jdbc.sql(
                    """
                    update ukemi.vmove set waiting_process = null
                     where uuid = ? and waiting_process = ?
                    """)
                .params(guest.uuid(), guest.waitingProcess())
                .update()
            == 1;
    if (stillWaits) {
      attempts.open(guest.uuid(), guest.waitingProcess());
      Boundaries.reached(Boundary.SLOT_BEFORE_CORRELATION);
      tell.accept(guest.waitingProcess());
      Boundaries.reached(Boundary.SLOT_BEFORE_COMMIT);
    }
    return true;
  }

  private boolean isProven(UUID run) {
    try {
      fencing.requireProof(run);
      return true;
    } catch (NoProof e) {
      return false;
    }
  }

  private record Waiting(UUID uuid, String waitingProcess) {}
}
