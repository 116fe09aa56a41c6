package ukemi.plannedwork;

import java.util.List;

/**
 * What is left of work that is over.
 *
 * @param failures how many failures were noted whose hosts no other work covers
 * @param hosts how many further hosts are not in service, though nothing was reported
 * @param passedOn how many failures other work has taken over, as it covers their hosts
 * @param seenTo hosts that failures were noted of and that are being recovered, or were since
 * @param novaProblem why Nova cannot be asked; null = it was
 * @param lines one for each failure or host, for a person; the most urgent first
 */
public record Findings(
    int failures,
    int hosts,
    int passedOn,
    List<String> seenTo,
    String novaProblem,
    List<String> lines) {

  /** Whether a person is to see it. */
  public boolean isAnything() {
    return failures > 0 || hosts > 0 || novaProblem != null;
  }

  /** In a few words. */
  public String summary() {
    StringBuilder summary = new StringBuilder(many(failures, "failure") + " noted");
    if (hosts > 0) {
      summary.append(", ").append(many(hosts, "other host")).append(" not in service");
    }
    if (novaProblem != null) {
      summary.append(", Nova cannot be asked");
    }
    return summary.toString();
  }

  private static String many(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }
}
