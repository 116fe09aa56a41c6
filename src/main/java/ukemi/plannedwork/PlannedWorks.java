package ukemi.plannedwork;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import ukemi.database.BadPage;
import ukemi.database.Columns;
import ukemi.database.Page;
import ukemi.database.PagedTable;
import ukemi.notification.Notification;
import ukemi.notification.Notifications;
import ukemi.notification.PlannedFailures;
import ukemi.plannedwork.PlannedWork.Scope;
import ukemi.segment.Host;

/** The announced works, and the failures noted in them. */
@Repository
public class PlannedWorks implements PlannedFailures {

  private static final PagedTable<PlannedWork> TABLE =
      new PagedTable<>(
          "ukemi.planned_work",
          Map.of(
              "id", "$.id",
              "uuid", "$.uuid",
              "starts_at", "$.starts_at",
              "ends_at", "$.ends_at",
              "created_at", "$.created_at",
              "updated_at", "$.updated_at"),
          PlannedWorks::row);

  /** Whether a work w is about a host h. */
  private static final String COVERS =
      """
      (w.scope = 'CLOUD' or w.scope = 'HOST' and w.scope_uuid = h.uuid
       or w.scope = 'SEGMENT' and w.scope_uuid = h.segment_uuid
       -- deleted and registered again
       or w.scope = 'HOST' and w.scope_name = h.name and h.deleted_at is null
          and not exists (select 1 from ukemi.host o
                          where o.uuid = w.scope_uuid and o.deleted_at is null))
      """;

  /** Whether a work w is open. */
  private static final String OPEN =
      """
      (w.ended_at is null and w.starts_at <= clock_timestamp() and w.ends_at > clock_timestamp())
      """;

  private static final String LOCK = "'ukemi planned work'";

  /** Whoever waits longer has all wait that come after it, and with them every report. */
  private static final String PATIENCE = "100ms";

  private static final int TRIES = 15;

  /** So long those may pass that have waited behind. */
  private static final Duration PAUSE = Duration.ofMillis(200);

  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private final JdbcClient jdbc;
  private final TransactionTemplate savepoint;

  PlannedWorks(JdbcClient jdbc, PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.savepoint = new TransactionTemplate(transactions);
    this.savepoint.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
  }

  /** Whoever decides by the plan sees it as it is until the transaction ends. */
  private void hold() {
    lock("pg_advisory_xact_lock_shared");
  }

  /**
   * Waits for those who decide by the plan; until the transaction ends nobody does, on any node. So
   * whatever is begun or noted was so before, and can be seen.
   *
   * @throws PlanIsBusy when one of them takes seconds
   */
  @Transactional(propagation = Propagation.MANDATORY)
  void change() {
    for (int tries = 1; ; tries++) {
      try {
        savepoint.executeWithoutResult(status -> lockSoon());
        return;
      } catch (DataAccessException e) {
        if (!(e.getRootCause() instanceof SQLException sql)
            || !LOCK_NOT_AVAILABLE.equals(sql.getSQLState())) {
          throw e;
        }
        if (tries == TRIES || !pause()) {
          throw new PlanIsBusy(e);
        }
      }
    }
  }

  private void lockSoon() {
    String before = jdbc.sql("select current_setting('lock_timeout')").query(String.class).single();
    lockTimeout(PATIENCE);
    lock("pg_advisory_xact_lock");
    lockTimeout(before);
  }

  private void lockTimeout(String timeout) {
    jdbc.sql("select set_config('lock_timeout', ?, true)")
        .param(timeout)
        .query(String.class)
        .single();
  }

  private static boolean pause() {
    try {
      Thread.sleep(PAUSE.toMillis());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void lock(String function) {
    jdbc.sql("select %s(hashtextextended(%s, 0))".formatted(function, LOCK))
        .query((row, number) -> 0)
        .single();
  }

  @Override
  @Transactional
  public Optional<Planned> openFor(Host host) {
    hold();
    List<PlannedWork> open = open(host);
    return open.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Planned(open.get(0).title(), open.stream().map(PlannedWork::uuid).toList()));
  }

  @Override
  public Set<UUID> openAmong(Collection<UUID> hosts) {
    return hosts.isEmpty()
        ? Set.of()
        : jdbc.sql(
                """
                select h.uuid from ukemi.host h
                 where h.uuid in (:hosts)
                   and exists (select 1 from ukemi.planned_work w where %s and %s)
                """
                    .formatted(OPEN, COVERS))
            .param("hosts", hosts)
            .query(UUID.class)
            .set();
  }

  @Override
  public Set<UUID> deadAmong(Collection<UUID> hosts) {
    return hosts.isEmpty()
        ? Set.of()
        : jdbc.sql(
                """
                select distinct n.source_host_uuid from ukemi.planned_work w
                  join ukemi.planned_work_failure f on f.work_uuid = w.uuid
                  join ukemi.notification n on n.uuid = f.notification_uuid
                  join ukemi.host h on h.uuid = n.source_host_uuid
                 where w.closed_at is null and n.type = 'COMPUTE_HOST'
                   and n.source_host_uuid in (:hosts)
                   and (h.returned_at is null or h.returned_at <= n.received_at)
                   and not exists (select 1 from ukemi.notification b
                                   where b.source_host_uuid = n.source_host_uuid and b.id > n.id
                                     and b.type = 'COMPUTE_HOST'
                                     and b.payload ->> 'event' = 'STARTED')
                """)
            .param("hosts", hosts)
            .query(UUID.class)
            .set();
  }

  /** The open ones that are about the host; that which ends last is first. */
  List<PlannedWork> open(Host host) {
    return jdbc.sql(
            """
            select w.* from ukemi.planned_work w join ukemi.host h on h.uuid = :host
             where\s"""
                + OPEN
                + "and "
                + COVERS
                + "order by w.ends_at desc, w.id")
        .param("host", host.uuid())
        .query(PlannedWorks::row)
        .list();
  }

  @Override
  @Transactional
  public void note(Planned planned, Notification notification) {
    planned.works().forEach(work -> note(work, notification.uuid()));
  }

  private void note(UUID work, UUID notification) {
    jdbc.sql("insert into ukemi.planned_work_failure values (?, ?) on conflict do nothing")
        .params(work, notification)
        .update();
  }

  /**
   * Hands the failures noted in it on to the open works that are about their hosts. Until the
   * transaction ends nobody announces or ends any.
   *
   * @param hosts those it is about
   * @return those of them that open work is about
   */
  @Transactional
  Set<UUID> passOn(UUID work, Collection<UUID> hosts) {
    if (hosts.isEmpty()) {
      return Set.of();
    }
    hold();
    return jdbc.sql(
            """
            with covered as materialized (
              select h.uuid as host, w.uuid as work
                from ukemi.host h cross join ukemi.planned_work w
               where h.uuid in (:hosts) and %s and %s
            ), passed as (
              insert into ukemi.planned_work_failure
              select c.work, f.notification_uuid from ukemi.planned_work_failure f
                join ukemi.notification n on n.uuid = f.notification_uuid
                join covered c on c.host = n.source_host_uuid
               where f.work_uuid = :work
              on conflict do nothing
            )
            select distinct host from covered
            """
                .formatted(OPEN, COVERS))
        .param("hosts", hosts)
        .param("work", work)
        .query(UUID.class)
        .set();
  }

  /** The failures noted in it, oldest first. */
  public List<Notification> noted(UUID work) {
    return jdbc.sql(
            """
            select n.* from ukemi.planned_work_failure f
              join ukemi.notification n on n.uuid = f.notification_uuid
             where f.work_uuid = ? order by n.id
            """)
        .param(work)
        .query(Notifications::row)
        .list();
  }

  /** The uuids of the notifications of failures noted in it, oldest first. */
  public List<UUID> notedUuids(UUID work, int limit) {
    return jdbc.sql(
            """
            select n.uuid from ukemi.planned_work_failure f
              join ukemi.notification n on n.uuid = f.notification_uuid
             where f.work_uuid = ? order by n.id limit ?
            """)
        .params(work, limit)
        .query(UUID.class)
        .list();
  }

  /** How many failures were noted in it. */
  public int countNoted(UUID work) {
    return jdbc.sql("select count(*) from ukemi.planned_work_failure where work_uuid = ?")
        .param(work)
        .query(Integer.class)
        .single();
  }

  /** The recoveries that are under way for its hosts. */
  public List<OpenRecovery> openRecoveries(PlannedWork work) {
    return jdbc.sql(
            """
            select n.uuid as notification_uuid, n.source_host_name as host, n.type as type
              from ukemi.notification n join ukemi.host h on h.uuid = n.source_host_uuid
              join ukemi.planned_work w on w.uuid = ?
             where n.status in ('new', 'running', 'error') and\s"""
                + COVERS
                + "order by n.id")
        .param(work.uuid())
        .query(OpenRecovery.class)
        .list();
  }

  /** The work of that uuid. */
  public Optional<PlannedWork> find(UUID uuid) {
    return jdbc.sql("select * from ukemi.planned_work where uuid = ?")
        .param(uuid)
        .query(PlannedWorks::row)
        .optional();
  }

  /**
   * A page of the works.
   *
   * @param open true = only those that have not ended and whose time is not up, false = only the
   *     others; null = all
   * @throws BadPage when the marker or a sort key is unknown
   */
  public List<PlannedWork> list(Boolean open, Page page) {
    String going = "(t.ended_at is null and t.ends_at > clock_timestamp())";
    String condition = open == null ? "true" : open ? going : "not " + going;
    return TABLE.read(jdbc, page, condition, Map.of());
  }

  /** Those of which nobody has seen to the end yet, oldest first. */
  public List<PlannedWork> unfinished() {
    return jdbc.sql("select * from ukemi.planned_work where closed_at is null order by id")
        .query(PlannedWorks::row)
        .list();
  }

  PlannedWork add(Scope scope, UUID scopeUuid, String scopeName, Instant startsAt, NewWork work) {
    return jdbc.sql(
            """
            insert into ukemi.planned_work
              (uuid, scope, scope_uuid, scope_name, starts_at, ends_at, reason, person)
            values (?, ?, ?, ?, ?, ?, ?, ?) returning *
            """)
        .params(
            UUID.randomUUID(),
            scope.name(),
            scopeUuid,
            scopeName,
            Columns.parameter(startsAt),
            Columns.parameter(work.endsAt()),
            work.reason(),
            work.person())
        .query(PlannedWorks::row)
        .single();
  }

  /** Ends it, unless it has ended. */
  void end(UUID uuid, String person) {
    jdbc.sql(
            """
            update ukemi.planned_work
               set ended_at = clock_timestamp(), ended_by = ?, updated_at = clock_timestamp()
             where uuid = ? and ended_at is null
            """)
        .params(person, uuid)
        .update();
  }

  void changeEnd(UUID uuid, Instant endsAt) {
    jdbc.sql(
            """
            update ukemi.planned_work set ends_at = ?, updated_at = clock_timestamp()
             where uuid = ? and ended_at is null
            """)
        .params(Columns.parameter(endsAt), uuid)
        .update();
  }

  /** What was left has been seen to. */
  @Transactional
  public void close(UUID uuid, String outcome) {
    jdbc.sql(
            """
            update ukemi.planned_work
               set closed_at = clock_timestamp(), outcome = ?, updated_at = clock_timestamp()
             where uuid = ? and ended_at is not null and closed_at is null
            """)
        .params(outcome, uuid)
        .update();
  }

  private static PlannedWork row(ResultSet row, int number) throws SQLException {
    return new PlannedWork(
        row.getLong("id"),
        Columns.uuid(row, "uuid"),
        Scope.valueOf(row.getString("scope")),
        Columns.uuid(row, "scope_uuid"),
        row.getString("scope_name"),
        Columns.instant(row, "starts_at"),
        Columns.instant(row, "ends_at"),
        row.getString("reason"),
        row.getString("person"),
        Columns.instant(row, "ended_at"),
        row.getString("ended_by"),
        Columns.instant(row, "closed_at"),
        row.getString("outcome"),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "updated_at"));
  }
}
