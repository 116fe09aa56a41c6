package ukemi.notification;

import java.util.function.IntSupplier;
import org.springframework.context.ApplicationContext;

/** Opens the room's door for the benchmark. */
public final class OldNotificationsBench {

  private OldNotificationsBench() {}

  /** Deletes all that is old; says how long it took. */
  public static String deleteAll(ApplicationContext context) {
    OldNotifications old = context.getBean(OldNotifications.class);
    long begun = System.nanoTime();
    long slowest = 0;
    int deleted = 0;
    for (IntSupplier kind : new IntSupplier[] {old::deleteIgnored, old::deleteEnded}) {
      int last;
      do {
        long batch = System.nanoTime();
        last = kind.getAsInt();
        slowest = Math.max(slowest, System.nanoTime() - batch);
        deleted += last;
      } while (last > 0);
    }
    return "deletion of %d old ones | %d ms | %d ms the slowest batch"
        .formatted(deleted, (System.nanoTime() - begun) / 1_000_000, slowest / 1_000_000);
  }
}
