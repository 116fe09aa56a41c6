package ukemi.evacuation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import ukemi.database.BadPage;
import ukemi.database.Columns;
import ukemi.database.Page;
import ukemi.database.PagedTable;

/** Reads the stored vmoves. */
@Repository
public class Vmoves {

  private static final PagedTable<Vmove> TABLE =
      new PagedTable<>(
          "ukemi.vmove",
          Map.ofEntries(
              Map.entry("id", "$.id"),
              Map.entry("uuid", "$.uuid"),
              Map.entry("notification_uuid", "$.notification_uuid"),
              Map.entry("instance_uuid", "$.instance_uuid"),
              Map.entry("instance_name", "$.instance_name"),
              Map.entry("source_host", "$.source_host"),
              Map.entry("dest_host", "$.dest_host"),
              Map.entry("start_time", "$.start_time"),
              Map.entry("end_time", "$.end_time"),
              // all are evacuations
              Map.entry("type", "cast('evacuation' as text)"),
              Map.entry("status", "$.status"),
              Map.entry("message", "$.message"),
              Map.entry("created_at", "$.created_at"),
              Map.entry("updated_at", "$.updated_at"),
              // vmoves are never deleted
              Map.entry("deleted_at", "cast(null as timestamptz)"),
              Map.entry("deleted", "cast(false as boolean)")),
          Vmoves::row);

  private final JdbcClient jdbc;

  Vmoves(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The vmove of that uuid. */
  public Optional<Vmove> find(UUID uuid) {
    return jdbc.sql("select * from ukemi.vmove where uuid = :uuid")
        .param("uuid", uuid)
        .query(Vmoves::row)
        .optional();
  }

  /**
   * A page of the notification's vmoves.
   *
   * @param status null = any; may be any word, also an unknown one
   * @throws BadPage when the marker or a sort key is unknown
   */
  public List<Vmove> list(UUID notification, String status, Page page) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("notification", notification);
    parameters.put("status", status);
    return TABLE.read(
        jdbc,
        page,
        """
        t.notification_uuid = :notification
        and (:status::text is null or t.status = :status::text)
        """,
        parameters);
  }

  private static Vmove row(ResultSet row, int number) throws SQLException {
    return new Vmove(
        row.getLong("id"),
        Columns.uuid(row, "uuid"),
        Columns.uuid(row, "notification_uuid"),
        Columns.uuid(row, "run_id"),
        Columns.uuid(row, "instance_uuid"),
        row.getString("instance_name"),
        row.getString("source_host"),
        row.getString("dest_host"),
        Columns.instant(row, "start_time"),
        Columns.instant(row, "end_time"),
        Vmove.Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
        row.getString("message"),
        row.getString("state_before"),
        row.getInt("priority"),
        row.getString("waiting_process"),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "updated_at"));
  }
}
