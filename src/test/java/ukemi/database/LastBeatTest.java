package ukemi.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import ukemi.InvalidSetting;
import ukemi.database.LastBeat.Loss;

/** A database that went back in time is noticed, and nothing else is taken for that. */
@ExtendWith(OutputCaptureExtension.class)
class LastBeatTest {

  private final JdbcClient jdbc = JdbcClient.create(TestDatabase.newDatabaseWithTables());
  @TempDir private Path home;
  private Path directory;

  @BeforeEach
  void aDirectoryThatIsNotThereYet() {
    directory = home.resolve("ukemi");
  }

  private LastBeat start() {
    return TestBeat.in(directory, jdbc);
  }

  private LastBeat beating() {
    LastBeat node = start();
    assertThat(node.loss()).isEmpty();
    node.beat();
    assertThat(node.loss()).isEmpty();
    return node;
  }

  private void databaseLoses(Duration time) {
    jdbc.sql("update ukemi.beat set at = at - cast(? as interval)").param(time.toString()).update();
  }

  @Test
  void aLossIsNoticedByANodeThatRuns() {
    LastBeat node = beating();
    databaseLoses(Duration.ofHours(3));
    Loss loss = node.loss().orElseThrow();
    assertThat(Duration.between(loss.found(), loss.remembered())).isEqualTo(Duration.ofHours(3));
    node.beat();
    assertThat(node.loss()).as("it goes on from there").isEmpty();
  }

  @Test
  void aLossIsNoticedByANodeThatWasStopped() {
    beating();
    databaseLoses(Duration.ofMinutes(2));
    assertThat(start().loss()).isPresent();
  }

  @Test
  void aLossIsNoticedAgainUntilTheNodeHasBeatenAfterIt() {
    beating();
    databaseLoses(Duration.ofMinutes(2));
    start().loss();
    assertThat(start().loss()).as("killed in between").isPresent();
  }

  @Test
  void aBackUpOlderThanTheNodesFirstBeatIsNoticed() {
    LastBeat node = beating();
    jdbc.sql("delete from ukemi.beat").update();
    assertThat(node.loss().orElseThrow().found()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT1S", "PT59S"})
  void aFailoverThatLosesLittleIsNone(String little) {
    LastBeat node = beating();
    databaseLoses(Duration.parse(little));
    assertThat(node.loss()).isEmpty();
    assertThat(start().loss()).isEmpty();
  }

  @Test
  void aDatabaseThatStoodStillForDaysHasLostNothing() {
    beating();
    assertThat(start().loss()).as("whatever the clocks say").isEmpty();
  }

  /** The clock of the machine that took over may be behind that of the one before. */
  @Test
  void aClockThatWasSetBackIsNoLoss() {
    LastBeat node = beating();
    jdbc.sql("update ukemi.beat set at = at + interval '1 hour'").update();
    node.beat();
    node.beat();
    assertThat(node.loss()).isEmpty();
    assertThat(start().loss()).isEmpty();
  }

  @Test
  void aNodeWithoutMemoryBeginsToRemember() throws IOException {
    beating();
    databaseLoses(Duration.ofHours(3));
    Files.delete(directory.resolve("last-beat"));
    assertThat(start().loss()).isEmpty();
  }

  @Test
  void anotherDatabaseIsNotARestoredOne(CapturedOutput output) {
    beating();
    becomesAnotherDatabase();
    notificationIsStored();
    LastBeat node = start();
    assertThat(node.loss()).isEmpty();
    assertThat(output).contains("not the database that this node was used with");
    node.beat();
    databaseLoses(Duration.ofHours(3));
    assertThat(node.loss()).as("and is remembered from now on").isPresent();
  }

  private void becomesAnotherDatabase() {
    jdbc.sql("update ukemi.identity set id = gen_random_uuid()").update();
    jdbc.sql("delete from ukemi.beat").update();
  }

  private void notificationIsStored() {
    jdbc.sql(
            """
            with segment as (
              insert into ukemi.failover_segment (uuid, name, service_type, recovery_method)
              values (gen_random_uuid(), 's', 'compute', 'auto') returning uuid),
            host as (
              insert into ukemi.host (uuid, segment_uuid, name, type, control_attributes)
              select gen_random_uuid(), uuid, 'compute-1', 'kvm', '' from segment
              returning uuid, segment_uuid, name)
            insert into ukemi.notification (uuid, type, source_host_uuid, source_host_name,
              segment_uuid, payload, generated_time, status)
            select gen_random_uuid(), 'VM', uuid, name, segment_uuid, '{}', now(), 'running'
              from host
            """)
        .update();
  }

  @Test
  void aBackUpOlderThanTheTablesOfThisIsNoticed() {
    beating();
    becomesAnotherDatabase();
    jdbc.sql("update ukemi.identity set created_at = clock_timestamp()").update();
    notificationIsStored();
    LastBeat node = start();
    assertThat(node.loss()).isPresent();
    assertThat(node.loss()).as("until it has beaten").isPresent();
    node.beat();
    assertThat(node.loss()).isEmpty();
  }

  @Test
  void aNewAndEmptyDatabaseIsNotARestoredOne() {
    beating();
    becomesAnotherDatabase();
    jdbc.sql("update ukemi.identity set created_at = clock_timestamp()").update();
    assertThat(start().loss()).isEmpty();
  }

  @Test
  void anotherNodesBeatsSayNothingAboutOurs() {
    LastBeat node = beating();
    databaseLoses(Duration.ofHours(3));
    directory = home.resolve("other");
    beating();
    assertThat(node.loss()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "database=x\nnode=y\nat=z", "\\u12"})
  void aBrokenFileIsSaidAndBegunAnew(String content, CapturedOutput output) throws IOException {
    beating();
    Files.writeString(directory.resolve("last-beat"), content);
    LastBeat node = start();
    assertThat(node.loss()).isEmpty();
    assertThat(output).contains("it begins anew");
    node.beat();
    databaseLoses(Duration.ofHours(3));
    assertThat(start().loss()).isPresent();
  }

  @Test
  void whatCantBeKeptIsSaidOnceAndRememberedWhileTheNodeRuns(CapturedOutput output)
      throws IOException {
    Files.writeString(directory, "no directory");
    LastBeat node = beating();
    node.beat();
    assertThat(output.getAll().split("last beat can't be kept", -1)).hasSize(2);
    databaseLoses(Duration.ofHours(3));
    assertThat(node.loss()).isPresent();
  }

  @Test
  void nothingButTheFileIsLeftInTheDirectory() throws IOException {
    LastBeat node = beating();
    node.beat();
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(directory.resolve("last-beat"));
    }
  }

  @Test
  void aLossSmallerThanTheBeatsCanShowIsRefused() {
    assertThatThrownBy(() -> new DatabaseSettings(null, Duration.ofSeconds(14)))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("ukemi.database-loss");
    assertThat(new DatabaseSettings(null, Duration.ofSeconds(15)).databaseLoss()).hasSeconds(15);
  }
}
