package ukemi.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.repository.Deployment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import ukemi.InvalidSetting;
import ukemi.database.ClusterLock;
import ukemi.database.TestDatabase;
import ukemi.engine.Runbooks.Result;
import ukemi.runbook.DoExampleWork;

/** Nodes with folders of an operator; "shipped" is the set in src/test/resources/models. */
class RunbooksTest {

  private static ConfigurableApplicationContext house;
  private static RepositoryService repository;
  private static JdbcClient jdbc;

  @TempDir private Path folder;
  private Path processes;

  @BeforeAll
  static void start() {
    house = EngineHouse.start(TestDatabase.newDatabase());
    repository = house.getBean(RepositoryService.class);
    jdbc = house.getBean(JdbcClient.class);
  }

  @AfterAll
  static void stop() {
    house.close();
  }

  @BeforeEach
  void nothingDeployed() throws IOException {
    jdbc.sql("truncate ukemi.runbook_deployment, ukemi.runbook_node").update();
    deployments().forEach(left -> repository.deleteDeployment(left.getId(), true));
    processes = Files.createDirectory(folder.resolve("processes"));
    write(processes, "policy.dmn", model("policy.dmn"));
  }

  private static List<Deployment> deployments() {
    return repository.createDeploymentQuery().orderByDeploymentTime().asc().list();
  }

  private static String model(String file) {
    try (InputStream stream = RunbooksTest.class.getResourceAsStream("/models/" + file)) {
      return new String(stream.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path folder, String file, String content) throws IOException {
    Files.writeString(folder.resolve(file), content);
  }

  /** The table of the folder, with another number in it. */
  private void askAbove(Path folder, int guests) throws IOException {
    write(folder, "policy.dmn", model("policy.dmn").replace("> 10", "> " + guests));
  }

  private Runbooks node(String name) {
    return node(name, processes.toString(), null);
  }

  private static Runbooks node(String name, String processes, String forms) {
    RunbookFiles files =
        new RunbookFiles(new RunbookFolders(processes, forms)) {
          @Override
          SortedMap<String, byte[]> shipped() {
            SortedMap<String, byte[]> shipped = new TreeMap<>();
            for (String file : List.of("parent.bpmn", "child.bpmn", "choice.dmn")) {
              shipped.put(file, model(file).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
            shipped.put("question.form", model("question.form").getBytes());
            return shipped;
          }
        };
    return new Runbooks(
        files,
        new RunbookHistory(jdbc),
        name,
        bean -> bean.equals("doExampleWork") ? Optional.of(DoExampleWork.class) : Optional.empty(),
        repository,
        house.getAutowireCapableBeanFactory().createBean(ClusterLock.class),
        house.getBean(PlatformTransactionManager.class));
  }

  private static Runbooks started(Runbooks node) {
    node.afterSingletonsInstantiated();
    return node;
  }

  private static RunbookNode seen(Runbooks node) {
    return node.nodes().stream()
        .filter(row -> row.node().equals(node.node()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void nodesThatStartTogetherDeployTheirSetOnceAndInOneDeployment() throws Exception {
    int nodes = 4;
    CyclicBarrier together = new CyclicBarrier(nodes);
    ExecutorService threads = Executors.newFixedThreadPool(nodes);
    try {
      List<Future<?>> starts =
          java.util.stream.IntStream.range(0, nodes)
              .<Future<?>>mapToObj(
                  n ->
                      threads.submit(
                          () -> {
                            together.await();
                            return started(node("node-" + n));
                          }))
              .toList();
      for (Future<?> start : starts) {
        start.get();
      }
    } finally {
      threads.shutdown();
    }
    assertThat(deployments()).hasSize(1);
    assertThat(repository.getDeploymentResourceNames(deployments().get(0).getId()))
        .containsExactlyInAnyOrder(
            "parent.bpmn", "child.bpmn", "choice.dmn", "policy.dmn", "question.form");
    assertThat(node("node-0").nodes()).hasSize(nodes);
  }

  @Test
  void aRestartWithTheSameFilesDeploysNothing() {
    started(node("one"));
    started(node("one"));
    assertThat(node("one").reload("ada", true)).isEqualTo(Result.UNCHANGED);
    assertThat(deployments()).hasSize(1);
  }

  @Test
  void anOperatorsFileTakesThePlaceOfTheShippedOneAndTheOthersStay() throws IOException {
    write(processes, "child.bpmn", model("child.bpmn").replace("Begun", "Started"));
    write(processes, ".child.bpmn.swp", "an editor's");
    write(processes, "child.bpmn~", "an editor's");
    write(processes, "question.form", "a form in the wrong folder");
    Path forms = Files.createDirectory(folder.resolve("forms"));
    write(forms, "question.form", model("question.form") + "\n");
    Runbooks one = started(node("one", processes.toString(), forms.toString()));
    assertThat(one.inForce().orElseThrow().files())
        .containsOnlyKeys("parent.bpmn", "child.bpmn", "choice.dmn", "policy.dmn", "question.form")
        .containsEntry("parent.bpmn", "shipped")
        .containsEntry("choice.dmn", "shipped")
        .containsEntry("child.bpmn", processes.toString())
        .containsEntry("policy.dmn", processes.toString())
        .containsEntry("question.form", forms.toString());
  }

  @Test
  void aFolderWithoutRunbooksIsNotTakenForTheWishToHaveTheShippedOnes() throws IOException {
    Runbooks one = started(node("one"));
    String before = one.inForce().orElseThrow().hash();
    Files.delete(processes.resolve("policy.dmn"));
    assertThat(one.reload("ada", true)).isEqualTo(Result.REFUSED);
    assertThat(one.refused().toString())
        .contains(processes.toString(), "no file .bpmn or .dmn", "UKEMI_PROCESSES_DIR");
    Files.delete(processes);
    assertThat(one.reload("ada", true)).isEqualTo(Result.REFUSED);
    assertThat(one.refused().toString()).contains(processes.toString(), "can't be read");
    assertThat(one.inForce().orElseThrow().hash()).isEqualTo(before);
  }

  @Test
  void aBadSetAtTheStartLeavesTheDeployedOneInForceAndSaysWhy() throws IOException {
    String before = started(node("one")).inForce().orElseThrow().deploymentId();
    write(processes, "policy.dmn", "no table");

    Runbooks again = started(node("one"));

    assertThat(again.inForce().orElseThrow().deploymentId()).isEqualTo(before);
    assertThat(deployments()).hasSize(1);
    assertThat(new RunbooksHealthIndicator(again).health().getStatus().getCode())
        .isEqualTo("DEGRADED");
    assertThat(seen(again).refusedAt()).isNotNull();
    assertThat(seen(again).problems()).singleElement().asString().startsWith("policy.dmn: can't");

    askAbove(processes, 20);
    assertThat(again.reload("ada", false)).isEqualTo(Result.DEPLOYED);
    assertThat(seen(again).refusedAt()).isNull();
    assertThat(new RunbooksHealthIndicator(again).health().getStatus().getCode()).isEqualTo("UP");
    assertThat(again.inForce().orElseThrow().orderedBy()).isEqualTo("ada");
  }

  @Test
  void aBadSetStopsTheVeryFirstStartWithItsReasons() throws IOException {
    write(processes, "child.bpmn", model("child.bpmn").replace("${doExampleWork}", "${typo}"));
    assertThatThrownBy(() -> started(node("one")))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("UKEMI_PROCESSES_DIR")
        .hasMessageContaining(
            "child.bpmn, DoExampleWork: its delegate expression must be ${doExampleWork}");
    assertThat(deployments()).isEmpty();
  }

  @Test
  void whatOnlyTheEngineRefusesIsToldWithFileAndElementAndLeavesNothingBehind() throws IOException {
    Runbooks one = started(node("one"));
    String before = one.inForce().orElseThrow().deploymentId();
    write(
        processes,
        "child.bpmn",
        model("child.bpmn")
            .replace("camunda:asyncBefore", "camunda:jobPriority=\"high\" camunda:asyncBefore"));
    assertThat(one.reload("ada", false)).isEqualTo(Result.REFUSED);
    assertThat(one.refused())
        .anyMatch(it -> it.toString().startsWith("child.bpmn, DoExampleWork: line "));
    assertThat(one.inForce().orElseThrow().deploymentId()).isEqualTo(before);
    assertThat(deployments()).hasSize(1);
    assertThat(repository.createProcessDefinitionQuery().latestVersion().list())
        .allMatch(definition -> definition.getDeploymentId().equals(before));
  }

  @Test
  void nodesWithDifferentFilesDoNotTakeTurnsAtEveryRestart() throws IOException {
    Path others = Files.createDirectory(folder.resolve("others"));
    askAbove(others, 99);
    String first = started(node("one")).inForce().orElseThrow().hash();
    Runbooks two = started(node("two", others.toString(), null));
    String second = two.inForce().orElseThrow().hash();
    assertThat(second).as("news goes in force").isNotEqualTo(first);

    for (int restart = 0; restart < 3; restart++) {
      started(node("one"));
      started(node("two", others.toString(), null));
      assertThat(node("one").reload("ada", false)).isEqualTo(Result.LEFT_ASIDE);
    }
    assertThat(deployments()).hasSize(2);
    assertThat(two.inForce().orElseThrow().hash()).isEqualTo(second);
    assertThat(seen(node("one")).hash()).as("and it is told").isEqualTo(first);

    assertThat(node("one").reload("ada", true)).isEqualTo(Result.DEPLOYED);
    assertThat(started(node("two", others.toString(), null)).inForce().orElseThrow().hash())
        .as("what a person has forced stays")
        .isEqualTo(first);

    askAbove(others, 100);
    assertThat(started(node("two", others.toString(), null)).inForce().orElseThrow().node())
        .as("a change is news")
        .isEqualTo("two");
  }

  @Test
  void aStrangerWithFilesThatWereReplacedDoesNotBringThemBack() throws IOException {
    started(node("one"));
    askAbove(processes, 20);
    String now = started(node("one")).inForce().orElseThrow().hash();
    askAbove(processes, 10);
    assertThat(started(node("three")).inForce().orElseThrow().hash()).isEqualTo(now);
  }

  @Test
  void aChangeThatIsTakenBackIsTakenBack() throws IOException {
    String old = started(node("one")).inForce().orElseThrow().hash();
    askAbove(processes, 20);
    assertThat(node("one").reload("ada", false)).isEqualTo(Result.DEPLOYED);
    askAbove(processes, 10);
    assertThat(started(node("one")).inForce().orElseThrow().hash()).isEqualTo(old);
    assertThat(deployments()).hasSize(3);
  }

  @Test
  void aDeploymentThatWasDeletedInCockpitIsMadeAgain() {
    Runbooks one = started(node("one"));
    repository.deleteDeployment(one.inForce().orElseThrow().deploymentId(), true);
    started(node("one"));
    assertThat(deployments()).hasSize(1);
    assertThat(one.inForce()).isPresent();
  }

  @Test
  void aFileThatCannotBeReadIsRefusedAndNotPassedOver() throws IOException {
    Runbooks one = started(node("one"));
    Files.createSymbolicLink(processes.resolve("child.bpmn"), folder.resolve("gone"));
    assertThat(one.reload("ada", false)).isEqualTo(Result.REFUSED);
    assertThat(one.refused().toString())
        .contains(folder.resolve("processes/child.bpmn").toString());
    Files.delete(processes.resolve("child.bpmn"));
    Files.createDirectory(processes.resolve("child.bpmn"));
    assertThat(one.reload("ada", false)).isEqualTo(Result.REFUSED);
    assertThat(deployments()).hasSize(1);
  }

  @Test
  void theFoldersAreNamedInTheEnvironment() {
    RunbookFolders folders =
        new Binder(
                ConfigurationPropertySources.from(
                    new SystemEnvironmentPropertySource(
                        "systemEnvironment",
                        Map.of("UKEMI_PROCESSES_DIR", "/etc/a", "UKEMI_FORMS_DIR", "/etc/b"))))
            .bind("ukemi", RunbookFolders.class)
            .get();
    assertThat(folders.processes()).hasValue(Path.of("/etc/a"));
    assertThat(folders.forms()).hasValue(Path.of("/etc/b"));
  }

  @Test
  void anEmptySettingIsRefused() {
    assertThatThrownBy(() -> new RunbookFolders(" ", null))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("UKEMI_PROCESSES_DIR");
    assertThatThrownBy(() -> new RunbookFolders(null, ""))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("UKEMI_FORMS_DIR");
  }
}
