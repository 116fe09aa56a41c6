package ukemi.engine;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.ParseException;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.repository.DeploymentBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.ClassUtils;
import ukemi.InvalidSetting;
import ukemi.database.ClusterLock;

/**
 * Puts this node's drawings, tables and forms in force, as one deployment, so that a run keeps the
 * set it was started with. A set that breaks a rule is refused and the deployed one stays.
 *
 * <p>Nodes look one after the other. A node deploys a set only when it is news: when its files have
 * changed since it last looked, or, for a node that has never looked, when nobody has deployed them
 * yet. So two nodes with different files don't take turns at every restart; who wants a node's
 * files in force all the same says so.
 */
@Component
public class Runbooks implements SmartInitializingSingleton {

  private static final Logger LOG = LoggerFactory.getLogger(Runbooks.class);

  private final RunbookFiles files;
  private final RunbookHistory history;
  private final String node;
  private final ModelChecks checks;
  private final RepositoryService repository;
  private final ClusterLock lock;
  private final TransactionTemplate transaction;
  private volatile List<ModelProblem> refused = List.of();

  @Autowired
  Runbooks(
      RunbookFiles files,
      RunbookHistory history,
      NodeName node,
      BeanFactory beans,
      RepositoryService repository,
      ClusterLock lock,
      PlatformTransactionManager transactions) {
    this(files, history, node.toString(), classes(beans), repository, lock, transactions);
  }

  Runbooks(
      RunbookFiles files,
      RunbookHistory history,
      String node,
      Function<String, Optional<Class<?>>> beans,
      RepositoryService repository,
      ClusterLock lock,
      PlatformTransactionManager transactions) {
    this.files = files;
    this.history = history;
    this.node = node;
    this.checks = new ModelChecks(beans);
    this.repository = repository;
    this.lock = lock;
    this.transaction = new TransactionTemplate(transactions);
  }

  private static Function<String, Optional<Class<?>>> classes(BeanFactory beans) {
    return name ->
        beans.containsBean(name)
            ? Optional.ofNullable(beans.getType(name)).map(ClassUtils::getUserClass)
            : Optional.empty();
  }

  /** What became of a look at the files. */
  public enum Result {
    DEPLOYED,
    /** They are in force already. */
    UNCHANGED,
    /** They are no news to this node, and others are in force. */
    LEFT_ASIDE,
    REFUSED
  }

  /** Before the program serves. */
  @Override
  public void afterSingletonsInstantiated() {
    if (look(null, false) == Result.REFUSED && !isAnythingDeployed()) {
      throw new InvalidSetting(
          RunbookFolders.PROCESSES_DIR + " or " + RunbookFolders.FORMS_DIR,
          "the runbooks are refused, and no earlier ones are deployed:\n" + list(refused),
          "runbooks that keep the rules");
    }
  }

  /**
   * Reads the files again and puts them in force.
   *
   * @param person who says so
   * @param anyway also when they are no news to this node and others are in force
   */
  public Result reload(String person, boolean anyway) {
    return look(person, anyway);
  }

  /** Why this node's files were refused when it last looked; empty = they were good. */
  public List<ModelProblem> refused() {
    return refused;
  }

  /** What is in force; empty before a first deployment. */
  public Optional<RunbookDeployment> inForce() {
    // somebody may have deleted one in Cockpit
    return history.deployments().stream()
        .filter(
            deployed ->
                repository.createDeploymentQuery().deploymentId(deployed.deploymentId()).count()
                    > 0)
        .findFirst();
  }

  /** What each node has. */
  public List<RunbookNode> nodes() {
    return history.nodes();
  }

  /** The name of this node among them. */
  public String node() {
    return node;
  }

  private Result look(String person, boolean anyway) {
    AtomicReference<Result> result = new AtomicReference<>();
    lock.runInTurn("runbooks", () -> result.set(lookAlone(person, anyway)));
    return result.get();
  }

  private Result lookAlone(String person, boolean anyway) {
    RunbookSet set = files.read();
    List<ModelProblem> problems =
        set.problems().isEmpty() ? checks.problems(set.files()) : set.problems();
    if (!problems.isEmpty()) {
      return refuse(problems);
    }
    Optional<RunbookDeployment> inForce = inForce();
    if (inForce.filter(deployed -> deployed.hash().equals(set.hash())).isPresent()) {
      good(set);
      return Result.UNCHANGED;
    }
    if (inForce.isPresent() && !anyway && !isNews(set)) {
      good(set);
      LOG.warn(
          "The runbooks of this node are not in force: those of {} are, since {}. These have not"
              + " changed, so they are left aside; a reload with force=true takes them",
          inForce.get().node(),
          inForce.get().deployedAt());
      return Result.LEFT_ASIDE;
    }
    return deploy(set, person);
  }

  private boolean isNews(RunbookSet set) {
    return history
        .node(node)
        .map(RunbookNode::hash)
        .map(last -> !last.equals(set.hash()))
        .orElseGet(() -> !history.wasEverDeployed(set.hash()));
  }

  private Result deploy(RunbookSet set, String person) {
    String id;
    try {
      id = transaction.execute(status -> deployAndRemember(set, person));
    } catch (ParseException e) {
      return refuse(EngineRefusal.problems(e));
    } catch (ProcessEngineException e) {
      return refuse(EngineRefusal.problems(e, set));
    }
    refused = List.of();
    LOG.info(
        "Runbooks deployed: {}, {} files, {} of them from the operator's folders",
        id,
        set.files().size(),
        set.origins().values().stream().filter(it -> !it.equals(RunbookFiles.SHIPPED)).count());
    return Result.DEPLOYED;
  }

  private String deployAndRemember(RunbookSet set, String person) {
    DeploymentBuilder deployment = repository.createDeployment().name("ukemi").source("ukemi");
    set.files()
        .forEach(
            (name, content) ->
                deployment.addInputStream(name, new java.io.ByteArrayInputStream(content)));
    String id = deployment.deploy().getId();
    history.deployed(set, id, node, person);
    history.good(node, set.hash());
    return id;
  }

  private void good(RunbookSet set) {
    history.good(node, set.hash());
    refused = List.of();
  }

  private Result refuse(List<ModelProblem> problems) {
    refused = List.copyOf(problems);
    history.refused(node, problems);
    LOG.error(
        "The runbooks of this node are refused, what is deployed stays in force:\n{}",
        list(problems));
    return Result.REFUSED;
  }

  private boolean isAnythingDeployed() {
    return repository.createProcessDefinitionQuery().count() > 0;
  }

  private static String list(List<ModelProblem> problems) {
    return problems.stream().map(ModelProblem::toString).collect(Collectors.joining("\n"));
  }
}
