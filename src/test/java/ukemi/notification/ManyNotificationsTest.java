package ukemi.notification;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import ukemi.database.Page;
import ukemi.database.TestDatabase;

/**
 * With very many notifications each question reads a few blocks. Blocks are counted by PostgreSQL,
 * on the one connection that everything here uses; the table has some 3,000 of them.
 */
class ManyNotificationsTest {

  private static final int ROWS = 100_000;

  /** A page of ten: ten rows may be in as many blocks, and each index has three levels. */
  private static final long FEW = 100;

  private static final SingleConnectionDataSource CONNECTION = connection();
  private static final JdbcClient JDBC = JdbcClient.create(CONNECTION);
  private static final Notifications NOTIFICATIONS = new Notifications(JDBC);
  private static final NotificationFilter ALL = filter(null, null, null, null);

  @BeforeAll
  static void fill() {
    ManyNotifications.fill(JDBC, ROWS);
  }

  @AfterAll
  static void close() {
    CONNECTION.destroy();
  }

  @Test
  void theDefaultList() {
    assertThat(blocks(() -> page(ALL, null, "created_at", false))).isLessThan(FEW);
    assertThat(blocks(() -> page(ALL, null, "created_at", true))).isLessThan(FEW);
    assertThat(blocks(() -> page(ALL, null, "id", false))).isLessThan(FEW);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPageFromTheMiddle(boolean ascending) {
    String middle =
        JDBC.sql("select id from ukemi.notification order by created_at offset 50000 limit 1")
            .query(String.class)
            .single();
    assertThat(blocks(() -> page(ALL, middle, "created_at", ascending))).isLessThan(FEW);
    assertThat(blocks(() -> page(ALL, middle, "id", ascending))).isLessThan(FEW);
    assertThat(blocks(() -> page(filter("ignored", null, null, null), middle, "id", ascending)))
        .isLessThan(FEW);
    assertThat(
            blocks(
                () -> page(filter("ignored", "VM", null, null), middle, "created_at", ascending)))
        .isLessThan(FEW);
  }

  @Test
  void whatIsRareOrNotThereIsFoundWithoutReadingTheRest() {
    assertThat(blocks(() -> page(filter("running", null, null, null)))).isLessThan(FEW);
    assertThat(blocks(() -> page(filter("error", null, null, null)))).isLessThan(FEW);
    assertThat(blocks(() -> page(filter("no-such", null, null, null)))).isLessThan(FEW);
    assertThat(blocks(() -> page(filter(null, "PROCESS", null, null)))).isLessThan(FEW);
    assertThat(blocks(() -> page(filter(null, null, ManyNotifications.RARE_HOST, null))))
        .isLessThan(FEW);
    assertThat(blocks(() -> page(filter(null, null, UUID.randomUUID().toString(), null))))
        .isLessThan(FEW);
    assertThat(blocks(() -> page(filter(null, null, "x", null)))).isLessThan(FEW);
    assertThat(blocks(() -> page(filter(null, null, null, Instant.now().plus(Duration.ofDays(1))))))
        .isLessThan(FEW);
    assertThat(
            blocks(() -> page(filter(null, null, null, Instant.now().minus(Duration.ofHours(5))))))
        .isLessThan(FEW);
  }

  @Test
  void whatTheProgramAsksAgainAndAgain() {
    assertThat(blocks(NOTIFICATIONS::unfinished)).isLessThan(FEW);
    NotificationSettings settings =
        new NotificationSettings(Duration.ofMinutes(3), Duration.ofHours(24), Set.of());
    ForgottenNotifications forgotten = new ForgottenNotifications(JDBC, NOTIFICATIONS, settings);
    assertThat(blocks(forgotten::due)).isLessThan(FEW);
    assertThat(blocks(forgotten::expired)).isLessThan(FEW);
  }

  @Test
  void lookingForOldOnesWhenThereAreNone() {
    OldNotifications old =
        new OldNotifications(
            JDBC, new RetentionSettings(Duration.ofDays(3000), Duration.ofDays(3000)));
    assertThat(blocks(old::deleteIgnored)).isLessThan(FEW);
    assertThat(blocks(old::deleteEnded)).isLessThan(FEW);
  }

  /** The measure itself: it sees a question that reads everything. */
  @Test
  void aQuestionThatReadsEverythingIsSeen() {
    assertThat(blocks(() -> page(ALL, null, "message", false))).isGreaterThan(1000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"created_at", "id", "status", "updated_at", "message"})
  void pagesNeitherRepeatNorLeaveOut(String key) {
    for (boolean ascending : List.of(true, false)) {
      NotificationFilter some = filter(null, null, ManyNotifications.RARE_HOST, null);
      List<Long> paged = new ArrayList<>();
      String marker = null;
      List<Notification> page = page(some, marker, key, ascending);
      while (!page.isEmpty()) {
        page.forEach(one -> paged.add(one.id()));
        page = page(some, "" + page.get(page.size() - 1).id(), key, ascending);
      }
      assertThat(new HashSet<>(paged)).hasSameSizeAs(paged);
      List<Long> all =
          NOTIFICATIONS
              .list(some, new Page(1000, null, List.of(new Page.Order(key, ascending))))
              .stream()
              .map(Notification::id)
              .toList();
      assertThat(all).hasSizeGreaterThan(20);
      assertThat(paged).isEqualTo(all);
      List<Long> reversed =
          new ArrayList<>(
              NOTIFICATIONS
                  .list(some, new Page(1000, null, List.of(new Page.Order(key, !ascending))))
                  .stream()
                  .map(Notification::id)
                  .toList());
      Collections.reverse(reversed);
      assertThat(reversed).isEqualTo(all);
    }
  }

  private static List<Notification> page(NotificationFilter filter) {
    return page(filter, null, "created_at", false);
  }

  private static List<Notification> page(
      NotificationFilter filter, String marker, String key, boolean ascending) {
    return NOTIFICATIONS.list(
        filter, new Page(10, marker, List.of(new Page.Order(key, ascending))));
  }

  private static NotificationFilter filter(String status, String type, String host, Instant since) {
    return new NotificationFilter(status, type, host, since);
  }

  /** How many blocks of notifications and their indexes it reads, in memory or not. */
  private static long blocks(Runnable question) {
    long most = 0;
    // the driver prepares a statement that it has seen five times: another plan, perhaps
    for (int time = 0; time < 12; time++) {
      long before = read();
      question.run();
      most = Math.max(most, read() - before);
    }
    return most;
  }

  private static long read() {
    JDBC.sql("select pg_stat_force_next_flush()").query((row, number) -> 0).list();
    return JDBC.sql(
            """
            select heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit
              from pg_statio_user_tables where relname = 'notification'
            """)
        .query(Long.class)
        .single();
  }

  private static SingleConnectionDataSource connection() {
    DataSource database = TestDatabase.newDatabaseWithTables();
    try {
      return new SingleConnectionDataSource(database.getConnection(), true);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
