package ukemi.runbook;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Reads the answer of {@code recovery-policy.dmn}, which an operator writes: {@code
 * ${approval...}}. Whatever it is, somebody is asked and reminded. Public for the engine's
 * expressions.
 */
@Component("approval")
public class ApprovalPolicy {

  /** May always answer. */
  private static final String OPERATORS = "operators";

  private static final Duration REMIND_AFTER = Duration.ofMinutes(15);

  /** Sooner it would only make noise. */
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private static final Map<String, String> QUESTIONS =
      Map.of(
          HostFailureProcess.APPROVE_RECOVERY, "askBeforeFencing",
          HostFailureProcess.APPROVE_EVACUATION, "askBeforeEvacuation");

  /** Who is asked: the policy's group, and the operators. */
  public List<String> groups(Map<?, ?> policy) {
    return Stream.of(text(policy, "group"), OPERATORS)
        .filter(Objects::nonNull)
        .filter(group -> !group.isBlank())
        .map(String::strip)
        .distinct()
        .toList();
  }

  /** After how long they are reminded, ISO 8601. */
  public String remindAfter(Map<?, ?> policy) {
    Duration given = duration(text(policy, "remindAfter"));
    return (given == null ? REMIND_AFTER : given).toString();
  }

  /** Why a person is asked that question, for the person. */
  String why(String question, Map<?, ?> policy, String problem) {
    if (problem != null) {
      return "The table recovery-policy could not be evaluated: " + problem;
    }
    if (policy == null) {
      return "No rule of the table recovery-policy fits this failure";
    }
    String output = QUESTIONS.get(question);
    String answer = text(policy, output);
    String asks =
        "yes".equals(answer)
            ? "The table recovery-policy asks first"
            : "The table recovery-policy says neither yes nor no in %s, but %s"
                .formatted(output, answer);
    return duration(text(policy, "remindAfter")) == null
        ? asks
            + "; its remindAfter, %s, is no duration such as PT15M"
                .formatted(text(policy, "remindAfter"))
        : asks;
  }

  private static Duration duration(String text) {
    try {
      Duration duration = text == null ? null : Duration.parse(text.strip());
      return duration == null || duration.compareTo(SHORTEST) < 0 ? null : duration;
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private static String text(Map<?, ?> policy, String output) {
    return policy == null || policy.get(output) == null ? null : policy.get(output).toString();
  }
}
