package ukemi.segment;

import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;
import ukemi.compute.Compute;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeUnavailable;
import ukemi.identity.IdentityUnavailable;

/**
 * The rules for changing hosts: Nova must know them, names are unique over all segments, and hosts
 * of a segment in use stay as they are. Nova is asked outside the transaction: its answer may take
 * long, and a connection to the database is not to wait for it.
 */
@Service
public class HostRegistry {

  private final Segments segments;
  private final Hosts hosts;
  private final SegmentUse use;
  private final Compute compute;
  private final TransactionOperations transaction;

  HostRegistry(
      Segments segments,
      Hosts hosts,
      SegmentUse use,
      Compute compute,
      TransactionOperations transaction) {
    this.segments = segments;
    this.hosts = hosts;
    this.use = use;
    this.compute = compute;
    this.transaction = transaction;
  }

  /**
   * Registers a host.
   *
   * @return empty when there is no such segment
   * @throws HostUnknownToNova when Nova has no nova-compute of that name
   * @throws NameTaken when a host of any segment has the name
   * @throws ComputeUnavailable when Nova does not answer
   * @throws ComputeRefused when Nova does not let us ask
   * @throws IdentityUnavailable when Keystone does not answer
   */
  public Optional<Host> create(UUID segment, NewHost host) {
    if (segments.byUuid(segment).isEmpty()) {
      return Optional.empty();
    }
    requireKnownToNova(host.name());
    return adopt(segment, UUID.randomUUID(), host);
  }

  /**
   * Registers a host that has a uuid elsewhere and keeps it. Nova is not asked: who registered it
   * there has done so.
   *
   * @param uuid of no host that is or was here
   * @return empty when there is no such segment
   * @throws NameTaken when a host of any segment has the name
   */
  public Optional<Host> adopt(UUID segment, UUID uuid, NewHost host) {
    return transaction.execute(
        status -> segments.hold(segment).map(found -> add(found.uuid(), uuid, host)));
  }

  /** The host, when it is one of the segment. */
  public Optional<Host> find(UUID segment, UUID host) {
    return hosts.byUuid(host).filter(found -> found.segmentUuid().equals(segment));
  }

  /**
   * Changes a host. A name that is given is checked with Nova even when it is the same.
   *
   * @return how it is now; empty when the segment has no such host
   * @throws SegmentInUse while a notification about a host of the segment has not ended
   * @throws HostUnknownToNova as in create
   * @throws NameTaken as in create
   * @throws ComputeUnavailable as in create
   * @throws ComputeRefused as in create
   * @throws IdentityUnavailable as in create
   */
  public Optional<Host> update(UUID segment, UUID host, HostChange change) {
    if (change.name() != null) {
      Optional<Host> before = find(segment, host);
      if (before.isEmpty()) {
        return before;
      }
      refuseInUse(before.get());
      requireKnownToNova(change.name());
    }
    try {
      return transaction.execute(
          status -> lockUnused(segment, host).map(found -> hosts.change(host, change)));
    } catch (DuplicateKeyException e) {
      throw new NameTaken("host", change.name());
    }
  }

  /**
   * Deletes a host. What was recorded about it stays, its name is free.
   *
   * @return whether the segment had it
   * @throws SegmentInUse while a notification about a host of the segment has not ended
   */
  public boolean delete(UUID segment, UUID host) {
    return transaction
        .execute(
            status -> {
              Optional<Host> found = lockUnused(segment, host);
              found.ifPresent(one -> hosts.delete(one.uuid()));
              return found;
            })
        .isPresent();
  }

  private Host add(UUID segment, UUID uuid, NewHost host) {
    return hosts.add(segment, uuid, host).orElseThrow(() -> new NameTaken("host", host.name()));
  }

  private Optional<Host> lockUnused(UUID segment, UUID host) {
    Optional<Host> found = hosts.lock(host).filter(locked -> locked.segmentUuid().equals(segment));
    found.ifPresent(this::refuseInUse);
    return found;
  }

  private void refuseInUse(Host host) {
    if (use.forbidsChangeOfHost(host.segmentUuid(), host.uuid())) {
      throw new SegmentInUse(segments.byUuid(host.segmentUuid()).orElseThrow());
    }
  }

  private void requireKnownToNova(String name) {
    if (compute.service(name).isEmpty()) {
      throw new HostUnknownToNova(name);
    }
  }
}
