package ukemi.evacuation;

import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import ukemi.evacuation.HostChanges.Kind;
import ukemi.notification.RecoveryRun;
import ukemi.segment.Host;
import ukemi.segment.Hosts;
import ukemi.segment.MaintenanceOwner;

/** Takes a failed host out of its segment, in the recovery's name (rule R4). */
@Service
public class HostFlags {

  private final Hosts hosts;
  private final HostChanges changes;

  HostFlags(Hosts hosts, HostChanges changes) {
    this.hosts = hosts;
    this.changes = changes;
  }

  /** Puts the host on maintenance; a failed reserve is a reserve no more. */
  @Transactional
  public void takeOut(RecoveryRun run) {
    if (hosts.putOnMaintenance(run.hostUuid(), MaintenanceOwner.RECOVERY)) {
      changes.made(run.id(), Kind.MAINTENANCE);
    }
    if (hosts.byUuid(run.hostUuid()).filter(Host::reserved).isPresent()) {
      hosts.setReserved(run.hostUuid(), false);
      changes.made(run.id(), Kind.RESERVE);
    }
  }
}
