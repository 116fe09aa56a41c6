package ukemi.runbook;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.camunda.bpm.engine.delegate.VariableScope;
import ukemi.plannedwork.PlannedWork;
import ukemi.plannedwork.WorkTime;

/** Names in {@code planned-work.bpmn}, besides those that it shares with others. */
final class PlannedWorkProcess {

  static final String KEY = "planned-work";

  /** The user tasks. */
  static final String WORK_UNDER_WAY = "WorkUnderWay";

  static final String SEE_TO_FAILURES = "SeeToFailures";

  /** The step that begins recoveries. */
  static final String RECOVER_HOSTS = "RecoverHosts";

  /** The message that it was ended over the API. */
  static final String WORK_ENDED = "WorkEnded";

  /** What the start form asks: host, segment or cloud, its name, and when. */
  static final Variable<String> SCOPE = new Variable<>("scope", String.class);

  static final Variable<String> SCOPE_NAME = new Variable<>("scopeName", String.class);
  static final Variable<String> BEGINS = new Variable<>("begins", String.class);
  static final Variable<String> ENDS = new Variable<>("ends", String.class);
  static final Variable<String> REASON = new Variable<>("reason", String.class);
  static final Variable<String> ANNOUNCED_BY = new Variable<>("announcedBy", String.class);

  /** Its uuid; null until it is announced. */
  static final Variable<String> WORK_ID = new Variable<>("workId", String.class);

  /** What it is about and when, in words. */
  static final Variable<String> WORK = new Variable<>("work", String.class);

  static final Variable<String> WORK_TIME = new Variable<>("workTime", String.class);

  /** Its end by the clock of the node that said it: timers follow that. */
  static final Variable<String> WORK_TIMER = new Variable<>("workTimer", String.class);

  /** The recoveries that were under way when it was announced. */
  static final Variable<String> OPEN_RECOVERIES = new Variable<>("openRecoveries", String.class);

  /** When a person wants it to end, as written. */
  static final Variable<String> NEW_END = new Variable<>("newEnd", String.class);

  static final Variable<Boolean> OVER = new Variable<>("over", Boolean.class);

  /** What is left, in a few words; null = nothing is. */
  static final Variable<String> FINDINGS = new Variable<>("findings", String.class);

  /** The hosts that are to be recovered, with commas; empty = all that are down. */
  static final Variable<String> ONLY_HOSTS = new Variable<>("onlyHosts", String.class);

  /** Why something that a person wanted was not done; null = it was. */
  static final Variable<String> REFUSED = new Variable<>("refused", String.class);

  /** What became of what was left. */
  static final Variable<String> OUTCOME = new Variable<>("outcome", String.class);

  /** It is in the names of tasks, which the engine keeps up to 255 characters. */
  private static final int LONGEST_SUBJECT = 100;

  private PlannedWorkProcess() {}

  /**
   * What a process knows of the work.
   *
   * @param now by the database's clock
   */
  static Map<String, Object> variables(PlannedWork work, Instant now) {
    Map<String, Object> variables = new HashMap<>();
    variables.put(WORK_ID.name(), work.uuid().toString());
    variables.put(WORK.name(), Texts.cut(work.subject(), LONGEST_SUBJECT));
    variables.put(
        WORK_TIME.name(),
        (work.startsAt().isAfter(now) ? "from " + WorkTime.shown(work.startsAt()) + " " : "")
            + "until "
            + WorkTime.shown(work.endsAt()));
    variables.put(
        WORK_TIMER.name(), Instant.now().plus(Duration.between(now, work.endsAt())).toString());
    variables.put(REASON.name(), work.reason());
    variables.put(ANNOUNCED_BY.name(), work.person());
    return variables;
  }

  static void know(VariableScope scope, PlannedWork work, Instant now) {
    scope.setVariables(variables(work, now));
  }
}
