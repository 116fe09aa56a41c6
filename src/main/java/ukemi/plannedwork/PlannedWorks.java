package ukemi.plannedwork;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
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
       or w.scope = 'SEGMENT' and w.scope_uuid = h.segment_uuid)
      """;

  private static final String LOCK = "'ukemi planned work'";

  private final JdbcClient jdbc;
  private final Notifications notifications;

  PlannedWorks(JdbcClient jdbc, Notifications notifications) {
    this.jdbc = jdbc;
    this.notifications = notifications;
  }

  /** Whoever decides by the plan sees it as it is until the transaction ends. */
  private void hold() {
    lock("pg_advisory_xact_lock_shared");
  }

  /**
   * Waits for those who decide by the plan; until the transaction ends nobody does, on any node. So
   * whatever is begun or noted was so before, and can be seen.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  void change() {
    lock("pg_advisory_xact_lock");
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

  /** The open ones that are about the host; that which ends last is first. */
  List<PlannedWork> open(Host host) {
    return jdbc.sql(
            """
            select w.* from ukemi.planned_work w join ukemi.host h on h.uuid = :host
             where w.ended_at is null and w.starts_at <= clock_timestamp()
               and w.ends_at > clock_timestamp() and\s"""
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

  /** The failures noted in it, oldest first. */
  public List<Notification> noted(UUID work) {
    return jdbc
        .sql(
            """
            select n.uuid from ukemi.planned_work_failure f
              join ukemi.notification n on n.uuid = f.notification_uuid
             where f.work_uuid = ? order by n.id
            """)
        .param(work)
        .query(UUID.class)
        .list()
        .stream()
        .flatMap(uuid -> notifications.find(uuid).stream())
        .toList();
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
   * @param open true = only those that have not ended, false = only those that have; null = all
   * @throws BadPage when the marker or a sort key is unknown
   */
  public List<PlannedWork> list(Boolean open, Page page) {
    String condition =
        open == null ? "true" : open ? "t.ended_at is null" : "t.ended_at is not null";
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
