package ukemi.notification;

import static ukemi.notification.Notification.Status.FINISHED;
import static ukemi.notification.Notification.Status.IGNORED;
import static ukemi.notification.Notification.Status.NEW;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import ukemi.fault.Boundaries;
import ukemi.fault.Boundary;
import ukemi.notification.PlannedFailures.Planned;
import ukemi.segment.Host;
import ukemi.segment.Hosts;
import ukemi.segment.MaintenanceOwner;
import ukemi.segment.Segment;
import ukemi.segment.Segments;

/**
 * The door for notifications. What it accepts is stored together with the start of its process, in
 * one transaction; what it refuses is stored for the audit.
 */
@Service
public class NotificationIntake {

  private final Hosts hosts;
  private final Segments segments;
  private final Notifications notifications;
  private final Duplicates duplicates;
  private final RecoveryRuns runs;
  private final RecoveryProcesses processes;
  private final ProcessReports processReports;
  private final ReturnReports returnReports;
  private final PlannedFailures plannedFailures;
  private final NotificationSettings settings;
  private final JdbcClient jdbc;

  NotificationIntake(
      Hosts hosts,
      Segments segments,
      Notifications notifications,
      Duplicates duplicates,
      RecoveryRuns runs,
      RecoveryProcesses processes,
      ProcessReports processReports,
      ReturnReports returnReports,
      PlannedFailures plannedFailures,
      NotificationSettings settings,
      JdbcClient jdbc) {
    this.hosts = hosts;
    this.segments = segments;
    this.notifications = notifications;
    this.duplicates = duplicates;
    this.runs = runs;
    this.processes = processes;
    this.processReports = processReports;
    this.returnReports = returnReports;
    this.plannedFailures = plannedFailures;
    this.settings = settings;
    this.jdbc = jdbc;
  }

  /**
   * Stores the notification and starts what deals with it.
   *
   * @throws UnknownSourceHost when no host of that name is registered
   * @throws NotificationRefused when it repeats another, or the host is on maintenance
   */
  @Transactional(noRollbackFor = NotificationRefused.class)
  public Notification accept(NewNotification notification) {
    takeTurn(notification.hostName());
    Host host =
        hosts
            .holdByName(notification.hostName())
            .orElseThrow(() -> new UnknownSourceHost(notification.hostName()));
    Optional<UUID> earlier = duplicates.earlierOne(notification, host);
    // also of one that is refused, on maintenance or as a duplicate: what it says is true all the
    // same
    boolean isNews = earlier.filter(one -> isSame(one, notification)).isEmpty();
    if (notification.hostStarted() && isNews) {
      runs.hostStarted(host.uuid());
    }
    if (notification.hostStopped()) {
      if (isNews) {
        runs.forgetStarted(host.uuid());
      }
      returnReports.reportedDown(host.uuid(), notification.generatedTime());
    }
    if (notification.type() == Notification.Type.PROCESS && earlier.isEmpty()) {
      processReports.reported(
          host.uuid(), notification.payload().get("process_name"), notification.processStarted());
    }
    refuseOnMaintenance(notification, host);
    earlier.ifPresent(one -> refuse(notification, "duplicate of notification " + one));
    return store(notification, host);
  }

  /** One at a time for each host, over all nodes, until the transaction ends. */
  private void takeTurn(String hostName) {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended(:key, 0))")
        .param("key", "ukemi notification " + hostName)
        .query((row, number) -> 0)
        .single();
  }

  /** Whether it is that message sent again, or an older one that comes late. */
  private boolean isSame(UUID earlier, NewNotification notification) {
    Instant generated = notifications.find(earlier).orElseThrow().generatedTime();
    return !notification.generatedTime().isAfter(generated);
  }

  private void refuseOnMaintenance(NewNotification notification, Host host) {
    if (host.onMaintenance() && host.maintenanceOwner() != MaintenanceOwner.PROCESS) {
      refuse(notification, "host \"" + host.name() + "\" is on maintenance");
    }
  }

  private void refuse(NewNotification notification, String reason) {
    jdbc.sql(
            """
            insert into ukemi.refused_notification (type, host_name, payload, reason)
            values (:type, :host, :payload::jsonb, :reason)
            """)
        .param("type", notification.type().name())
        .param("host", notification.hostName())
        .param("payload", Notifications.json(notification.payload()))
        .param("reason", reason)
        .update();
    throw new NotificationRefused(reason);
  }

  private Notification store(NewNotification notification, Host host) {
    Segment segment = segments.byUuid(host.segmentUuid()).orElseThrow();
    if (!segment.enabled()) {
      return notifications.add(
          notification, host, IGNORED, "segment \"" + segment.name() + "\" is disabled");
    }
    if (notification.hostStarted()) {
      return notifications.add(notification, host, FINISHED, "the host is up again: noted");
    }
    if (notification.processStarted()) {
      return notifications.add(notification, host, FINISHED, "the process is up again: noted");
    }
    if (notification.type() == Notification.Type.VM && !settings.isGuestFailure(notification)) {
      return notifications.add(
          notification, host, IGNORED, "not an event for which a guest is restarted");
    }
    Optional<RecoveryRun> open = openRunFor(notification, host);
    if (open.isPresent()) {
      return notifications.add(
          notification,
          host,
          IGNORED,
          "the host is being recovered already, see notification " + open.get().notificationUuid());
    }
    Optional<Planned> planned = plannedFailures.openFor(host);
    if (planned.isPresent()) {
      Notification noted = notifications.add(notification, host, IGNORED, planned.get().reason());
      plannedFailures.note(planned.get(), noted);
      return noted;
    }
    Notification stored = notifications.add(notification, host, NEW, null);
    processes.start(stored);
    Boundaries.reached(Boundary.INTAKE_STORED);
    return stored;
  }

  /** A report about a single guest is not about the host: its process decides. */
  private Optional<RecoveryRun> openRunFor(NewNotification notification, Host host) {
    return notification.type() == Notification.Type.VM
        ? Optional.empty()
        : runs.openRunOf(host.uuid());
  }
}
