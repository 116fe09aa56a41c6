package ukemi.compute;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What Ukemi needs from Nova, in its own words.
 *
 * <p>Every method throws {@link ComputeRefused} when Nova said a definite no (4xx in Nova's own
 * words, but not 401, 408, 413 and 429), and {@link ComputeUnavailable} when there was no definite
 * answer: time-out, connection lost, 429, 5xx, an endpoint that does not answer as Nova does, no
 * token from Keystone, a cell that Nova cannot reach. After the latter a change may or may not have
 * happened.
 */
public interface Compute {

  /**
   * The host's nova-compute; empty when Nova knows none of that exact name ({@code GET
   * /os-services?binary=nova-compute&host=}).
   */
  Optional<ComputeService> service(String host);

  /** Every nova-compute, but those of a cell that Nova cannot reach. */
  List<ComputeService> services();

  /**
   * Tells Nova that the host is down. Only with proof: Nova takes our word.
   *
   * @return the service as Nova shows it afterwards
   */
  ComputeService forceDown(ComputeService service);

  /**
   * Keeps the scheduler from choosing the host. Blocks for Nova's RPC time-out (60 s) when Nova
   * still believes a dead host up, so force down first.
   *
   * @return the service as Nova shows it afterwards
   */
  ComputeService disable(ComputeService service, String reason);

  /**
   * Takes {@link #forceDown} back.
   *
   * @return the service as Nova shows it afterwards
   * @throws ComputeRefused with 400 while evacuations from the host are settled: its nova-compute
   *     has to be started first
   */
  ComputeService liftForcedDown(ComputeService service);

  /**
   * Lets the scheduler choose the host again. Only a service that is up: else the host is enabled
   * and refuses guests for up to a minute. Blocks as {@link #disable} does.
   *
   * @return the service as Nova shows it afterwards
   */
  ComputeService enable(ComputeService service);

  /**
   * All instances of all projects on the host, all pages. Empty only when Nova also knows the host:
   * it leaves out, without a word, the instances of a cell that it cannot reach.
   */
  List<Instance> instancesOn(String host);

  /** The instance; empty when Nova has none of that id. */
  Optional<Instance> instance(UUID id);

  /**
   * Evacuation migrations that left the host, newest first, with an id greater than the given one.
   */
  List<EvacuationMigration> evacuationsFrom(String host, long greaterThan);

  /**
   * Highest id of the instance's evacuation migrations; 0 when it has none. Nova leaves out,
   * without a word, the rows of a cell that it cannot reach: read the instance after it, which
   * would fail.
   */
  long lastEvacuation(UUID instance);

  /**
   * Asks Nova to evacuate. That it returns says nothing about the guest.
   *
   * @param target the host to go to, checked by Nova's scheduler; empty = the scheduler chooses
   * @throws ComputeRefused also with 404: Nova knows no such instance, or no such target
   */
  void evacuate(UUID instance, Optional<String> target);

  /**
   * Asks Nova to move a running guest to another host without stopping it. That it returns says
   * nothing about the guest.
   *
   * @param target checked by Nova's scheduler
   * @throws ComputeRefused with 409 in a state that cannot be moved, with 404 when Nova knows no
   *     such instance
   */
  void liveMigrate(UUID instance, String target);

  /**
   * Asks Nova to move a stopped or active guest to a host that its scheduler chooses: its
   * nova-compute switches it off, and it waits there in state resized, stopped or started as it
   * was, for {@link #confirmResize}. That it returns says nothing about the guest.
   *
   * @throws ComputeRefused with 409 in a state that cannot be moved, or while the nova-compute of
   *     its host is down; with 404 when Nova knows no such instance
   */
  void coldMigrate(UUID instance);

  /**
   * Confirms that the resized guest stays where it is; what its old host has of it is deleted. Nova
   * answers before that is done.
   *
   * @throws ComputeRefused with 409 when the guest is not resized, or while the nova-compute of its
   *     old host is down; with 404 when Nova knows no such instance
   */
  void confirmResize(UUID instance);

  /**
   * The instance's cold migrations with an id greater than the given one, newest first. Of a cell
   * that Nova cannot reach none is shown, as for {@link #lastEvacuation}.
   */
  List<ColdMigration> coldMigrations(UUID instance, long greaterThan);

  /**
   * Why the last cold migration of the instance has failed, in Nova's words: Nova does not show
   * them with a guest that is not in error.
   *
   * @return empty when it has not failed, or Nova does not say
   */
  Optional<String> whyNotMigrated(UUID instance);

  /**
   * Asks Nova to stop a running guest.
   *
   * @throws ComputeRefused with 409 in a state that cannot be stopped, with 404 when Nova knows no
   *     such instance
   */
  void stop(UUID instance);

  /**
   * Asks Nova to start a stopped guest.
   *
   * @throws ComputeRefused with 409 in a state that cannot be started, with 404 when Nova knows no
   *     such instance
   */
  void start(UUID instance);

  /**
   * Calls the guest broken and drops its task, so that Nova evacuates it (masakari-engine.md 2.2).
   * It touches nothing but Nova's word for its state.
   *
   * @throws ComputeRefused with 404 when Nova knows no such instance
   */
  void resetToError(UUID instance);

  /**
   * Calls a resized guest active, so that Nova stops it (masakari-engine.md 3). The resize can't be
   * reverted any more.
   *
   * @throws ComputeRefused with 404 when Nova knows no such instance
   */
  void resetToActive(UUID instance);

  /**
   * Keeps all but admins from changing the guest.
   *
   * @param reason shown to its owner
   * @throws ComputeRefused with 404 when Nova knows no such instance
   */
  void lock(UUID instance, String reason);

  /**
   * Lifts a lock, whoever set it.
   *
   * @throws ComputeRefused with 404 when Nova knows no such instance
   */
  void unlock(UUID instance);

  /** All host aggregates. */
  List<Aggregate> aggregates();

  /**
   * All server groups, of all projects.
   *
   * @throws ComputeUnavailable when Nova does not answer
   */
  List<ServerGroup> serverGroups();

  /** Adds the host; that it is in already is no failure. */
  void addToAggregate(long aggregate, String host);

  /** Takes the host out; that it is out already is no failure. */
  void removeFromAggregate(long aggregate, String host);

  /**
   * The longest time from the begin of {@link #evacuate}, or of {@link #coldMigrate}, to the end of
   * its request. Who finds a call of which nothing is known waits that long before reading what
   * came of it.
   */
  default Duration evacuateTimeout() {
    return Duration.ofMinutes(1);
  }

  /** Management address of the host as the hypervisor reports it; empty when unknown. */
  Optional<String> hostAddress(String host);
}
