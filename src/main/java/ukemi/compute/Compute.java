package ukemi.compute;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What Ukemi needs from Nova, in its own words.
 *
 * <p>Every method throws {@link ComputeRefused} when Nova said a definite no (4xx except 404, 408
 * and 429), and {@link ComputeUnavailable} when there was no definite answer: time-out, connection
 * lost, 429, 5xx, an endpoint that does not answer as Nova does. After the latter a change may or
 * may not have happened.
 */
public interface Compute {

  /**
   * The host's nova-compute; empty when Nova knows none of that exact name ({@code GET
   * /os-services?binary=nova-compute&host=}).
   */
  Optional<ComputeService> service(String host);

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

  /** All instances of all projects on the host, all pages. */
  List<Instance> instancesOn(String host);

  /** The instance; empty when Nova has none of that id. */
  Optional<Instance> instance(UUID id);

  /**
   * Evacuation migrations that left the host, newest first, with an id greater than the given one.
   */
  List<EvacuationMigration> evacuationsFrom(String host, long greaterThan);

  /** Highest id of the instance's evacuation migrations; 0 when it has none. */
  long lastEvacuation(UUID instance);

  /**
   * Asks Nova to evacuate. That it returns says nothing about the guest.
   *
   * @param target the host to go to, checked by Nova's scheduler; empty = the scheduler chooses
   */
  void evacuate(UUID instance, Optional<String> target);

  /** Management address of the host as the hypervisor reports it; empty when unknown. */
  Optional<String> hostAddress(String host);
}
