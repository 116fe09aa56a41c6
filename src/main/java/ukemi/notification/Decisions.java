package ukemi.notification;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;
import ukemi.database.Columns;

/** What people were asked about recoveries, what they saw, and what they said. */
@Repository
public class Decisions {

  /** What a person may answer; lower case in forms, drawings and the database. */
  public enum Choice {
    APPROVE,
    DENY,
    HOLD
  }

  /**
   * A question and its answer.
   *
   * @param shown what the person saw
   * @param choice null while nobody has answered
   * @param holdUntil when it is asked again; null unless it was held
   */
  public record Decision(
      UUID runId,
      String question,
      String shown,
      Instant askedAt,
      String choice,
      String person,
      String comment,
      Instant decidedAt,
      Instant holdUntil) {}

  private final JdbcClient jdbc;

  Decisions(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Keeps that a person is asked, and what is shown. */
  @Transactional
  public void asked(UUID runId, String taskId, String question, String shown) {
    jdbc.sql("insert into ukemi.decision (run_id, task_id, question, shown) values (?, ?, ?, ?)")
        .params(runId, taskId, question, shown)
        .update();
  }

  /**
   * Keeps the answer.
   *
   * @param holdFor only with HOLD
   * @throws DecisionRefused when it was answered before, its recovery is over, or a denial has no
   *     comment
   */
  @Transactional
  public void answer(
      String taskId, Choice choice, String person, String comment, Duration holdFor) {
    String said = comment == null || comment.isBlank() ? null : comment.strip();
    if (choice == Choice.DENY && said == null) {
      throw new DecisionRefused("a denial needs a comment: why is it not recovered?");
    }
    refuseWhenOver(taskId);
    int answered =
        jdbc.sql(
                """
                update ukemi.decision set choice = :choice, person = :person, comment = :comment,
                       decided_at = clock_timestamp(),
                       hold_until = clock_timestamp() + cast(:hold as interval)
                where task_id = :task and choice is null
                """)
            .param("choice", choice.name().toLowerCase(java.util.Locale.ROOT))
            .param("person", person)
            .param("comment", said)
            .param("hold", choice == Choice.HOLD ? holdFor.toString() : null)
            .param("task", taskId)
            .update();
    if (answered == 0) {
      throw new DecisionRefused("it has been answered already");
    }
  }

  private void refuseWhenOver(String taskId) {
    jdbc.sql(
            """
            select r.reason from ukemi.decision d join ukemi.recovery_run r on r.id = d.run_id
            where d.task_id = ? and r.closed_at is not null
            """)
        .param(taskId)
        .query(String.class)
        .optional()
        .ifPresent(
            reason -> {
              throw new DecisionRefused("it is too late, the recovery is over: " + reason);
            });
  }

  /** All of the run, oldest first. */
  public List<Decision> of(UUID runId) {
    return jdbc.sql("select * from ukemi.decision where run_id = ? order by id")
        .param(runId)
        .query(Decisions::row)
        .list();
  }

  /** The hold that the run is in; empty when it is asked, or goes on. */
  public Optional<Decision> hold(UUID runId) {
    List<Decision> all = of(runId);
    return all.stream()
        .skip(Math.max(0, all.size() - 1))
        .filter(last -> last.holdUntil() != null)
        .findFirst();
  }

  private static Decision row(ResultSet row, int number) throws SQLException {
    return new Decision(
        Columns.uuid(row, "run_id"),
        row.getString("question"),
        row.getString("shown"),
        Columns.instant(row, "asked_at"),
        row.getString("choice"),
        row.getString("person"),
        row.getString("comment"),
        Columns.instant(row, "decided_at"),
        Columns.instant(row, "hold_until"));
  }
}
