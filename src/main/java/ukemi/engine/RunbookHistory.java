package ukemi.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import ukemi.database.Columns;

/** What was deployed, and what each node has. */
@Repository
class RunbookHistory {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final JdbcClient jdbc;

  RunbookHistory(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Newest first. */
  List<RunbookDeployment> deployments() {
    return jdbc.sql("select * from ukemi.runbook_deployment order by id desc limit 100")
        .query(
            (row, number) ->
                new RunbookDeployment(
                    row.getString("deployment_id"),
                    row.getString("hash"),
                    read(row.getString("files"), new TypeReference<TreeMap<String, String>>() {}),
                    row.getString("node"),
                    row.getString("ordered_by"),
                    Columns.instant(row, "deployed_at")))
        .list();
  }

  boolean wasEverDeployed(String hash) {
    return jdbc.sql("select exists (select 1 from ukemi.runbook_deployment where hash = ?)")
        .param(hash)
        .query(Boolean.class)
        .single();
  }

  void deployed(RunbookSet set, String deploymentId, String node, String orderedBy) {
    jdbc.sql(
            """
            insert into ukemi.runbook_deployment (deployment_id, hash, files, node, ordered_by)
            values (:deployment, :hash, :files::jsonb, :node, :person)
            """)
        .param("deployment", deploymentId)
        .param("hash", set.hash())
        .param("files", write(set.origins()))
        .param("node", node)
        .param("person", orderedBy)
        .update();
  }

  Optional<RunbookNode> node(String node) {
    return nodes().stream().filter(row -> row.node().equals(node)).findFirst();
  }

  List<RunbookNode> nodes() {
    return jdbc.sql("select * from ukemi.runbook_node order by node")
        .query(
            (row, number) ->
                new RunbookNode(
                    row.getString("node"),
                    row.getString("hash"),
                    Columns.instant(row, "looked_at"),
                    Columns.instant(row, "refused_at"),
                    read(row.getString("problems"), new TypeReference<List<String>>() {})))
        .list();
  }

  void good(String node, String hash) {
    jdbc.sql(
            """
            insert into ukemi.runbook_node (node, hash, looked_at)
            values (:node, :hash, clock_timestamp())
            on conflict (node) do update
            set hash = excluded.hash, looked_at = excluded.looked_at, refused_at = null,
                problems = '[]'
            """)
        .param("node", node)
        .param("hash", hash)
        .update();
  }

  /** Its last good set stays known: a folder that is put right again has not changed. */
  void refused(String node, List<ModelProblem> problems) {
    jdbc.sql(
            """
            insert into ukemi.runbook_node (node, looked_at, refused_at, problems)
            values (:node, clock_timestamp(), clock_timestamp(), :problems::jsonb)
            on conflict (node) do update
            set looked_at = excluded.looked_at, refused_at = excluded.refused_at,
                problems = excluded.problems
            """)
        .param("node", node)
        .param("problems", write(problems.stream().map(ModelProblem::toString).toList()))
        .update();
  }

  private static String write(Object value) {
    try {
      // PostgreSQL stores no NUL
      return JSON.writeValueAsString(value).replace("\\u0000", " ");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static <T> T read(String json, TypeReference<T> type) {
    try {
      return JSON.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
