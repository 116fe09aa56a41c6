package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.evacuation.HostFlags;
import ukemi.notification.RecoveryRun;
import ukemi.segment.Host;
import ukemi.segment.Hosts;

/** Puts the host on maintenance in the recovery's name; a failed reserve is a reserve no more. */
@Component
class FlagHost extends RunTask {

  private final Hosts hosts;
  private final HostFlags flags;

  FlagHost(Hosts hosts, HostFlags flags) {
    this.hosts = hosts;
    this.flags = flags;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    HostFailureProcess.WAS_RESERVED.set(
        execution, hosts.byUuid(run.hostUuid()).filter(Host::reserved).isPresent());
    flags.takeOut(run);
  }
}
