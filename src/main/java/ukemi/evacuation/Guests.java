package ukemi.evacuation;

import static java.util.stream.Collectors.joining;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import ukemi.compute.Instance;
import ukemi.notification.RecoveryRun;

/** The guests of a recovery: which they are, in which order they go, what became of them. */
@Service
public class Guests {

  private static final String PROCESS_GONE = "its process was deleted";

  private static final Set<String> YES = Set.of("1", "t", "true", "on", "y", "yes");

  private final JdbcClient jdbc;
  private final Attempts attempts;
  private final SourceReadings readings;
  private final GuestSettings settings;

  Guests(JdbcClient jdbc, Attempts attempts, SourceReadings readings, GuestSettings settings) {
    this.jdbc = jdbc;
    this.attempts = attempts;
    this.readings = readings;
    this.settings = settings;
  }

  /**
   * Writes down every guest that Nova shows on the run's host. A later call is the next pass: it
   * adds what is new, and what an earlier pass has left is tried again, unless Nova cannot evacuate
   * it or is still at work on it.
   *
   * @param selector asked about each guest that is new
   * @return uuids of the vmoves that are to be evacuated, the most important first
   */
  @Transactional
  public List<UUID> list(RecoveryRun run, GuestSelector selector) {
    List<Instance> there = readings.guestsOn(run.hostName());
    for (Instance instance : there) {
      String wanted =
          wantedBefore(run, instance)
              .orElseGet(() -> isBeingRestarted(instance) ? "active" : StateWanted.of(instance));
      boolean marked = isHaEnabled(instance);
      GuestSelection selection = selector.select(instance, marked, wanted);
      Optional<String> leftBySetting = left(instance, wanted, marked);
      String left = leftBySetting.orElse(selection.left());
      jdbc.sql(
              """
              insert into ukemi.vmove (uuid, notification_uuid, run_id, instance_uuid, instance_name,
                     source_host, status, message, state_before, state_wanted, priority, wave,
                     selection, note)
              values (:uuid, :notification, :run, :instance, :name, :host, :status, :message,
                      :state, :wanted, :priority, :wave, :selection, :note)
                  on conflict (run_id, instance_uuid) do nothing
              """)
          .param("uuid", UUID.randomUUID())
          .param("notification", run.notificationUuid())
          .param("run", run.id())
          .param("instance", instance.id())
          .param("name", instance.name())
          .param("host", run.hostName())
          .param("status", left == null ? "pending" : "ignored")
          .param("message", left)
          .param("state", instance.vmState())
          .param("wanted", wanted)
          .param("priority", selection.priority())
          .param("wave", selection.wave())
          .param(
              "selection",
              leftBySetting.isPresent()
                  ? GuestSelection.Response.LEAVE.name()
                  : selection.response().name())
          .param("note", selection.note())
          .update();
    }
    leaveGone(run, there.stream().map(Instance::id).toList());
    return there.isEmpty() ? List.of() : toGo(run, there.stream().map(Instance::id).toList());
  }

  /** What nobody has begun with and is not there any more does not keep the next wave. */
  private void leaveGone(RecoveryRun run, List<UUID> there) {
    jdbc.sql(
            """
            update ukemi.vmove v
               set status = 'ignored', message = 'Nova shows it on the host no more',
                   updated_at = clock_timestamp()
             where run_id = :run and status = 'pending' and waiting_process is null
               and instance_uuid <> all (:there::uuid[])
               and not exists (select 1 from ukemi.evacuation_attempt a
                                where a.vmove_uuid = v.uuid)
            """)
        .param("run", run.id())
        .param("there", there.stream().map(UUID::toString).collect(joining(",", "{", "}")))
        .update();
  }

  private List<UUID> toGo(RecoveryRun run, List<UUID> there) {
    return jdbc.sql(
            """
            select uuid from ukemi.vmove v
             where run_id = :run and instance_uuid in (:there)
               and (status in ('pending', 'ongoing')
                    or status = 'failed'
                       and not exists (select 1 from ukemi.evacuation_attempt a
                                        where a.vmove_uuid = v.uuid
                                          and (a.closed_at is null or a.outcome = 'IMPOSSIBLE')))
             order by wave, priority desc, id
            """)
        .param("run", run.id())
        .param("there", there)
        .query(UUID.class)
        .list();
  }

  /** Why the settings leave the guest. */
  private Optional<String> left(Instance instance, String wanted, boolean marked) {
    if (settings.recover() == GuestSettings.Recover.HA_ENABLED && !marked) {
      return Optional.of("left: it has no true " + settings.haKey() + " in its metadata");
    }
    if (settings.leaveErrors() && wanted.equals("error")) {
      return Optional.of("left: it was in state error");
    }
    return Optional.empty();
  }

  /** The run's guests about which a person is to decide, a line each. */
  public List<String> undecided(UUID runId) {
    return jdbc.sql(
            """
            select instance_name || ' (' || instance_uuid || ')' || coalesce(': ' || note, '')
              from ukemi.vmove where run_id = ? and selection = 'ASK' and status = 'ignored'
             order by id
            """)
        .param(runId)
        .query(String.class)
        .list();
  }

  /** A person has decided about them: they are listed anew, or left. */
  @Transactional
  public void decide(UUID runId, boolean recover, String person) {
    jdbc.sql(
            """
            update ukemi.vmove
               set selection = :selection, status = :status, message = :message,
                   updated_at = clock_timestamp()
             where run_id = :run and selection = 'ASK' and status = 'ignored'
            """)
        .param("selection", recover ? "RECOVER" : "LEAVE")
        .param("status", recover ? "pending" : "ignored")
        .param("message", recover ? null : "left by " + person)
        .param("run", runId)
        .update();
  }

  private boolean isHaEnabled(Instance instance) {
    return YES.contains(
        instance.metadata().getOrDefault(settings.haKey(), "").toLowerCase(Locale.ROOT));
  }

  /** It may be stopped because a restart of ours has stopped it when its host failed. */
  private boolean isBeingRestarted(Instance instance) {
    return jdbc.sql(
            """
            select exists (select 1 from ukemi.guest_run
                            where instance_uuid = :instance and closed_at is null
                              and restarted_at is not null)
            """)
        .param("instance", instance.id())
        .query(Boolean.class)
        .single();
  }

  /**
   * What an earlier recovery wanted the guest to be and did not bring about: its evacuation, and
   * not its own fate, has left it in error, or half-way on a host that has failed as well.
   */
  private Optional<String> wantedBefore(RecoveryRun run, Instance instance) {
    return jdbc.sql(
            """
            select last.state_wanted
              from (select v.state_wanted, v.status, a.outcome, a.closed_at, a.id as attempt
                      from ukemi.vmove v
                      left join lateral (select * from ukemi.evacuation_attempt a
                                          where a.vmove_uuid = v.uuid
                                          order by a.number desc limit 1) a on true
                     where v.instance_uuid = :instance and v.run_id <> :run
                     order by v.id desc limit 1) last
             where last.status <> 'succeeded'
               and (last.outcome = 'TARGET_DIED'
                    or last.attempt is not null and last.closed_at is null
                    or last.status <> 'ignored' and :state = 'error')
            """)
        .param("instance", instance.id())
        .param("run", run.id())
        .param("state", instance.vmState())
        .query(String.class)
        .optional();
  }

  /**
   * Puts the guest into the queue for a slot; the process waits to be told. One that an earlier
   * pass has left begins its next.
   */
  @Transactional
  public void queue(UUID vmove, String processInstance) {
    int queued =
        jdbc.sql(
                """
            update ukemi.vmove v
               set waiting_process = :process, message = null, end_time = null,
                   pass = case status when 'failed' then pass + 1 else pass end,
                   status = case status when 'failed' then 'pending' else status end
             where uuid = :uuid and status in ('pending', 'ongoing', 'failed')
               and exists (select 1 from ukemi.recovery_run r
                            where r.id = v.run_id and r.closed_at is null)
            """)
            .param("process", processInstance)
            .param("uuid", vmove)
            .update();
    if (queued == 0) {
      throw new IllegalStateException("The guest's recovery is over, it gets no slot: " + vmove);
    }
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
                  from ukemi.vmove
                 where run_id = ?
                   and (status not in ('succeeded', 'ignored') or selection = 'ASK' and status = 'ignored')
                 order by id
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
             where run_id = :run
               and (status in ('pending', 'ongoing') or selection = 'ASK' and status = 'ignored')
            """)
        .param("why", why)
        .param("run", runId)
        .update();
    // afterwards: a slot granted meanwhile is seen here, a later one is not granted
    attempts.closeUnasked(runId, why);
  }

  /**
   * The same, and nothing of it is settled any more: not what Nova is at work on, nor our locks.
   */
  @Transactional
  public void giveUp(UUID runId, String why) {
    abandon(runId, why);
    attempts.giveUp(runId, why);
    jdbc.sql(
            """
            update ukemi.vmove set locked = false,
                   message = concat_ws('; ', message, 'perhaps still locked in Nova')
             where run_id = ? and locked
            """)
        .param(runId)
        .update();
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

  /** Guests that Nova is still at work on evacuating from the host, in any run. */
  public int underWayFrom(String host) {
    return jdbc.sql(
            """
            select count(*) from ukemi.evacuation_attempt
             where source_host = ? and asked_at is not null and closed_at is null
            """)
        .param(host)
        .query(Integer.class)
        .single();
  }

  /** Keeps that the guest is locked by us. */
  void locked(UUID vmove) {
    jdbc.sql("update ukemi.vmove set locked = true where uuid = ?").param(vmove).update();
  }

  /**
   * Keeps that our lock is lifted, unless the guest has been taken up again meanwhile.
   *
   * @param problem why it could not be lifted; null = it was
   */
  void unlocked(UUID vmove, String problem) {
    jdbc.sql(
            """
            update ukemi.vmove set locked = false,
                   message = case when :problem::text is null then message
                                  else concat_ws('; ', message, :problem::text) end
             where uuid = :uuid and status not in ('pending', 'ongoing')
            """)
        .param("uuid", vmove)
        .param("problem", problem)
        .update();
  }

  /** Tells what became at last of a guest that was listed as left. */
  void explain(UUID vmove, String reason) {
    jdbc.sql(
            """
            update ukemi.vmove set message = ?, updated_at = clock_timestamp()
             where uuid = ? and status = 'failed'
            """)
        .params(reason, vmove)
        .update();
  }

  /** Guests that are over, one way or the other, and still locked by us. */
  List<Locked> stillLocked() {
    return jdbc.sql(
            """
            select v.uuid, v.instance_uuid as instance, v.run_id as run
              from ukemi.vmove v
             where v.locked and v.status not in ('pending', 'ongoing')
               and not exists (select 1 from ukemi.recovery_run r where r.id = v.run_id and r.held)
               and not exists (select 1 from ukemi.evacuation_attempt a
                                where a.instance_uuid = v.instance_uuid and a.closed_at is null)
            """)
        .query(Locked.class)
        .list();
  }

  boolean anyStillLocked() {
    return jdbc.sql(
            """
            select exists (select 1 from ukemi.vmove
                            where locked and status not in ('pending', 'ongoing'))
            """)
        .query(Boolean.class)
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
                   updated_at = clock_timestamp()
             where uuid = ? and status in ('pending', 'ongoing')
            """)
        .param(vmove)
        .update();
  }

  /** A guest that Nova has shown elsewhere stays recovered, whoever was about to list it. */
  private void end(UUID vmove, String status, String destHost, String message) {
    jdbc.sql(
            """
            update ukemi.vmove set status = :status, dest_host = coalesce(:dest, dest_host),
                   message = case when :status = 'succeeded' then coalesce(:message, note) else :message end,
                   end_time = clock_timestamp(), updated_at = clock_timestamp(), waiting_process = null
             where uuid = :uuid and status <> 'succeeded'
            """)
        .param("status", status)
        .param("dest", destHost)
        .param("message", message)
        .param("uuid", vmove)
        .update();
  }

  record Locked(UUID uuid, UUID instance, UUID run) {}

  /**
   * The end of a host's evacuation.
   *
   * @param left a line a guest: name, uuid, reason
   */
  public record Summary(int recovered, List<String> left) {}
}
