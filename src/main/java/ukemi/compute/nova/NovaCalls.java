package ukemi.compute.nova;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.openstack4j.api.exceptions.OS4JException;
import org.openstack4j.api.types.ServiceType;
import org.openstack4j.core.transport.HttpResponse;
import org.openstack4j.openstack.internal.MicroVersion;
import org.openstack4j.openstack.internal.MicroVersionedOpenStackService;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeUnavailable;
import ukemi.identity.IdentityUnavailable;
import ukemi.identity.OpenStackSession;

/**
 * Nova's REST calls in openstack4j's session (endpoint, token, microversion); the answers are ours
 * to read.
 */
final class NovaCalls extends MicroVersionedOpenStackService {

  /**
   * The lowest that has all we need: services by uuid (2.53), pages of migrations (2.59), evacuate
   * without "force" (2.68), services and instances of a cell that is down shown as UNKNOWN instead
   * of left out (2.69), and locks with a reason (2.73). From 2.95 on evacuated guests would stay
   * stopped.
   */
  static final MicroVersion VERSION = new MicroVersion(2, 73);

  /** The lowest that tells why an order came to nothing; we can do without. */
  static final MicroVersion EVENT_DETAILS = new MicroVersion(2, 84);

  private final OpenStackSession session;

  NovaCalls(OpenStackSession session, MicroVersion version) {
    super(ServiceType.COMPUTE, version);
    this.session = session;
  }

  @Override
  protected String getApiVersionHeader() {
    return "X-OpenStack-Nova-API-Version";
  }

  Answer get(String path, Map<String, ?> query, Duration timeout) {
    return send(
        "GET " + path, timeout, () -> get(Void.class, path).params(query).executeWithResponse());
  }

  Answer put(String path, JsonNode body, Duration timeout) {
    return send(
        "PUT " + path,
        timeout,
        () -> put(Void.class, path).json(body.toString()).executeWithResponse());
  }

  /**
   * @param before runs right before each request is sent
   */
  Answer post(String path, JsonNode body, Duration timeout, Runnable before) {
    return send(
        "POST " + path,
        timeout,
        () -> {
          before.run();
          return post(Void.class, path).json(body.toString()).executeWithResponse();
        });
  }

  /**
   * Runs a whole conversation with Nova, and has the session look the endpoint up anew when it did
   * not answer as Nova does.
   */
  private Answer send(String name, Duration timeout, Supplier<HttpResponse> request) {
    try {
      return Answer.of(name, session.call(timeout, client -> request.get()));
    } catch (ComputeRefused e) {
      throw e;
    } catch (ComputeUnavailable e) {
      session.doubtCatalogue();
      throw e;
    } catch (OS4JException e) {
      session.doubtCatalogue();
      throw new ComputeUnavailable("Nova does not answer: " + e.getMessage(), e);
    } catch (IdentityUnavailable e) {
      throw new ComputeUnavailable(e.getMessage(), e);
    }
  }
}
