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
import org.springframework.transaction.annotation.Transactional;
import ukemi.database.BadPage;
import ukemi.database.Columns;
import ukemi.database.Page;
import ukemi.database.PagedTable;

/** The stored hosts. Deleted ones are not seen. */
@Repository
public class Hosts {

  private static final PagedTable<Host> TABLE =
      new PagedTable<>(
          "ukemi.host",
          Map.ofEntries(
              Map.entry("id", "$.id"),
              Map.entry("uuid", "$.uuid"),
              Map.entry("name", "$.name"),
              Map.entry("failover_segment_id", "$.segment_uuid"),
              Map.entry("type", "$.type"),
              Map.entry("reserved", "$.reserved"),
              Map.entry("control_attributes", "$.control_attributes"),
              Map.entry("on_maintenance", "($.maintenance_owner is not null)"),
              Map.entry("created_at", "$.created_at"),
              Map.entry("updated_at", "$.updated_at"),
              Map.entry("deleted_at", "$.deleted_at"),
              Map.entry("deleted", "($.deleted_at is not null)")),
          Hosts::row);

  private final JdbcClient jdbc;
  private final Segments segments;

  Hosts(JdbcClient jdbc, Segments segments) {
    this.jdbc = jdbc;
    this.segments = segments;
  }

  /** The host of that name, of any segment; letter case counts. */
  public Optional<Host> byName(String name) {
    return jdbc.sql("select * from ukemi.host where name = :name and deleted_at is null")
        .param("name", name)
        .query(Hosts::row)
        .optional();
  }

  /** The host of that uuid. */
  public Optional<Host> byUuid(UUID uuid) {
    return read(uuid, "");
  }

  /**
   * The host of that name; nobody can change or delete it or its segment over the API until the
   * transaction ends, so that what is decided about it now still holds when it is stored.
   */
  @Transactional
  public Optional<Host> holdByName(String name) {
    return byName(name)
        .filter(host -> segments.hold(host.segmentUuid()).isPresent())
        .flatMap(host -> read(host.uuid(), "for key share"))
        .filter(host -> host.name().equals(name));
  }

  /**
   * All hosts, by name.
   *
   * @param segment only of this one; null = of all
   */
  public List<Host> registered(UUID segment) {
    return jdbc.sql(
            """
            select * from ukemi.host
             where deleted_at is null and (:segment::uuid is null or segment_uuid = :segment::uuid)
             order by name
            """)
        .param("segment", segment)
        .query(Hosts::row)
        .list();
  }

  /** The other hosts of that host's segment, those registered last first. */
  public List<Host> besides(String name) {
    return jdbc.sql(
            """
            select o.* from ukemi.host h join ukemi.host o on o.segment_uuid = h.segment_uuid
             where h.name = :name and h.deleted_at is null
               and o.deleted_at is null and o.uuid <> h.uuid
             order by o.created_at desc, o.id desc
            """)
        .param("name", name)
        .query(Hosts::row)
        .list();
  }

  /**
   * A page of the segment's hosts that pass the filter.
   *
   * @throws BadPage when the marker or a sort key is unknown
   */
  public List<Host> list(UUID segment, HostFilter filter, Page page) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("segment", segment);
    parameters.put("name", filter.name());
    parameters.put("type", filter.type());
    parameters.put("reserved", filter.reserved());
    parameters.put("maintenance", filter.onMaintenance());
    return TABLE.read(
        jdbc,
        page,
        """
        t.deleted_at is null and t.segment_uuid = :segment
        and (:name::text is null or t.name = :name::text)
        and (:type::text is null or t.type = :type::text)
        and (:reserved::boolean is null or t.reserved = :reserved::boolean)
        and (:maintenance::boolean is null
             or (t.maintenance_owner is not null) = :maintenance::boolean)
        """,
        parameters);
  }

  /**
   * Puts the host on maintenance unless somebody already has. A recovery takes over from a process
   * failure.
   *
   * @return whether it is now this owner's by this call
   */
  @Transactional
  public boolean putOnMaintenance(UUID host, MaintenanceOwner owner) {
    return jdbc.sql(
                """
                update ukemi.host set maintenance_owner = :owner, updated_at = clock_timestamp()
                where uuid = :uuid and deleted_at is null
                  and (maintenance_owner is null
                       or maintenance_owner = 'PROCESS' and :owner = 'RECOVERY')
                """)
            .param("uuid", host)
            .param("owner", owner.name())
            .update()
        == 1;
  }

  /**
   * Makes another the owner of the maintenance, if it is still that owner's.
   *
   * @return whether it was
   */
  @Transactional
  public boolean handOver(UUID host, MaintenanceOwner from, MaintenanceOwner to) {
    return jdbc.sql(
                """
                update ukemi.host set maintenance_owner = :to, updated_at = clock_timestamp()
                where uuid = :uuid and maintenance_owner = :from and deleted_at is null
                """)
            .param("uuid", host)
            .param("from", from.name())
            .param("to", to.name())
            .update()
        == 1;
  }

  /**
   * Lifts the maintenance if it is that owner's. While a process of the host is down, it is that
   * one's again.
   *
   * @return whether it was
   */
  @Transactional
  public boolean liftMaintenance(UUID host, MaintenanceOwner owner) {
    return jdbc.sql(
                """
                update ukemi.host
                set maintenance_owner =
                      case when :owner <> 'PROCESS'
                                and exists (select 1 from ukemi.process_run p
                                             where p.host_uuid = :uuid and p.closed_at is null)
                           then 'PROCESS' end,
                    returned_at = clock_timestamp(),
                    updated_at = clock_timestamp()
                where uuid = :uuid and maintenance_owner = :owner and deleted_at is null
                """)
            .param("uuid", host)
            .param("owner", owner.name())
            .update()
        == 1;
  }

  /** Makes the host a reserve, or no longer one. */
  @Transactional
  public void setReserved(UUID host, boolean reserved) {
    jdbc.sql(
            """
            update ukemi.host set reserved = :reserved, updated_at = clock_timestamp()
            where uuid = :uuid and reserved <> :reserved and deleted_at is null
            """)
        .param("uuid", host)
        .param("reserved", reserved)
        .update();
  }

  /** Waits for those who hold the host; nobody can hold it until the transaction ends. */
  public Optional<Host> lock(UUID uuid) {
    return read(uuid, "for update");
  }

  /** Whether there was a host of that uuid. */
  public boolean wasDeleted(UUID uuid) {
    return jdbc.sql(
            """
            select exists (select 1 from ukemi.host where uuid = :uuid and deleted_at is not null)
            """)
        .param("uuid", uuid)
        .query(Boolean.class)
        .single();
  }

  /** Empty when the name is taken. */
  Optional<Host> add(UUID segment, UUID uuid, NewHost host) {
    return jdbc.sql(
            """
            insert into ukemi.host
              (uuid, segment_uuid, name, type, control_attributes, reserved, maintenance_owner)
            values (:uuid, :segment, :name, :type, :control, :reserved, :owner)
            on conflict (name) where deleted_at is null do nothing
            returning *
            """)
        .param("uuid", uuid)
        .param("segment", segment)
        .param("name", host.name())
        .param("type", host.type())
        .param("control", host.controlAttributes())
        .param("reserved", host.reserved())
        .param("owner", host.onMaintenance() ? MaintenanceOwner.OPERATOR.name() : null)
        .query(Hosts::row)
        .optional();
  }

  Host change(UUID uuid, HostChange change) {
    return jdbc.sql(
            """
            update ukemi.host set
              name = coalesce(:name::text, name),
              type = coalesce(:type::text, type),
              control_attributes = coalesce(:control::text, control_attributes),
              reserved = coalesce(:reserved::boolean, reserved),
              returned_at = case when not :maintenance::boolean and maintenance_owner is not null
                                 then clock_timestamp() else returned_at end,
              maintenance_owner = case :maintenance::boolean
                                  when true then case when maintenance_owner in ('RECOVERY', 'RETURN')
                                                      then maintenance_owner else 'OPERATOR' end
                                  when false then null
                                  else maintenance_owner end,
              updated_at = clock_timestamp()
            where uuid = :uuid
            returning *
            """)
        .param("uuid", uuid)
        .param("name", change.name())
        .param("type", change.type())
        .param("control", change.controlAttributes())
        .param("reserved", change.reserved())
        .param("maintenance", change.onMaintenance())
        .query(Hosts::row)
        .single();
  }

  void delete(UUID uuid) {
    jdbc.sql("update ukemi.host set deleted_at = clock_timestamp() where uuid = :uuid")
        .param("uuid", uuid)
        .update();
  }

  void deleteAllOf(UUID segment) {
    jdbc.sql(
            """
            update ukemi.host set deleted_at = clock_timestamp()
            where segment_uuid = :segment and deleted_at is null
            """)
        .param("segment", segment)
        .update();
  }

  private Optional<Host> read(UUID uuid, String lock) {
    return jdbc.sql("select * from ukemi.host where uuid = :uuid and deleted_at is null " + lock)
        .param("uuid", uuid)
        .query(Hosts::row)
        .optional();
  }

  private static Host row(ResultSet row, int number) throws SQLException {
    String owner = row.getString("maintenance_owner");
    return new Host(
        row.getLong("id"),
        Columns.uuid(row, "uuid"),
        Columns.uuid(row, "segment_uuid"),
        row.getString("name"),
        row.getString("type"),
        row.getString("control_attributes"),
        row.getBoolean("reserved"),
        owner == null ? null : MaintenanceOwner.valueOf(owner),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "updated_at"));
  }
}
