package ukemi.database;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import ukemi.InvalidSetting;

/**
 * Notices that the database was restored from an older back-up. The node writes its beat into the
 * database and keeps outside what it wrote; a database that shows an older one has lost what came
 * between. What was written is compared with what was kept, never one clock with another.
 */
@Component
public class LastBeat {

  private static final Logger LOG = LoggerFactory.getLogger(LastBeat.class);

  private static final String FILE = "last-beat";
  private static final Instant NEVER = Instant.MIN;

  /**
   * What the database has lost.
   *
   * @param remembered what this node wrote last
   * @param found what the database shows of it; null = no beat of this node
   */
  public record Loss(Instant remembered, Instant found) {}

  private final JdbcClient jdbc;
  private final Path file;
  private final Duration tolerated;
  private Remembered last;
  private boolean isRead;
  private boolean isKept = true;

  LastBeat(JdbcClient jdbc, DatabaseSettings settings) {
    this.jdbc = jdbc;
    this.tolerated = settings.databaseLoss();
    this.file = file(settings);
  }

  /** A database of its own needs a directory; one elsewhere does without, if it must. */
  private static Path file(DatabaseSettings settings) {
    try {
      return settings.directory().resolve(FILE);
    } catch (InvalidSetting e) {
      return null;
    }
  }

  /** What the database has lost since this node's last beat; empty when it is little or nothing. */
  public synchronized Optional<Loss> loss() {
    UUID database = jdbc.sql("select id from ukemi.identity").query(UUID.class).single();
    read();
    if (last == null) {
      last = new Remembered(database, UUID.randomUUID(), NEVER);
    } else if (!last.database().equals(database)) {
      boolean older = !last.at().equals(NEVER) && isOlderThanIdentities();
      if (!older) {
        LOG.warn("This is not the database that this node was used with before: it begins anew");
      }
      last = new Remembered(database, UUID.randomUUID(), older ? last.at() : NEVER);
    }
    return last.at().equals(NEVER) ? Optional.empty() : compare();
  }

  /**
   * Whether this is a back-up that is older than what tells databases apart, and so got that anew.
   * A new one has nothing in it.
   */
  private boolean isOlderThanIdentities() {
    return jdbc.sql(
            """
            select exists (select 1 from ukemi.identity where created_at > ?)
               and exists (select 1 from ukemi.notification)
            """)
        .param(Columns.parameter(last.at()))
        .query(Boolean.class)
        .single();
  }

  private Optional<Loss> compare() {
    Instant found =
        jdbc.sql("select at from ukemi.beat where node = ?")
            .param(last.node())
            .query(OffsetDateTime.class)
            .optional()
            .map(OffsetDateTime::toInstant)
            .orElse(null);
    return found == null || found.isBefore(last.at().minus(tolerated))
        ? Optional.of(new Loss(last.at(), found))
        : Optional.empty();
  }

  /** Writes the beat, and keeps it. {@link #loss} must have been asked before. */
  public synchronized void beat() {
    Instant at =
        jdbc.sql(
                """
                insert into ukemi.beat (node, at) values (?, clock_timestamp())
                on conflict (node) do update set at = greatest(beat.at, excluded.at)
                returning at
                """)
            .param(last.node())
            .query(OffsetDateTime.class)
            .single()
            .toInstant();
    last = new Remembered(last.database(), last.node(), at);
    keep();
  }

  private void read() {
    if (isRead) {
      return;
    }
    isRead = true;
    try {
      last = file == null ? null : Remembered.read(file).orElse(null);
    } catch (IOException e) {
      LOG.warn("What this node knew of its database is lost, it begins anew: {}", e.toString());
    }
  }

  private void keep() {
    try {
      if (file == null) {
        throw new IOException("there is no directory for it, see " + DatabaseSettings.DATA_DIR);
      }
      last.write(file);
      isKept = true;
    } catch (IOException e) {
      if (isKept) {
        LOG.warn(
            "A database that is restored while this node is stopped will not be noticed:"
                + " its last beat can't be kept: {}",
            e.toString());
      }
      isKept = false;
    }
  }
}
