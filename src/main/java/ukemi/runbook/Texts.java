package ukemi.runbook;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.camunda.bpm.engine.delegate.VariableScope;

/** Texts that go into process variables, and keys that come out of them. */
final class Texts {

  /** The engine keeps no longer string. */
  static final int LIMIT = 4000;

  private Texts() {}

  /** What a database has lost; found = null when it shows nothing of the node. */
  static String of(Instant remembered, Instant found) {
    return "a node wrote to it at %s, %s"
        .formatted(
            remembered.truncatedTo(ChronoUnit.SECONDS),
            found == null
                ? "and it shows nothing of that node"
                : "and it shows " + found.truncatedTo(ChronoUnit.SECONDS) + " as the last time");
  }

  /** A business key that is a notification's; empty when it is another. */
  static Optional<UUID> uuid(String businessKey) {
    try {
      return Optional.ofNullable(businessKey).map(UUID::fromString);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Who has decided, and what they said about it. */
  static String decidedBy(VariableScope scope) {
    String person = HostFailureProcess.DECIDED_BY.get(scope);
    String comment = HostFailureProcess.COMMENT.get(scope);
    return comment == null || comment.isBlank() ? person : person + ": " + comment.strip();
  }

  /** Keeps the beginning, so many characters of it. */
  static String cut(String text, int limit) {
    return text.length() <= limit ? text : text.substring(0, limit - 1) + "…";
  }

  /** Keeps the end, which is the newest. */
  static String cut(String text) {
    return text.length() <= LIMIT ? text : "…" + text.substring(text.length() - LIMIT + 1);
  }
}
