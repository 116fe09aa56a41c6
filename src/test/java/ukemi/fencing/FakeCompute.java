package ukemi.fencing;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import ukemi.compute.Aggregate;
import ukemi.compute.ColdMigration;
import ukemi.compute.Compute;
import ukemi.compute.ComputeService;
import ukemi.compute.ComputeUnavailable;
import ukemi.compute.EvacuationMigration;
import ukemi.compute.Instance;
import ukemi.compute.ServerGroup;

/** Services of a Nova whose clock the test sets. */
class FakeCompute implements Compute {

  final Map<String, ComputeService> services = new ConcurrentHashMap<>();
  final Map<String, String> addresses = new ConcurrentHashMap<>();
  volatile boolean down;

  /** A service that sent its last heartbeat at one time of Nova's and was read at another. */
  ComputeService put(String host, Instant heartbeat, Instant date) {
    ComputeService service =
        new ComputeService("id-" + host, host, true, true, false, null, heartbeat, date);
    services.put(host, service);
    return service;
  }

  @Override
  public Optional<ComputeService> service(String host) {
    failIfDown();
    return Optional.ofNullable(services.get(host));
  }

  @Override
  public Optional<String> hostAddress(String host) {
    failIfDown();
    return Optional.ofNullable(addresses.get(host));
  }

  private void failIfDown() {
    if (down) {
      throw new ComputeUnavailable("Nova does not answer", null);
    }
  }

  @Override
  public ComputeService forceDown(ComputeService service) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ComputeService disable(ComputeService service, String reason) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ComputeService liftForcedDown(ComputeService service) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Instance> instancesOn(String host) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<Instance> instance(UUID id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<EvacuationMigration> evacuationsFrom(String host, long greaterThan) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long lastEvacuation(UUID instance) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void coldMigrate(UUID instance) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void confirmResize(UUID instance) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<ColdMigration> coldMigrations(UUID instance, long greaterThan) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<String> whyNotMigrated(UUID instance) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void liveMigrate(UUID instance, String target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void stop(UUID instance) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void start(UUID instance) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void evacuate(UUID instance, Optional<String> target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<ComputeService> services() {
    throw new UnsupportedOperationException();
  }

  @Override
  public ComputeService enable(ComputeService service) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void resetToError(UUID instance) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void resetToActive(UUID instance) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void lock(UUID instance, String reason) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void unlock(UUID instance) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<ServerGroup> serverGroups() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Aggregate> aggregates() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void addToAggregate(long aggregate, String host) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void removeFromAggregate(long aggregate, String host) {
    throw new UnsupportedOperationException();
  }
}
