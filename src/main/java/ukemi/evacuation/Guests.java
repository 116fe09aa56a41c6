package ukemi.evacuation;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import ukemi.compute.Compute;
import ukemi.compute.Instance;
import ukemi.notification.RecoveryRun;

/** The guests of a recovery: which they are, in which order they go, what became of them. */
@Service
public class Guests {

  /** Masakari's default key, and the values it takes as yes. */
  private static final String HA_ENABLED = "HA_Enabled";

  private static final String PROCESS_GONE = "its process was deleted";

  private static final Set<String> YES = Set.of("1", "t", "true", "on", "y", "yes");

  private final JdbcClient jdbc;
  private final Attempts attempts;
  private final Compute compute;

  Guests(JdbcClient jdbc, Attempts attempts, Compute compute) {
    this.jdbc = jdbc;
    this.attempts = attempts;
    this.compute = compute;
  }

  /**
   * Writes down every guest that Nova shows on the run's host. A second call adds only what is new.
   *
   * @return uuids of the vmoves that are still to be evacuated, the most important first
   */
  @Transactional
  public List<UUID> list(RecoveryRun run) {
    for (Instance instance : compute.instancesOn(run.hostName())) {
      jdbc.sql(
              """
              insert into ukemi.vmove (uuid, notification_uuid, run_id, instance_uuid, instance_name,
                     source_host, status, state_before, priority)
              values (:uuid, :notification, :run, :instance, :name, :host, 'pending', :state, :priority)
                  on conflict (run_id, instance_uuid) do nothing
              """)
          .param("uuid", UUID.randomUUID())
          .param("notification", run.notificationUuid())
          .param("run", run.id())
          .param("instance", instance.id())
          .param("name", instance.name())
          .param("host", run.hostName())
          .param("state", instance.vmState())
          .param("priority", priority(instance.metadata()))
          .update();
    }
    return jdbc.sql(
            """
            select uuid from ukemi.vmove
             where run_id = ? and status in ('pending', 'ongoing') order by priority desc, id
            """)
        .param(run.id())
        .query(UUID.class)
        .list();
  }

  private static int priority(Map<String, String> metadata) {
    return YES.contains(metadata.getOrDefault(HA_ENABLED, "").toLowerCase(java.util.Locale.ROOT))
        ? 1
        : 0;
  }

  /** Puts the guest into the queue for a slot; the process waits to be told. */
  @Transactional
  public void queue(UUID vmove, String processInstance) {
    jdbc.sql(
            "update ukemi.vmove set waiting_process = ? where uuid = ? and status in ('pending', 'ongoing')")
        .params(processInstance, vmove)
        .update();
  }

  /** What became of the run's guests, for the report. */
  public Summary summary(UUID runId) {
    int recovered =
        jdbc.sql("select count(*) from ukemi.vmove where run_id = ? and status = 'succeeded'")
            .param(runId)
            .query(Integer.class)
            .single();
    List<String> left =
        jdbc.sql(
                """
                select instance_name || ' (' || instance_uuid || '): ' || coalesce(message, 'not tried')
                  from ukemi.vmove where run_id = ? and status not in ('succeeded', 'ignored') order by id
                """)
            .param(runId)
            .query(String.class)
            .list();
    return new Summary(recovered, left);
  }

  /** Why guests of open runs could not be handed to Nova yet, by notification. */
  public Map<UUID, String> notTaken() {
    Map<UUID, String> reasons = new LinkedHashMap<>();
    jdbc.sql(
            """
            select notification_uuid, count(*), min(reason)
              from (select distinct on (a.vmove_uuid) v.notification_uuid, a.outcome, a.reason
                      from ukemi.evacuation_attempt a
                      join ukemi.vmove v on v.uuid = a.vmove_uuid
                      join ukemi.recovery_run r on r.id = v.run_id
                     where r.closed_at is null and v.status in ('pending', 'ongoing')
                     order by a.vmove_uuid, a.number desc) last
             where (outcome is null or outcome = 'NOT_ASKED') and reason is not null
             group by notification_uuid
            """)
        .query(
            (RowCallbackHandler)
                row ->
                    reasons.put(
                        row.getObject(1, UUID.class),
                        row.getInt(2) + " guests wait for evacuation: " + row.getString(3)));
    return reasons;
  }

  /** Lists what is not recovered as left: nobody waits any more, and no further call leaves. */
  @Transactional
  public void abandon(UUID runId, String why) {
    jdbc.sql(
            """
            update ukemi.vmove set waiting_process = null, status = 'failed', message = :why,
                   end_time = clock_timestamp(), updated_at = clock_timestamp()
             where run_id = :run and status in ('pending', 'ongoing')
            """)
        .param("why", why)
        .param("run", runId)
        .update();
    // afterwards: a slot granted meanwhile is seen here, a later one is not granted
    attempts.closeUnasked(runId, why);
  }

  /**
   * Gives up guests whose own process is gone: it would hold its place in the queue, or its slot,
   * for ever.
   *
   * @param living the given processes that still exist
   */
  @Transactional
  public void abandonThoseWithoutProcess(UnaryOperator<Set<String>> living) {
    Set<String> gone =
        new HashSet<>(
            jdbc.sql(
                    """
                    select waiting_process from ukemi.vmove where waiting_process is not null
                    union
                    select process_instance from ukemi.evacuation_attempt
                     where asked_at is null and closed_at is null
                    """)
                .query(String.class)
                .list());
    if (!gone.isEmpty()) {
      gone.removeAll(living.apply(Set.copyOf(gone)));
    }
    for (String process : gone) {
      jdbc.sql("select uuid from ukemi.vmove where waiting_process = ?")
          .param(process)
          .query(UUID.class)
          .optional()
          .or(() -> attempts.closeUnaskedOf(process, PROCESS_GONE))
          .ifPresent(vmove -> fail(vmove, PROCESS_GONE));
    }
  }

  /** Guests of the run that Nova is still at work on. */
  public int underWay(UUID runId) {
    return jdbc.sql(
            """
            select count(*) from ukemi.evacuation_attempt
             where run_id = ? and asked_at is not null and closed_at is null
            """)
        .param(runId)
        .query(Integer.class)
        .single();
  }

  /** A guest was deleted or moved by others: nothing of ours to do. */
  void ignore(UUID vmove, String why) {
    end(vmove, "ignored", null, why);
  }

  void succeed(UUID vmove, String destHost) {
    end(vmove, "succeeded", destHost, null);
  }

  void fail(UUID vmove, String why) {
    end(vmove, "failed", null, why);
  }

  void begin(UUID vmove) {
    jdbc.sql(
            """
            update ukemi.vmove set status = 'ongoing', start_time = coalesce(start_time, clock_timestamp()),
                   updated_at = clock_timestamp() where uuid = ?
            """)
        .param(vmove)
        .update();
  }

  /** A guest that Nova has shown elsewhere stays recovered, whoever was about to list it. */
  private void end(UUID vmove, String status, String destHost, String message) {
    jdbc.sql(
            """
            update ukemi.vmove set status = :status, dest_host = coalesce(:dest, dest_host), message = :message,
                   end_time = clock_timestamp(), updated_at = clock_timestamp(), waiting_process = null
             where uuid = :uuid and status <> 'succeeded'
            """)
        .param("status", status)
        .param("dest", destHost)
        .param("message", message)
        .param("uuid", vmove)
        .update();
  }

  /**
   * The end of a host's evacuation.
   *
   * @param left a line a guest: name, uuid, reason
   */
  public record Summary(int recovered, List<String> left) {}
}
