package ukemi.notification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import ukemi.api.SlimApplicationTest;

/** What ended long ago goes with all that hangs on it; what anything open needs stays. */
class OldNotificationsTest extends SlimApplicationTest {

  private static final String RUN = "55555555-5555-4555-8555-555555555555";
  private static final String VMOVE = "44444444-4444-4444-8444-444444444444";

  /** All that hangs on a notification, directly or not. */
  private static final String REFERRING =
      """
      with recursive referring (name) as (
        select 'ukemi.notification'::regclass::oid
        union
        select c.conrelid from pg_constraint c join referring r on c.confrelid = r.name
         where c.contype = 'f')
      select name::regclass::text from referring
      """;

  @Autowired private OldNotifications old;

  @ParameterizedTest
  @CsvSource({
    "finished, 366, true",
    "finished, 364, false",
    "failed,   366, true",
    "failed,   364, false",
    "ignored,   31, true",
    "ignored,   29, false",
    "finished,  31, false",
    "new,     4000, false",
    "running, 4000, false",
    "error,   4000, false"
  })
  void whatEndedLongerAgoThanItIsKeptGoes(String status, int days, boolean goes) {
    notification(status, days);
    clean();
    assertThat(count("ukemi.notification")).isEqualTo(goes ? 0 : 1);
  }

  /** Denied or a false alarm: what was decided and switched is kept with it. */
  @ParameterizedTest
  @CsvSource({
    "recovery_run, 31, false",
    "recovery_run, 366, true",
    "guest_run, 31, false",
    "guest_run, 366, true",
    "process_run, 31, false",
    "process_run, 366, true"
  })
  void anIgnoredOneWithARunIsKeptAsLongAsAFinishedOne(String table, int days, boolean goes) {
    UUID uuid = notification("ignored", days);
    String guest = table.equals("guest_run") ? "instance_uuid" : "host_uuid";
    String name = table.equals("process_run") ? ", process_name" : "";
    sql(
        """
        insert into ukemi.%s
          (id, notification_uuid, %s, host_name, process_instance_id, closed_at%s)
        values (gen_random_uuid(), '%s', '%s', 'compute-1', 'p', now()%s)
        """
            .formatted(table, guest, name, uuid, COMPUTE_1, name.isEmpty() ? "" : ", 'n'"));
    clean();
    assertThat(count("ukemi.notification")).isEqualTo(goes ? 0 : 1);
    assertThat(count("ukemi." + table)).isEqualTo(goes ? 0 : 1);
  }

  @Test
  void aKindThatFailsDoesNotKeepTheOthers() {
    notification("ignored", 40);
    OldNotificationsWatch.all(
        "x",
        () -> {
          throw new IllegalStateException("a test");
        });
    OldNotificationsWatch.all("y", old::deleteIgnored);
    assertThat(count("ukemi.notification")).isZero();
  }

  @Test
  void itsAgeCountsFromItsEnd() {
    UUID uuid = notification("finished", 400);
    sql("update ukemi.notification set updated_at = now() - interval '10 days'");
    clean();
    assertThat(count("ukemi.notification where uuid = '" + uuid + "'")).isOne();
  }

  @Test
  void allThatHangsOnItGoesWithIt() {
    recovery();
    everythingOf();
    List<String> tables = jdbc.sql(REFERRING).query(String.class).list();
    assertThat(tables).hasSizeGreaterThan(15);
    assertThat(tables)
        .as("a new table needs a row here, and a line in OldNotifications")
        .allMatch(table -> count(table) > 0);
    clean();
    assertThat(tables).allMatch(table -> count(table) == 0);
    assertThat(count("ukemi.host")).isEqualTo(3);
  }

  @Test
  void plannedWorkGoesWhenItsFailuresHaveGone() {
    recovery();
    everythingOf();
    assertThat(old.deletePlannedWork()).isZero();
    clean();
    sql("update ukemi.planned_work set closed_at = now() - interval '364 days'");
    assertThat(old.deletePlannedWork()).isZero();
    sql("update ukemi.planned_work set closed_at = null");
    assertThat(old.deletePlannedWork()).isZero();
    sql("update ukemi.planned_work set closed_at = now() - interval '366 days'");
    assertThat(old.deletePlannedWork()).isOne();
  }

  @Test
  void thatOfAnotherStays() {
    recovery();
    UUID young = notification("finished", 10);
    sql(
        """
        insert into ukemi.recovery_run
          (id, notification_uuid, host_uuid, host_name, process_instance_id, closed_at)
        values ('%s', '%s', '%s', 'compute-1', 'p', now())
        """
            .formatted(UUID.randomUUID(), young, COMPUTE_1));
    clean();
    assertThat(count("ukemi.notification where uuid = '" + young + "'")).isOne();
    assertThat(count("ukemi.notification")).isOne();
    assertThat(count("ukemi.recovery_run")).isOne();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          update ukemi.recovery_run set closed_at = null                   | update ukemi.recovery_run set closed_at = now()
          update ukemi.evacuation_attempt set closed_at = null             | update ukemi.evacuation_attempt set closed_at = now()
          update ukemi.reserve_claim set settled_at = null                 | update ukemi.reserve_claim set settled_at = now()
          update ukemi.machine_latch set unlocked_at = null                | update ukemi.machine_latch set unlocked_at = now()
          update ukemi.vmove set locked = true                             | update ukemi.vmove set locked = false
          update ukemi.guest_run set closed_at = null                      | update ukemi.guest_run set closed_at = now()
          update ukemi.guest_run set locked = true                         | update ukemi.guest_run set locked = false
          update ukemi.process_run set closed_at = null                    | update ukemi.process_run set closed_at = now()
          update ukemi.attention set settled_at = null                     | update ukemi.attention set settled_at = now()
          update ukemi.planned_work set closed_at = null                   | update ukemi.planned_work set closed_at = now()
          update ukemi.host set maintenance_owner = 'RECOVERY'             | update ukemi.host set maintenance_owner = 'OPERATOR'
          """)
  void whatIsNotSettledIsKeptUntilItIs(String open, String settled) {
    recovery();
    everythingOf();
    sql(open);
    clean();
    assertThat(count("ukemi.notification")).isOne();
    assertThat(count("ukemi.power_reading")).isOne();
    sql(settled);
    clean();
    assertThat(count("ukemi.notification")).isZero();
  }

  @Test
  void thatOfAHostWithAnUnfinishedOneStaysUntilItEnds() {
    recovery();
    notification("ignored", 100);
    UUID open = notification("error", 50);
    clean();
    assertThat(count("ukemi.notification")).isEqualTo(3);
    sql("update ukemi.notification set status = 'failed' where uuid = '" + open + "'");
    clean();
    assertThat(count("ukemi.notification")).isOne();
  }

  @Test
  void aProofIsKeptForAnAttemptOfAnotherRecoveryThatIsAsOld() {
    recovery();
    everythingOf();
    UUID other = notification("finished", 10);
    UUID run = UUID.randomUUID();
    sql(
        """
        insert into ukemi.recovery_run
          (id, notification_uuid, host_uuid, host_name, process_instance_id, closed_at)
        values ('%s', '%s', '%s', 'compute-9', 'p', now())
        """
            .formatted(run, other, COMPUTE_9));
    sql(
        """
        insert into ukemi.evacuation_attempt
          (run_id, vmove_uuid, instance_uuid, number, source_host, process_instance, granted_at)
        values ('%s', '%s', gen_random_uuid(), 1, 'compute-9', 'p', now() - interval '500 days')
        """
            .formatted(run, VMOVE));
    clean();
    assertThat(count("ukemi.proof_of_off")).isOne();
  }

  @Test
  void manyGoInSmallBatches() {
    sql(
        """
        insert into ukemi.notification
          (uuid, type, source_host_uuid, source_host_name, segment_uuid, payload, generated_time,
           received_at, status)
        select gen_random_uuid(), 'VM', '%s', 'compute-1', '%s', '{}', now(),
               now() - interval '40 days', 'ignored'
          from generate_series(1, 1200)
        """
            .formatted(COMPUTE_1, RACK_A));
    assertThat(old.deleteIgnored()).isEqualTo(OldNotifications.BATCH);
    assertThat(old.deleteIgnored()).isEqualTo(OldNotifications.BATCH);
    assertThat(old.deleteIgnored()).isEqualTo(1200 - 2 * OldNotifications.BATCH);
    assertThat(old.deleteIgnored()).isZero();
  }

  @Test
  void theRecordOfTheRefusedGoesToo() {
    for (int days : List.of(29, 31, 400)) {
      sql(
          """
          insert into ukemi.refused_notification (type, host_name, payload, reason, received_at)
          values ('VM', 'compute-1', '{}', 'x', now() - interval '%d days')
          """
              .formatted(days));
    }
    assertThat(old.deleteRefused()).isEqualTo(2);
    assertThat(count("ukemi.refused_notification")).isOne();
  }

  private void clean() {
    while (old.deleteIgnored() + old.deleteEnded() > 0) {}
    old.deleteRefused();
  }

  private UUID notification(String status, int daysAgo) {
    UUID uuid = UUID.randomUUID();
    sql(
        """
        insert into ukemi.notification
          (uuid, type, source_host_uuid, source_host_name, segment_uuid, payload, generated_time,
           received_at, status)
        values ('%s', 'COMPUTE_HOST', '%s', 'compute-1', '%s', '{"event": "STOPPED"}', now(),
                now() - interval '%d days', '%s')
        """
            .formatted(uuid, COMPUTE_1, RACK_A, daysAgo, status));
    return uuid;
  }

  private void recovery() {
    UUID uuid = notification("finished", 400);
    sql(
        """
        insert into ukemi.recovery_run
          (id, notification_uuid, host_uuid, host_name, process_instance_id, opened_at, closed_at)
        values ('%s', '%s', '%s', 'compute-1', 'p', now() - interval '400 days', now())
        """
            .formatted(RUN, uuid, COMPUTE_1));
    sql(
        """
        insert into ukemi.vmove
          (uuid, notification_uuid, run_id, instance_uuid, instance_name, source_host, status,
           state_before, state_wanted)
        values ('%s', '%s', '%s', '%s', 'vm-1', 'compute-1', 'succeeded', 'active', 'active')
        """
            .formatted(VMOVE, uuid, RUN, NOWHERE));
    sql(
        """
        insert into ukemi.attention (notification_uuid, subject, problem, settled_at)
        values ('%s', 's', 'p', now())
        """
            .formatted(uuid));
  }

  /** A row in each of the other tables, nothing of it open. */
  private void everythingOf() {
    for (String row :
        List.of(
            "heartbeat (run_id, host_name, baseline, last_heartbeat, read_at)"
                + " values (:run, 'h', now(), now(), now())",
            "power_watch (run_id, host_name, system_id, watched_since, next_read_at)"
                + " values (:run, 'h', 's', now(), now())",
            "power_order (run_id, system_id, begun_at) values (:run, 's', now())",
            "power_reading (run_id, system_id, begun_at, ended_at, state, detail)"
                + " values (:run, 's', now(), now(), 'OFF', 'd')",
            "proof_of_off (id, run_id, host_name, kind, given_by, evidence, stands_from)"
                + " values (gen_random_uuid(), :run, 'h', 'READINGS', 'g', 'e', now())",
            "refused_confirmation (run_id, person, refused_at, contradicted, reason)"
                + " values (:run, 'p', now(), false, 'r')",
            "fencing_note (run_id, text, first_at, last_at) values (:run, 't', now(), now())",
            "machine_latch (run_id, system_id, unlocked_at) values (:run, 's', now())",
            "evacuation_attempt (run_id, vmove_uuid, instance_uuid, number, source_host,"
                + " process_instance, closed_at)"
                + " values (:run, :vmove, gen_random_uuid(), 1, 'h', 'p', now())",
            "reserve_claim (run_id, host_uuid, host_name, settled_at) values (:run, :host, 'h', now())",
            "reserve_aggregate (claim_id, aggregate_id) select id, 1 from ukemi.reserve_claim"
                + " where run_id = :run",
            "decision (run_id, task_id, question, shown) values (:run, 't', 'q', 's')",
            "host_change (run_id, what) values (:run, 'DISABLED')",
            "guest_run (id, notification_uuid, instance_uuid, host_name, process_instance_id,"
                + " closed_at) select gen_random_uuid(), notification_uuid, gen_random_uuid(),"
                + " 'h', 'p', now() from ukemi.recovery_run where id = :run",
            "process_run (id, notification_uuid, host_uuid, host_name, process_name,"
                + " process_instance_id, closed_at) select gen_random_uuid(), notification_uuid,"
                + " host_uuid, 'h', 'n', 'p', now() from ukemi.recovery_run where id = :run",
            "planned_work (uuid, scope, starts_at, ends_at, reason, person, ended_at, closed_at)"
                + " values (:run, 'CLOUD', now() - interval '2 h', now() - interval '1 h', 'r', 'p',"
                + " now(), now() - interval '400 days')",
            "planned_work_failure (work_uuid, notification_uuid) select :run, notification_uuid"
                + " from ukemi.recovery_run where id = :run")) {
      jdbc.sql("insert into ukemi." + row)
          .param("run", UUID.fromString(RUN))
          .param("vmove", UUID.fromString(VMOVE))
          .param("host", UUID.fromString(COMPUTE_2))
          .update();
    }
  }
}
