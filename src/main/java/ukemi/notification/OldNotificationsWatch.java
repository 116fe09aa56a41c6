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
    int deleted = all(old::deleteIgnored) + all(old::deleteFinished);
    all(old::deleteRefused);
    if (deleted > 0) {
      LOG.info("Deleted {} notifications that ended long ago", deleted);
    }
  }

  private static int all(IntSupplier batch) {
    int all = 0;
    int last = OldNotifications.BATCH;
    while (last == OldNotifications.BATCH && !Thread.currentThread().isInterrupted()) {
      last = batch.getAsInt();
      all += last;
    }
    return all;
  }
}
