package ukemi.notification;

import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import ukemi.database.ClusterLock;

/** Deletes what has been kept long enough; one node at a time, in small transactions. */
@Component
class OldNotificationsWatch {

  private static final Logger LOG = LoggerFactory.getLogger(OldNotificationsWatch.class);

  private final OldNotifications old;
  private final ClusterLock lock;

  OldNotificationsWatch(OldNotifications old, ClusterLock lock) {
    this.old = old;
    this.lock = lock;
  }

  @Scheduled(initialDelay = 5, fixedDelay = 60, timeUnit = TimeUnit.MINUTES)
  void clean() {
    lock.runAlone("old notifications", this::deleteAll);
  }

  private void deleteAll() {
    all("notifications that ended long ago", old::deleteEnded);
    all("notifications that were ignored long ago", old::deleteIgnored);
    all("planned works that ended long ago", old::deletePlannedWork);
    all("records of notifications that were refused long ago", old::deleteRefused);
  }

  /** A kind that can't be deleted does not keep the others. */
  static void all(String kind, IntSupplier batch) {
    int all = 0;
    try {
      int last;
      do {
        last = batch.getAsInt();
        all += last;
      } while (last > 0 && !Thread.currentThread().isInterrupted());
    } catch (RuntimeException e) {
      LOG.error("The deletion of {} failed, it is tried again in an hour", kind, e);
    }
    if (all > 0) {
      LOG.info("Deleted {} {}", all, kind);
    }
  }
}
