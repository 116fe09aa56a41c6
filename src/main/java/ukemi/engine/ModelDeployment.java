package ukemi.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.repository.DeploymentBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Deploys all drawings, tables and forms as one deployment, so that a run keeps the set it started
 * with. Nodes do it one after the other; an unchanged set is not deployed again.
 */
@Component
class ModelDeployment implements InitializingBean {

  private static final Logger LOG = LoggerFactory.getLogger(ModelDeployment.class);

  private final RepositoryService repository;
  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  ModelDeployment(
      RepositoryService repository, JdbcClient jdbc, PlatformTransactionManager transactions) {
    this.repository = repository;
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
  }

  @Override
  public void afterPropertiesSet() {
    transaction.executeWithoutResult(
        status -> {
          jdbc.sql("select pg_advisory_xact_lock(hashtextextended('model-deployment', 0))")
              .query((row, number) -> true)
              .single();
          deploy();
        });
  }

  private void deploy() {
    DeploymentBuilder deployment =
        repository.createDeployment().name("ukemi").source("ukemi").enableDuplicateFiltering(false);
    for (Resource resource : models()) {
      try (InputStream content = resource.getInputStream()) {
        deployment.addInputStream(resource.getFilename(), content);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    LOG.info("runbooks: deployment {}", deployment.deploy().getId());
  }

  private static List<Resource> models() {
    PathMatchingResourcePatternResolver resolver = new PathMatchingResourcePatternResolver();
    return Stream.of("processes/*.bpmn", "processes/*.dmn", "forms/*.form")
        .flatMap(
            pattern -> {
              try {
                return Arrays.stream(resolver.getResources("classpath*:" + pattern));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
        .sorted(Comparator.comparing(Resource::getFilename))
        .toList();
  }
}
