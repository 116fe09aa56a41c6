package ukemi.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
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
    assertThat(new ClockHealthIndicator(hour, before).health().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void withoutADatabaseNothingIsKnown() {
    PGSimpleDataSource nowhere = new PGSimpleDataSource();
    nowhere.setUrl("jdbc:postgresql://127.0.0.1:1/none");
    Health health =
        new ClockHealthIndicator(new DatabaseClock(JdbcClient.create(nowhere))).health();
    assertThat(health.getStatus()).isEqualTo(Status.UNKNOWN);
  }

  private static Health health(Duration off) {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setUrl(TestDatabase.newDatabase());
    return new ClockHealthIndicator(
            new DatabaseClock(JdbcClient.create(dataSource)), Clock.offset(Clock.systemUTC(), off))
        .health();
  }
}
