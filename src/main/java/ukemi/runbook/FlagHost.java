package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.notification.RecoveryRun;
import ukemi.segment.Host;
import ukemi.segment.Hosts;
import ukemi.segment.MaintenanceOwner;

/** Puts the host on maintenance in the recovery's name; a failed reserve is a reserve no more. */
@Component
class FlagHost extends RunTask {

  private final Hosts hosts;

  FlagHost(Hosts hosts) {
    this.hosts = hosts;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    HostFailureProcess.WAS_RESERVED.set(
        execution, hosts.byUuid(run.hostUuid()).filter(Host::reserved).isPresent());
    hosts.putOnMaintenance(run.hostUuid(), MaintenanceOwner.RECOVERY);
    hosts.setReserved(run.hostUuid(), false);
  }
}
