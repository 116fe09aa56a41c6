package ukemi.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

@ExtendWith(OutputCaptureExtension.class)
class ClockHealthIndicatorTest {

  @Test
  void aClockThatGoesAsTheDatabasesIsUp() {
    assertThat(health(Duration.ZERO).getStatus()).isEqualTo(Status.UP);
    assertThat(health(Duration.ofSeconds(20)).getStatus()).isEqualTo(Status.UP);
    assertThat(health(Duration.ofSeconds(-20)).getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void aClockThatIsFarOffIsSaid(CapturedOutput output) {
    assertThat(health(Duration.ofMinutes(10)).getStatus().getCode()).isEqualTo("DEGRADED");
    assertThat(output).containsPattern("clock is \\d+ s ahead of the database's");
    assertThat(health(Duration.ofMinutes(-10)).getStatus().getCode()).isEqualTo("DEGRADED");
    assertThat(output).containsPattern("clock is \\d+ s behind the database's");
  }

  @Test
  void aWrongClockIsLoggedOnceAnHourAndWhenItIsRightAgain(CapturedOutput output) {
    AtomicReference<Instant> ours = new AtomicReference<>(Instant.EPOCH);
    AtomicReference<Instant> theirs = new AtomicReference<>(Instant.EPOCH.plusSeconds(60));
    Clock own = mock(Clock.class);
    when(own.instant()).thenAnswer(call -> ours.get());
    DatabaseClock database =
        new DatabaseClock(null) {
          @Override
          public Instant now() {
            return theirs.get();
          }
        };
    ClockHealthIndicator clock = new ClockHealthIndicator(database, own);
    assertThat(clock.health().getStatus()).isEqualTo(Status.UNKNOWN);
    for (int minute = 0; minute < 120; minute++) {
      clock.look();
      ours.updateAndGet(time -> time.plusSeconds(60));
      theirs.updateAndGet(time -> time.plusSeconds(60));
    }
    assertThat(output.getAll().split("The clock is wrong", -1)).hasSize(3);
    ours.set(theirs.get());
    assertThat(clock.health().getStatus().getCode()).isEqualTo("DEGRADED");
    clock.look();
    assertThat(clock.health().getStatus()).isEqualTo(Status.UP);
    assertThat(output).contains("The clock is right again");
  }

  /** However long the answer takes. */
  @Test
  void aSlowDatabaseIsNoWrongClock() {
    DatabaseClock hour =
        new DatabaseClock(null) {
          @Override
          public Instant now() {
            return Instant.EPOCH.plusSeconds(1800);
          }
        };
    Clock before =
        new Clock() {
          private long seconds;

          @Override
          public Instant instant() {
            Instant now = Instant.EPOCH.plusSeconds(seconds);
            seconds += 3600;
            return now;
          }

          @Override
          public ZoneOffset getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(java.time.ZoneId zone) {
            return this;
          }
        };
    ClockHealthIndicator clock = new ClockHealthIndicator(hour, before);
    clock.look();
    assertThat(clock.health().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void withoutADatabaseNothingIsKnown() {
    PGSimpleDataSource nowhere = new PGSimpleDataSource();
    nowhere.setUrl("jdbc:postgresql://127.0.0.1:1/none");
    ClockHealthIndicator clock =
        new ClockHealthIndicator(new DatabaseClock(JdbcClient.create(nowhere)));
    clock.look();
    assertThat(clock.health().getStatus()).isEqualTo(Status.UNKNOWN);
  }

  private static Health health(Duration off) {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setUrl(TestDatabase.newDatabase());
    ClockHealthIndicator clock =
        new ClockHealthIndicator(
            new DatabaseClock(JdbcClient.create(dataSource)), Clock.offset(Clock.systemUTC(), off));
    clock.look();
    return clock.health();
  }
}
