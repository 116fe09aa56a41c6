package ukemi.fencing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static ukemi.fencing.FencingWorld.HOST;
import static ukemi.fencing.FencingWorld.NOVA;
import static ukemi.fencing.HeartbeatVerdict.ALIVE;
import static ukemi.fencing.HeartbeatVerdict.FALSE_ALARM;
import static ukemi.fencing.HeartbeatVerdict.SILENT;
import static ukemi.fencing.HeartbeatVerdict.UNKNOWN_YET;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import ukemi.compute.ComputeService;
import ukemi.compute.ComputeUnavailable;
import ukemi.notification.RecoveryRun;

/** Nova's clock is years away from the database's in all of these. */
class HeartbeatsTest {

  private FencingWorld world;
  private RecoveryRun run;

  @BeforeEach
  void build() {
    world = FencingWorld.quiet();
    run = world.openRun();
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aHostThatHasNotBeenReadIsUnknown() {
    assertThat(verdict()).isEqualTo(UNKNOWN_YET);
  }

  @Test
  void aHostThatNovaDoesNotKnowIsNeverSilent() {
    world.heartbeats.read(run);
    assertThat(verdict()).isEqualTo(UNKNOWN_YET);
  }

  @Test
  void aRecentHeartbeatAloneSaysNothing() {
    read(0, 10);
    assertThat(verdict()).isEqualTo(UNKNOWN_YET);
    read(0, 15);
    assertThat(verdict()).isEqualTo(UNKNOWN_YET);
  }

  @Test
  void silenceIsJudgedByNovasOwnClock() {
    read(0, 16);
    assertThat(verdict()).isEqualTo(SILENT);
  }

  @Test
  void aHeartbeatThatAdvancesIsALivingHost() {
    read(0, 5);
    read(10, 12);
    assertThat(verdict()).isEqualTo(ALIVE);
  }

  @Test
  void aLivingHostThatFallsSilentIsSilent() {
    read(0, 5);
    read(10, 12);
    read(10, 26);
    assertThat(verdict()).isEqualTo(SILENT);
  }

  @Test
  void aHostThatAdvancesForMinutesWasReportedInError() {
    read(0, 5);
    for (int second = 10; second < 310; second += 10) {
      read(second, second + 1);
      assertThat(verdict()).isEqualTo(ALIVE);
    }
    read(310, 312);
    assertThat(verdict()).isEqualTo(FALSE_ALARM);
  }

  @Test
  void theMinutesCountFromTheLastSilence() {
    read(0, 5);
    read(10, 12);
    read(10, 200);
    read(320, 321);
    assertThat(verdict()).isEqualTo(ALIVE);
  }

  @Test
  void aHostThatReportedItsStartAndIsAliveWasReportedInError() {
    world.jdbc.sql("update ukemi.recovery_run set host_started_at = now()").update();
    read(0, 5);
    assertThat(verdict()).isEqualTo(UNKNOWN_YET);
    read(10, 12);
    assertThat(verdict()).isEqualTo(FALSE_ALARM);
  }

  @Test
  void aHostThatReportedItsStartAndIsSilentIsSilent() {
    world.jdbc.sql("update ukemi.recovery_run set host_started_at = now()").update();
    read(0, 60);
    assertThat(verdict()).isEqualTo(SILENT);
  }

  @Test
  void anAnswerThatComesLateChangesNothing() {
    read(0, 5);
    read(10, 30);
    read(10, 12);
    assertThat(verdict()).isEqualTo(SILENT);
  }

  @Test
  void ourOwnWriteIsNoSignOfLife() {
    read(0, 30);
    ComputeService after = world.compute.put(HOST, NOVA.plusSeconds(40), NOVA.plusSeconds(40));
    world.heartbeats.rebase(run.id(), after);
    world.heartbeats.read(run);
    assertThat(verdict()).isEqualTo(UNKNOWN_YET);
    read(40, 60);
    assertThat(verdict()).isEqualTo(SILENT);
    read(61, 62);
    assertThat(verdict()).isEqualTo(ALIVE);
  }

  @Test
  void ourOwnWriteSeenBeforeItsAnswerIsNoSignOfLife() {
    read(0, 30);
    world.heartbeats.announceOwnWrite(run.id());
    ComputeService after = world.compute.put(HOST, NOVA.plusSeconds(40), NOVA.plusSeconds(41));
    world.heartbeats.read(run);
    assertThat(verdict()).isEqualTo(SILENT);
    world.heartbeats.rebase(run.id(), after);
    assertThat(verdict()).isEqualTo(UNKNOWN_YET);
  }

  @Test
  void aWriteThatNeverCameBackDoesNotBlindUs() {
    read(0, 30);
    world.heartbeats.announceOwnWrite(run.id());
    world
        .jdbc
        .sql("update ukemi.heartbeat set own_write_at = clock_timestamp() - interval '3 minutes'")
        .update();
    read(40, 41);
    assertThat(verdict()).as("may be our write").isEqualTo(UNKNOWN_YET);
    read(50, 51);
    assertThat(verdict()).isEqualTo(ALIVE);
  }

  @Test
  void aNovaThatDoesNotAnswerIsSaid() {
    world.compute.down = true;
    assertThatThrownBy(() -> world.heartbeats.read(run)).isInstanceOf(ComputeUnavailable.class);
  }

  /** Nova shows a heartbeat of one second of its clock at another. */
  private void read(int heartbeat, int date) {
    world.compute.put(HOST, NOVA.plusSeconds(heartbeat), NOVA.plusSeconds(date));
    world.heartbeats.read(run);
  }

  private HeartbeatVerdict verdict() {
    return world.heartbeats.verdict(run.id());
  }
}
