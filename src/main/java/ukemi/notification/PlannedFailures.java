package ukemi.notification;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import ukemi.segment.Host;

/** Failures that somebody has announced: they are noted, not recovered. */
public interface PlannedFailures {

  /**
   * The announced work that a host is in.
   *
   * @param reason why a failure of the host is not recovered, for a person
   */
  record Planned(String reason, List<UUID> works) {}

  /**
   * The work that is open for the host by the database's clock; empty = its failures are recovered.
   * Until the transaction ends nobody announces or ends any.
   */
  Optional<Planned> openFor(Host host);

  /** Those of the hosts that work is open for at this moment. */
  Set<UUID> openAmong(Collection<UUID> hosts);

  /**
   * Those of the hosts that were reported down in work of which nobody has seen to the end yet, and
   * not up since.
   */
  Set<UUID> deadAmong(Collection<UUID> hosts);

  /** Keeps the failure for the end of the work; in the transaction that has asked for it. */
  void note(Planned planned, Notification notification);
}
