package ukemi.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.camunda.bpm.engine.ProcessEngine;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.web.server.WebServer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.TaskScheduler;
import ukemi.database.TestDatabase;

/** The move from a Masakari, a stub of which answers over HTTP. */
@ExtendWith(LoudAgain.class)
class ImportMasakariTest {

  private final MasakariStub masakari = new MasakariStub();
  private final String url = TestDatabase.newDatabase();
  private final JdbcClient here = JdbcClient.create(dataSource(url));
  private ObjectNode rackA;
  private ObjectNode rackB;

  @BeforeEach
  void twoRacks() {
    rackA = masakari.segment("rack-a", "auto");
    rackB = masakari.segment("Rack Bé", "rh_priority");
    rackB.put("enabled", false).put("description", "line\nline").put("service_type", "STORAGE");
    masakari.host(rackA, "compute-1");
    masakari.host(rackA, "compute-2").put("reserved", true).put("type", "");
    masakari.host(rackB, "compute-9").put("on_maintenance", true);
  }

  @AfterEach
  void close() {
    masakari.close();
  }

  private record Run(int exit, String said) {}

  @Test
  void segmentsAndHostsComeOverWithAllTheyHave() {
    Run run = run();
    assertThat(run.exit()).isZero();
    assertThat(rows("failover_segment"))
        .containsExactly(
            "%s|rack-a|COMPUTE|auto|null|true".formatted(uuid(rackA)),
            "%s|Rack Bé|STORAGE|rh_priority|line\nline|false".formatted(uuid(rackB)));
    assertThat(hostRows())
        .containsExactly(
            "compute-1|COMPUTE|SSH|false|null", // first registered, first here
            "compute-2||SSH|true|null",
            "compute-9|COMPUTE|SSH|false|OPERATOR");
    assertThat(count("ukemi.host h where h.segment_uuid = '" + uuid(rackA) + "'")).isEqualTo(2);
    assertThat(run.said())
        .contains("5 created")
        .containsPattern("segment +rack-a +" + uuid(rackA) + " +created")
        .containsPattern("host +compute-9 +[0-9a-f-]{36} +created");
  }

  @Test
  void hostsKeepTheirUuids() {
    ObjectNode host = masakari.host(rackB, "compute-10");
    run();
    assertThat(count("ukemi.host where name = 'compute-10' and uuid = '" + uuid(host) + "'"))
        .isOne();
  }

  @Test
  void theSecondTimeChangesNothing() {
    run();
    List<String> before = everything();
    Run again = run();
    assertThat(again.exit()).isZero();
    assertThat(again.said()).contains("5 already here").doesNotContain("created");
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void aDryRunSaysWhatItWouldDoAndDoesNot() {
    Run dry = run("--dry-run");
    assertThat(dry.exit()).isZero();
    assertThat(dry.said()).contains("5 would be created").contains("dry run");
    assertThat(count("ukemi.failover_segment")).isZero();
    assertThat(count("ukemi.host")).isZero();
    run();
    assertThat(run("--dry-run").said()).contains("5 already here");
  }

  @Test
  void whatWasDoneBeforeAFailureIsShown() {
    run("--dry-run"); // makes the tables
    here.sql("alter table ukemi.host add constraint broken check (name <> 'compute-2')").update();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    ImportMasakari command =
        new ImportMasakari(new PrintStream(said, true, StandardCharsets.UTF_8), settings());
    assertThatThrownBy(() -> command.run(List.of()))
        .isInstanceOf(CommandFailed.class)
        .hasMessageStartingWith("ended before all was taken over, run it again");
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("2 created")
        .containsPattern("host +compute-1 +[0-9a-f-]{36} +created");
    assertThat(hostRows()).hasSize(1);
  }

  @Test
  void whatIsOtherHereIsReportedAndLeft() {
    run();
    here.sql("update ukemi.failover_segment set recovery_method = 'auto_priority' where id = 1")
        .update();
    here.sql("update ukemi.host set reserved = true where name = 'compute-1'").update();
    List<String> before = everything();
    Run again = run();
    assertThat(again.exit()).isEqualTo(Command.FAILED);
    assertThat(again.said())
        .contains("left: recovery_method is auto_priority here, auto in Masakari")
        .contains("left: reserved is true here, false in Masakari")
        .contains("2 left")
        .contains("3 already here");
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void aNameTakenHereByAnotherIsReportedAndItsHostsDoNotComeAlone() {
    run("--dry-run"); // makes the tables
    here.sql(
            """
            insert into ukemi.failover_segment (uuid, name, service_type, recovery_method)
            values ('99999999-9999-4999-8999-999999999999', 'rack-a', 'COMPUTE', 'auto')
            """)
        .update();
    here.sql(
            """
            insert into ukemi.host (uuid, segment_uuid, name, type, control_attributes)
            values (gen_random_uuid(), '99999999-9999-4999-8999-999999999999', 'compute-9',
                    'COMPUTE', 'SSH')
            """)
        .update();
    Run run = run();
    assertThat(run.exit()).isEqualTo(Command.FAILED);
    assertThat(run.said())
        .contains("not imported: the name is taken here by 99999999-9999-4999-8999-999999999999")
        .containsPattern("compute-1 .*not imported: its segment is not here")
        .containsPattern("compute-9 .*not imported: the name is taken here by ")
        .containsPattern("segment +Rack Bé .*created")
        .contains("1 created");
    assertThat(count("ukemi.host")).isOne();
  }

  @Test
  void whatWasDeletedHereDoesNotComeBack() {
    run();
    here.sql("update ukemi.host set deleted_at = now() where segment_uuid = :uuid::uuid")
        .param("uuid", uuid(rackA))
        .update();
    here.sql("update ukemi.failover_segment set deleted_at = now() where uuid = :uuid::uuid")
        .param("uuid", uuid(rackA))
        .update();
    Run again = run();
    assertThat(again.exit()).isEqualTo(Command.FAILED);
    assertThat(again.said())
        .containsPattern("rack-a .*not imported: it was here and has been deleted")
        .containsPattern("compute-1 .*not imported: it was here and has been deleted");
    assertThat(count("ukemi.host where deleted_at is null")).isOne();
  }

  @Test
  void allPagesAreReadThoughTheServerMakesThemShort() {
    masakari.largestPage = 2;
    for (int host = 20; host < 27; host++) {
      masakari.host(rackA, "compute-" + host);
    }
    masakari.segment("rack-c", "reserved_host");
    assertThat(run().said()).contains("13 created");
    assertThat(count("ukemi.host")).isEqualTo(10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1", "/v1/", "/v1/" + MasakariStub.PROJECT, "", "/"})
  void everyFormOfTheCataloguesAddressWorks(String path) {
    masakari.catalogued = path;
    assertThat(run().exit()).isZero();
    assertThat(count("ukemi.failover_segment")).isEqualTo(2);
  }

  @Test
  void theAddressCanBeGiven() {
    masakari.catalogueType = "something-else";
    assertThatThrownBy(this::run)
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("no instance-ha")
        .hasMessageContaining("--endpoint");
    assertThat(run("--endpoint", masakari.url() + "/v1").exit()).isZero();
    assertThat(run("--endpoint=" + masakari.url()).said()).contains("5 already here");
  }

  @Test
  void nothingIsWrittenToMasakari() {
    run();
    assertThat(masakari.requests()).isNotEmpty().allMatch(request -> request.startsWith("GET "));
  }

  @Test
  void unfinishedNotificationsAndHostsOnMaintenanceAreWarnedAbout() {
    ObjectNode host = masakari.host(rackA, "compute-3");
    String running = masakari.notification(host, "running").get("notification_uuid").asText();
    String failed = masakari.notification(host, "failed").get("notification_uuid").asText();
    for (int i = 0; i < 12; i++) {
      masakari.notification(host, "error");
    }
    Run run = run();
    assertThat(run.exit()).isZero();
    assertThat(run.said())
        .contains("WARNING: 13 notification(s) in Masakari have not ended")
        .contains(running + " COMPUTE_HOST running, host " + uuid(host))
        .contains("and 3 more")
        .doesNotContain(failed)
        .contains("WARNING: on maintenance in Masakari: compute-9.");
  }

  @Test
  void anEngineThatRunsIsWarnedAboutAsFarAsTheApiShows() {
    assertThat(run().said()).contains("does not show whether its engine runs");
    masakari.notification(masakari.host(rackA, "compute-3"), "finished");
    assertThat(run().said()).contains("engine did not answer");
    masakari.engineRuns = true;
    assertThat(run().said()).contains("Masakari's engine runs. Stop masakari-engine");
  }

  @Test
  void whatIsWrongWithTheCloudIsSaidAndNothingIsWritten() {
    masakari.callerIsAdmin = false;
    assertThatThrownBy(this::run).hasMessageContaining("our user needs the role admin");
    masakari.callerIsAdmin = true;
    masakari.passwordIsGood = false;
    assertThatThrownBy(this::run).hasMessageContaining("Keystone does not let in user ukemi");
    masakari.passwordIsGood = true;
    assertThatThrownBy(() -> run("--endpoint", masakari.url() + "/wrong"))
        .hasMessageContaining("not an answer of Masakari")
        .hasMessageContaining("404")
        .hasMessageContaining("is the address right?");
    assertThatThrownBy(() -> run("--endpoint", "http://127.0.0.1:1/v1"))
        .hasMessageContaining("does not answer");
    rackB.put("recovery_method", "by_magic");
    assertThatThrownBy(this::run)
        .hasMessageContaining("\"Rack Bé\" has the unknown recovery_method \"by_magic\"");
    assertThat(count("ukemi.failover_segment")).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--dryrun",
        "--endpoint",
        "--endpoint=masakari:15868",
        "--endpoint=ftp://masakari/v1",
        "--endpoint=http://me:secret@masakari/v1",
        "http://masakari"
      })
  void wrongArgumentsAreRefusedBeforeAnythingIsDone(String argument) {
    assertThatThrownBy(() -> run(argument))
        .isInstanceOf(WrongArguments.class)
        .message()
        .containsAnyOf("usage: import-masakari [--dry-run] [--endpoint URL]", "such as http://")
        .doesNotContain("secret");
    assertThat(masakari.requests()).isEmpty();
  }

  @Test
  void neitherEngineNorWatchersNorWebServerAreStarted() {
    try (ConfigurableApplicationContext context =
        CommandContext.start(ImportMasakari.Parts.class, settings(), System.out)) {
      assertThat(context.getBeanNamesForType(ProcessEngine.class)).isEmpty();
      assertThat(context.getBeanNamesForType(TaskScheduler.class)).isEmpty();
      assertThat(context.getBeanNamesForType(WebServer.class)).isEmpty();
      assertThat(context.getEnvironment().getProperty("local.server.port")).isNull();
    }
  }

  @Test
  void theTablesItMakesAreThoseOfTheProgram() {
    run("--dry-run");
    assertThat(count("information_schema.tables where table_name = 'act_ru_job'")).isOne();
    Flyway asTheProgram =
        Flyway.configure().dataSource(dataSource(url)).locations("classpath:db/migration").load();
    assertThat(asTheProgram.info().pending()).isEmpty();
  }

  private Run run(String... arguments) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int exit =
        new ImportMasakari(new PrintStream(said, true, StandardCharsets.UTF_8), settings())
            .run(Arrays.asList(arguments));
    return new Run(exit, said.toString(StandardCharsets.UTF_8));
  }

  private List<String> settings() {
    List<String> settings = new ArrayList<>(MasakariStub.lines(masakari.settings()));
    settings.add("--spring.datasource.url=" + url);
    return settings;
  }

  private static PGSimpleDataSource dataSource(String url) {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setUrl(url);
    return dataSource;
  }

  private static String uuid(ObjectNode row) {
    return row.get("uuid").asText();
  }

  private long count(String fromAndWhere) {
    return here.sql("select count(*) from " + fromAndWhere).query(Long.class).single();
  }

  private List<String> rows(String table) {
    return here.sql(
            """
            select concat_ws('|', uuid, name, service_type, recovery_method,
                             coalesce(description, 'null'), enabled::text)
            from ukemi.%s order by id
            """
                .formatted(table))
        .query(String.class)
        .list();
  }

  private List<String> hostRows() {
    return here.sql(
            """
            select concat_ws('|', name, type, control_attributes, reserved::text,
                             coalesce(maintenance_owner, 'null'))
            from ukemi.host order by created_at, id
            """)
        .query(String.class)
        .list();
  }

  /** Also ids and times. */
  private List<String> everything() {
    return here.sql(
            """
            select s::text from ukemi.failover_segment s
            union all select h::text from ukemi.host h order by 1
            """)
        .query(String.class)
        .list();
  }
}
