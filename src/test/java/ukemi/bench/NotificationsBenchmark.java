package ukemi.bench;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import ukemi.api.SlimApplication;
import ukemi.database.Page;
import ukemi.notification.ManyNotifications;
import ukemi.notification.NewNotification;
import ukemi.notification.Notification;
import ukemi.notification.NotificationFilter;
import ukemi.notification.NotificationIntake;
import ukemi.notification.Notifications;
import ukemi.notification.OldNotificationsBench;

/**
 * Measures the table of notifications with a million rows (or as many as the argument says): lists,
 * the intake of new ones, the deletion of old ones. The engine is a stub.
 */
public final class NotificationsBenchmark {

  private static final NotificationFilter ALL = filter(null, null);

  private NotificationsBenchmark() {}

  /** Argument: how many rows; by default a million. */
  public static void main(String[] arguments) {
    int rows = arguments.length == 0 ? 1_000_000 : Integer.parseInt(arguments[0]);
    System.setProperty("OS_AUTH_URL", "http://keystone:5000/v3");
    try (ConfigurableApplicationContext context = SlimApplication.withoutWeb()) {
      JdbcClient jdbc = context.getBean(JdbcClient.class);
      Notifications notifications = context.getBean(Notifications.class);
      NotificationIntake intake = context.getBean(NotificationIntake.class);
      System.out.println("| what, with " + rows + " notifications | median | slowest of 50 |");
      System.out.println("| --- | --- | --- |");
      System.out.println(
          "| fill | " + millis(() -> ManyNotifications.fill(jdbc, rows)) + " ms | |");
      measure("list of 1000, newest first", () -> list(notifications, ALL, null, 1000));
      String middle =
          jdbc.sql("select id from ukemi.notification order by id offset :half limit 1")
              .param("half", rows / 2)
              .query(String.class)
              .single();
      measure("page of 100 from the middle", () -> list(notifications, ALL, middle, 100));
      measure("status=error", () -> list(notifications, filter("error", null), null, 1000));
      measure("type=PROCESS", () -> list(notifications, filter(null, "PROCESS"), null, 1000));
      measure("intake of a guest's failure", () -> report(intake));
      System.out.println("| " + OldNotificationsBench.deleteAll(context) + " |");
    }
    System.exit(0);
  }

  private static List<Notification> list(
      Notifications notifications, NotificationFilter filter, String marker, int limit) {
    return notifications.list(
        filter, new Page(limit, marker, List.of(new Page.Order("created_at", false))));
  }

  private static void report(NotificationIntake intake) {
    intake.accept(
        new NewNotification(
            Notification.Type.VM,
            "compute-7",
            Instant.now(),
            Map.of(
                "instance_uuid",
                UUID.randomUUID().toString(),
                "event",
                "LIFECYCLE",
                "vir_domain_event",
                "STOPPED_FAILED")));
  }

  private static NotificationFilter filter(String status, String type) {
    return new NotificationFilter(status, type, null, null);
  }

  private static void measure(String what, Runnable work) {
    long[] times = new long[50];
    for (int time = 0; time < times.length; time++) {
      times[time] = millis(work);
    }
    Arrays.sort(times);
    System.out.println("| %s | %d ms | %d ms |".formatted(what, times[25], times[49]));
  }

  private static long millis(Runnable work) {
    long begun = System.nanoTime();
    work.run();
    return (System.nanoTime() - begun) / 1_000_000;
  }
}
