package ukemi.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.persistence.entity.JobEntity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Frees the jobs of a node that died, long before their lock expires. Each node holds a PostgreSQL
 * session lock under its job executor's name; the database drops it with the connection, and
 * whoever can take it knows that the node is gone.
 */
@Component
class AbandonedJobs implements SmartInitializingSingleton, DisposableBean {

  private static final Logger LOG = LoggerFactory.getLogger(AbandonedJobs.class);

  private static final String TRY_LOCK = "select pg_try_advisory_lock(hashtextextended(?, 1))";
  private static final String UNLOCK = "select pg_advisory_unlock(hashtextextended(?, 1))";

  private final DataSource dataSource;
  private final JdbcClient jdbc;
  private final ProcessEngineConfigurationImpl engine;
  private Connection presence;
  private boolean wasPresent;

  AbandonedJobs(DataSource dataSource, JdbcClient jdbc, ProcessEngineConfigurationImpl engine) {
    this.dataSource = dataSource;
    this.jdbc = jdbc;
    this.engine = engine;
  }

  /** Before the job executor starts: its first jobs must not look abandoned. */
  @Override
  public synchronized void afterSingletonsInstantiated() {
    try {
      isPresent();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Scheduled(fixedDelay = 3000)
  synchronized void round() throws SQLException {
    if (!isPresent()) {
      return; // another node looks at this moment whether we are gone
    }
    String own = engine.getJobExecutor().getLockOwner();
    for (String owner : lockOwners()) {
      if (!owner.equals(own) && call(TRY_LOCK, owner)) {
        try {
          free(owner);
        } finally {
          call(UNLOCK, owner);
        }
      }
    }
  }

  private boolean isPresent() throws SQLException {
    if (presence != null && presence.isValid(2)) {
      return true;
    }
    destroy();
    presence = dataSource.getConnection();
    if (wasPresent) {
      // Jobs that ran while the database was away could not be given back. Under a new name the
      // old one's are those of a node that is gone.
      engine.getJobExecutor().setLockOwner(UUID.randomUUID().toString());
    }
    wasPresent = true;
    if (call(TRY_LOCK, engine.getJobExecutor().getLockOwner())) {
      return true;
    }
    destroy();
    return false;
  }

  /** The engine's API does not tell who holds a job. */
  private List<String> lockOwners() {
    return jdbc.sql("select distinct lock_owner_ from act_ru_job where lock_owner_ is not null")
        .query(String.class)
        .list();
  }

  private void free(String owner) {
    List<String> jobs =
        jdbc.sql("select id_ from act_ru_job where lock_owner_ = ?")
            .param(owner)
            .query(String.class)
            .list();
    engine
        .getCommandExecutorTxRequired()
        .execute(
            context -> {
              for (String id : jobs) {
                JobEntity job = context.getJobManager().findJobById(id);
                if (job != null && owner.equals(job.getLockOwner())) {
                  job.unlock();
                }
              }
              return null;
            });
    LOG.info("freed {} jobs of a node that is gone", jobs.size());
  }

  private boolean call(String sql, String owner) throws SQLException {
    try (PreparedStatement statement = presence.prepareStatement(sql)) {
      statement.setString(1, owner);
      try (ResultSet result = statement.executeQuery()) {
        return result.next() && result.getBoolean(1);
      }
    }
  }

  @Override
  public void destroy() throws SQLException {
    if (presence != null) {
      presence.close();
      presence = null;
    }
  }
}
