package ukemi.segment;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import ukemi.database.BadPage;
import ukemi.database.Columns;
import ukemi.database.Page;
import ukemi.database.PagedTable;

/** The stored segments. Deleted ones are not seen. */
@Repository
public class Segments {

  private static final PagedTable<Segment> TABLE =
      new PagedTable<>(
          "ukemi.failover_segment",
          Map.ofEntries(
              Map.entry("id", "$.id"),
              Map.entry("uuid", "$.uuid"),
              Map.entry("name", "$.name"),
              Map.entry("service_type", "$.service_type"),
              Map.entry("recovery_method", "$.recovery_method"),
              Map.entry("description", "$.description"),
              Map.entry("enabled", "$.enabled"),
              Map.entry("created_at", "$.created_at"),
              Map.entry("updated_at", "$.updated_at"),
              Map.entry("deleted_at", "$.deleted_at"),
              Map.entry("deleted", "($.deleted_at is not null)")),
          Segments::row);

  private final JdbcClient jdbc;

  Segments(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The segment of that uuid. */
  public Optional<Segment> byUuid(UUID uuid) {
    return read(uuid, "");
  }

  /**
   * A page of the segments that pass the filter.
   *
   * @throws BadPage when the marker or a sort key is unknown
   */
  public List<Segment> list(SegmentFilter filter, Page page) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("name", filter.name());
    parameters.put("method", filter.recoveryMethod());
    parameters.put("service", filter.serviceType());
    parameters.put("enabled", filter.enabled());
    return TABLE.read(
        jdbc,
        page,
        """
        t.deleted_at is null
        and (:name::text is null or t.name = :name::text)
        and (:method::text is null or t.recovery_method = :method::text)
        and (:service::text is null or t.service_type = :service::text)
        and (:enabled::boolean is null or t.enabled = :enabled::boolean)
        """,
        parameters);
  }

  /** Keeps the segment from being changed or deleted until the transaction ends. */
  Optional<Segment> hold(UUID uuid) {
    return read(uuid, "for key share");
  }

  /** Waits for those who hold the segment; nobody can hold it until the transaction ends. */
  Optional<Segment> lock(UUID uuid) {
    return read(uuid, "for update");
  }

  /** Whether there was a segment of that uuid. */
  public boolean wasDeleted(UUID uuid) {
    return jdbc.sql(
            """
            select exists (select 1 from ukemi.failover_segment
                           where uuid = :uuid and deleted_at is not null)
            """)
        .param("uuid", uuid)
        .query(Boolean.class)
        .single();
  }

  /** The segment of that name; letter case counts. */
  public Optional<Segment> byName(String name) {
    return jdbc.sql(
            "select * from ukemi.failover_segment where name = :name and deleted_at is null")
        .param("name", name)
        .query(Segments::row)
        .optional();
  }

  /** Empty when the name is taken. */
  Optional<Segment> add(UUID uuid, NewSegment segment) {
    return jdbc.sql(
            """
            insert into ukemi.failover_segment
              (uuid, name, service_type, recovery_method, description, enabled)
            values (:uuid, :name, :service, :method, :description, :enabled)
            on conflict (name) where deleted_at is null do nothing
            returning *
            """)
        .param("uuid", uuid)
        .param("name", segment.name())
        .param("service", segment.serviceType())
        .param("method", segment.recoveryMethod().wire())
        .param("description", segment.description())
        .param("enabled", segment.enabled())
        .query(Segments::row)
        .optional();
  }

  Segment change(UUID uuid, SegmentChange change) {
    return jdbc.sql(
            """
            update ukemi.failover_segment set
              name = coalesce(:name::text, name),
              service_type = coalesce(:service::text, service_type),
              recovery_method = coalesce(:method::text, recovery_method),
              description = case when :describes then :description::text else description end,
              enabled = coalesce(:enabled::boolean, enabled),
              updated_at = clock_timestamp()
            where uuid = :uuid
            returning *
            """)
        .param("uuid", uuid)
        .param("name", change.name())
        .param("service", change.serviceType())
        .param("method", change.recoveryMethod() == null ? null : change.recoveryMethod().wire())
        .param("describes", change.describes())
        .param("description", change.description())
        .param("enabled", change.enabled())
        .query(Segments::row)
        .single();
  }

  void delete(UUID uuid) {
    jdbc.sql("update ukemi.failover_segment set deleted_at = clock_timestamp() where uuid = :uuid")
        .param("uuid", uuid)
        .update();
  }

  private Optional<Segment> read(UUID uuid, String lock) {
    return jdbc.sql(
            "select * from ukemi.failover_segment where uuid = :uuid and deleted_at is null "
                + lock)
        .param("uuid", uuid)
        .query(Segments::row)
        .optional();
  }

  private static Segment row(ResultSet row, int number) throws SQLException {
    return new Segment(
        row.getLong("id"),
        Columns.uuid(row, "uuid"),
        row.getString("name"),
        row.getString("service_type"),
        RecoveryMethod.ofWire(row.getString("recovery_method")).orElseThrow(),
        row.getString("description"),
        row.getBoolean("enabled"),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "updated_at"));
  }
}
