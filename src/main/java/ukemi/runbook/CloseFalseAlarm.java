package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.evacuation.HostPutBack;
import ukemi.fencing.Fencing;
import ukemi.notification.Notification.Status;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;
import ukemi.segment.Hosts;
import ukemi.segment.MaintenanceOwner;

/**
 * Ends a run whose host is alive, and puts back what the run changed (promise 6). A host that is
 * out of Nova stays on maintenance until it is returned to service.
 */
@Component
class CloseFalseAlarm extends RunTask {

  private final RecoveryRuns runs;
  private final Hosts hosts;
  private final Fencing fencing;
  private final HostPutBack putBack;

  CloseFalseAlarm(RecoveryRuns runs, Hosts hosts, Fencing fencing, HostPutBack putBack) {
    this.runs = runs;
    this.hosts = hosts;
    this.fencing = fencing;
    this.putBack = putBack;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    fencing.unlatch(run);
    fencing.stopWatching(run.id());
    String stays = "";
    if (returnsToService(run)) {
      runs.hostStarted(run.hostUuid());
      stays = "\nIt has to return to service";
    } else {
      liftMaintenance(execution, run);
    }
    String left = putBack.left(run).map("\n"::concat).orElse("");
    runs.close(run.id(), Status.IGNORED, "False alarm: " + reason(execution, run) + left + stays);
  }

  /**
   * An earlier recovery has taken it out of Nova, and some of its guests are elsewhere: in which
   * order it comes back, its return knows.
   */
  private boolean returnsToService(RecoveryRun run) {
    return putBack.isOutOfNova(run)
        && hosts
            .byUuid(run.hostUuid())
            .filter(host -> host.maintenanceOwner() == MaintenanceOwner.RECOVERY)
            .isPresent();
  }

  private void liftMaintenance(DelegateExecution execution, RecoveryRun run) {
    hosts.liftMaintenance(run.hostUuid(), MaintenanceOwner.RECOVERY);
    if (Boolean.TRUE.equals(HostFailureProcess.WAS_RESERVED.get(execution))) {
      hosts.setReserved(run.hostUuid(), true);
    }
    putBack.liftMaintenance(run);
  }

  private static String reason(DelegateExecution execution, RecoveryRun run) {
    String person = HostFailureProcess.FOUND_ALIVE_BY.get(execution);
    if (person == null && "alive".equals(HostFailureProcess.DECISION.get(execution))) {
      person = HostFailureProcess.DECIDED_BY.get(execution);
    }
    return person == null
        ? run.hostName() + " is alive, its nova-compute reports to Nova"
        : person + " said that " + run.hostName() + " is alive";
  }
}
