package ukemi.notification;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;
import ukemi.database.BadPage;
import ukemi.database.Columns;
import ukemi.database.Page;
import ukemi.database.PagedTable;
import ukemi.segment.Host;

/** The stored notifications and their life cycle. An ended one stays as it ended. */
@Repository
public class Notifications {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final PagedTable<Notification> TABLE =
      new PagedTable<>(
          "ukemi.notification",
          Map.ofEntries(
              Map.entry("id", "$.id"),
              Map.entry("notification_uuid", "$.uuid"),
              Map.entry("generated_time", "$.generated_time"),
              Map.entry("source_host_uuid", "$.source_host_uuid"),
              Map.entry("type", "$.type"),
              Map.entry("payload", "$.payload::text"),
              Map.entry("status", "$.status"),
              Map.entry("failover_segment_uuid", "$.segment_uuid"),
              Map.entry("message", "$.message"),
              Map.entry("created_at", "$.created_at"),
              Map.entry("updated_at", "$.updated_at"),
              // what is deleted is gone
              Map.entry("deleted_at", "cast(null as timestamptz)"),
              Map.entry("deleted", "cast(false as boolean)")),
          Notifications::row);

  private static final String WAITING = "Waiting: ";

  private final JdbcClient jdbc;

  Notifications(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The notification of that uuid. */
  public Optional<Notification> find(UUID uuid) {
    return jdbc.sql("select * from ukemi.notification where uuid = :uuid")
        .param("uuid", uuid)
        .query(Notifications::row)
        .optional();
  }

  /**
   * A page of the notifications that pass the filter.
   *
   * @throws BadPage when the marker or a sort key is unknown
   */
  public List<Notification> list(NotificationFilter filter, Page page) {
    List<String> conditions = new ArrayList<>(List.of("true"));
    Map<String, Object> parameters = new HashMap<>();
    // only what is asked for: a condition that may be about nothing keeps indexes out
    if (filter.status() != null) {
      conditions.add("t.status = :status");
      parameters.put("status", filter.status());
    }
    if (filter.type() != null) {
      conditions.add("t.type = :type");
      parameters.put("type", filter.type());
    }
    if (filter.sourceHostUuid() != null) {
      Optional<UUID> host = uuid(filter.sourceHostUuid());
      conditions.add(host.isPresent() ? "t.source_host_uuid = :host" : "false");
      parameters.put("host", host.orElse(null));
    }
    if (filter.generatedSince() != null) {
      // the time itself: a plan for any time supposes that a third is later, and looks for it in
      // vain
      conditions.add("t.generated_time >= to_timestamp(" + seconds(filter.generatedSince()) + ")");
    }
    return TABLE.read(jdbc, page, String.join(" and ", conditions), parameters);
  }

  private static String seconds(Instant time) {
    return BigDecimal.valueOf(time.getEpochSecond())
        .add(BigDecimal.valueOf(time.getNano(), 9))
        .toPlainString();
  }

  /** As it is shown, and nothing that is only like it. */
  private static Optional<UUID> uuid(String text) {
    try {
      return Optional.of(UUID.fromString(text)).filter(uuid -> uuid.toString().equals(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Those that a process is dealing with, oldest first. */
  public List<UUID> unfinished() {
    return jdbc.sql(
            "select uuid from ukemi.notification where status in ('new', 'running') order by id")
        .query(UUID.class)
        .list();
  }

  /** Whether a failure of the host itself is being dealt with. */
  public boolean unfinishedOf(UUID host) {
    return !unfinishedAmong(Set.of(host)).isEmpty();
  }

  /** Those of the hosts of which a failure is being dealt with. */
  public Set<UUID> unfinishedAmong(Collection<UUID> hosts) {
    return hosts.isEmpty()
        ? Set.of()
        : jdbc.sql(
                """
                select distinct source_host_uuid from ukemi.notification
                 where source_host_uuid in (:hosts) and type = 'COMPUTE_HOST'
                   and status in ('new', 'running', 'error')
                """)
            .param("hosts", hosts)
            .query(UUID.class)
            .set();
  }

  /** The last notification by its id of which each host was recovered. */
  public Map<UUID, Long> lastRecoveredAmong(Collection<UUID> hosts) {
    Map<UUID, Long> last = new HashMap<>();
    if (!hosts.isEmpty()) {
      jdbc.sql(
              """
              select source_host_uuid as host, max(id) as id from ukemi.notification
               where source_host_uuid in (:hosts) and type = 'COMPUTE_HOST'
                 and status = 'finished' and payload ->> 'event' is distinct from 'STARTED'
               group by source_host_uuid
              """)
          .param("hosts", hosts)
          .query(
              row -> {
                last.put(Columns.uuid(row, "host"), row.getLong("id"));
              });
    }
    return last;
  }

  /** Marks a new notification, or one whose retry begins, as being dealt with. */
  @Transactional
  public void running(UUID uuid) {
    jdbc.sql(
            """
            update ukemi.notification set status = 'running', updated_at = clock_timestamp()
            where uuid = :uuid and status in ('new', 'error')
            """)
        .param("uuid", uuid)
        .update();
  }

  /**
   * Ends the notification, unless it has ended.
   *
   * @param status FINISHED, IGNORED or FAILED; ERROR while a retry is scheduled
   * @param message the reason, for a person
   */
  @Transactional
  public void end(UUID uuid, Notification.Status status, String message) {
    if (status == Notification.Status.NEW || status == Notification.Status.RUNNING) {
      throw new IllegalArgumentException(status + " is no end");
    }
    jdbc.sql(
            """
            update ukemi.notification
            set status = :status, message = :message, updated_at = clock_timestamp()
            where uuid = :uuid and status in ('new', 'running', 'error')
            """)
        .param("uuid", uuid)
        .param("status", status.wire())
        .param("message", message)
        .update();
  }

  /** Says how things stand, for a person, while the notification has not ended. */
  @Transactional
  public void note(UUID uuid, String message) {
    jdbc.sql(
            """
            update ukemi.notification set message = :message, updated_at = clock_timestamp()
            where uuid = :uuid and status in ('new', 'running', 'error')
              and message is distinct from :message
            """)
        .param("uuid", uuid)
        .param("message", message)
        .update();
  }

  /** Adds a line to what is said of the notification, which may have ended; the same one once. */
  @Transactional
  public void add(UUID uuid, String line) {
    jdbc.sql(
            """
            update ukemi.notification
               set message = concat_ws(chr(10), message, :line), updated_at = clock_timestamp()
             where uuid = :uuid and position(:line in coalesce(message, '')) = 0
            """)
        .param("uuid", uuid)
        .param("line", line)
        .update();
  }

  /**
   * Says what the notification's recovery waits for, or takes that back; other words stay.
   *
   * @param what null = it does not wait any more
   */
  @Transactional
  public void waitsFor(UUID uuid, String what) {
    if (what != null) {
      note(uuid, WAITING + what);
      return;
    }
    jdbc.sql(
            """
            update ukemi.notification set message = null, updated_at = clock_timestamp()
            where uuid = :uuid and status in ('new', 'running', 'error')
              and starts_with(message, :waiting)
            """)
        .param("uuid", uuid)
        .param("waiting", WAITING)
        .update();
  }

  Notification add(
      NewNotification notification, Host host, Notification.Status status, String message) {
    return jdbc.sql(
            """
            insert into ukemi.notification
              (uuid, type, source_host_uuid, source_host_name, segment_uuid, payload,
               generated_time, status, message)
            values (:uuid, :type, :host, :hostName, :segment, :payload::jsonb, :generated,
                    :status, :message)
            returning *
            """)
        .param("uuid", UUID.randomUUID())
        .param("type", notification.type().name())
        .param("host", host.uuid())
        .param("hostName", host.name())
        .param("segment", host.segmentUuid())
        .param("payload", json(notification.payload()))
        .param("generated", Columns.parameter(notification.generatedTime()))
        .param("status", status.wire())
        .param("message", message)
        .query(Notifications::row)
        .single();
  }

  static String json(Map<String, String> payload) {
    try {
      return JSON.writeValueAsString(payload);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads a row that has all columns of {@code ukemi.notification}. */
  public static Notification row(ResultSet row, int number) throws SQLException {
    return new Notification(
        row.getLong("id"),
        Columns.uuid(row, "uuid"),
        Notification.Type.valueOf(row.getString("type")),
        Columns.uuid(row, "source_host_uuid"),
        row.getString("source_host_name"),
        Columns.uuid(row, "segment_uuid"),
        payload(row.getString("payload")),
        Columns.instant(row, "generated_time"),
        Columns.instant(row, "received_at"),
        Notification.Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
        row.getString("message"),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "updated_at"));
  }

  private static Map<String, String> payload(String json) {
    try {
      return JSON.readValue(json, new TypeReference<>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
