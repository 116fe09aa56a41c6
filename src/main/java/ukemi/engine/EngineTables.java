package ukemi.engine;

import java.sql.Connection;
import java.util.List;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.migration.Context;
import org.flywaydb.core.api.migration.JavaMigration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.EncodedResource;
import org.springframework.jdbc.datasource.init.ScriptUtils;
import org.springframework.stereotype.Component;

/**
 * Creates the engine's tables from the engine jar's own SQL, in the default schema. Flyway does it,
 * not the engine, because Flyway holds a lock: two nodes may start on an empty database at once.
 */
@Component
public class EngineTables implements JavaMigration {

  private static final String SCRIPT =
      "org/camunda/bpm/engine/db/create/activiti.postgres.create.%s.sql";

  /** In this order: later parts refer to earlier ones. */
  private static final List<String> PARTS =
      List.of(
          "engine",
          "history",
          "identity",
          "case.engine",
          "case.history",
          "decision.engine",
          "decision.history");

  @Override
  public void migrate(Context context) {
    Connection connection = context.getConnection();
    for (String part : PARTS) {
      ScriptUtils.executeSqlScript(
          connection, new EncodedResource(new ClassPathResource(SCRIPT.formatted(part)), "UTF-8"));
    }
  }

  @Override
  public MigrationVersion getVersion() {
    return MigrationVersion.fromVersion("1");
  }

  @Override
  public String getDescription() {
    return "engine tables";
  }

  /** None: the SQL comes with the engine and is not ours to keep unchanged. */
  @Override
  public Integer getChecksum() {
    return null;
  }

  @Override
  public boolean canExecuteInTransaction() {
    return true;
  }
}
