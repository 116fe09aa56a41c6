package ukemi.runbook;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;
import ukemi.notification.Cancellation;
import ukemi.notification.Cancellation.PutBack;
import ukemi.notification.RecoveryProcesses;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;

/** Ends the open recovery of the host that a person has named in Tasklist. */
@Component
class CancelRecovery implements JavaDelegate {

  private final RecoveryRuns runs;
  private final RecoveryProcesses processes;

  CancelRecovery(RecoveryRuns runs, RecoveryProcesses processes) {
    this.runs = runs;
    this.processes = processes;
  }

  @Override
  public void execute(DelegateExecution execution) {
    String host = HostFailureProcess.HOST_NAME.get(execution);
    Optional<RecoveryRun> open =
        runs.open().stream().filter(run -> run.hostName().equals(host)).findFirst();
    Optional<String> problem =
        open.isPresent()
            ? processes
                .cancel(open.get(), said(execution))
                .map(why -> StringUtils.capitalize(why) + ".")
            : Optional.of(host + " has no open recovery. " + openOnes());
    CancelRecoveryProcess.CANCELLED.set(execution, problem.isEmpty());
    problem.ifPresent(why -> CancelRecoveryProcess.ANSWER.set(execution, why));
  }

  private String openOnes() {
    List<String> hosts = runs.open().stream().map(RecoveryRun::hostName).toList();
    return hosts.isEmpty()
        ? "No host is being recovered."
        : "Being recovered: " + String.join(", ", hosts) + ".";
  }

  private static Cancellation said(DelegateExecution execution) {
    String person = HostFailureProcess.CANCELLED_BY.get(execution);
    String reason = CancelRecoveryProcess.REASON.get(execution);
    return new Cancellation(
        person == null ? "somebody who was not logged in" : person,
        reason == null || reason.isBlank() ? "no reason given" : reason.strip(),
        PutBack.valueOf(HostFailureProcess.PUT_BACK.get(execution).toUpperCase(Locale.ROOT)));
  }
}
