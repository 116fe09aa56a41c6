package ukemi.identity;

import java.util.Optional;
import org.openstack4j.api.exceptions.ConnectionException;
import org.openstack4j.api.identity.EndpointURLResolver;
import org.openstack4j.api.types.Facing;
import org.openstack4j.model.identity.URLResolverParams;
import org.openstack4j.model.identity.v3.Endpoint;
import org.openstack4j.model.identity.v3.Service;
import org.openstack4j.model.identity.v3.Token;

/**
 * A service's address from the token's catalogue. openstack4j's own resolver keeps the first
 * address of each project for ever, in a static map, whatever catalogue later tokens carry.
 */
final class CatalogueEndpoints implements EndpointURLResolver {

  @Override
  public String findURLV2(URLResolverParams params) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String findURLV3(URLResolverParams params) {
    Optional<String> found =
        find(params.token, params.type.getType(), params.perspective, params.region);
    if (found.isPresent()) {
      return found.get();
    }
    throw new ConnectionException(
        "the service catalogue has no %s endpoint of type %s%s"
            .formatted(
                params.perspective.value(),
                params.type.getType(),
                params.region == null ? "" : " in region " + params.region),
        0,
        null);
  }

  /** The first address of that type; a region of null is any. */
  static Optional<String> find(Token token, String type, Facing facing, String region) {
    for (Service service : token.getCatalog()) {
      if (service.getType().equals(type)) {
        for (Endpoint endpoint : service.getEndpoints()) {
          if (matches(endpoint, facing, region)) {
            return Optional.of(endpoint.getUrl().toString().replaceAll("/+$", ""));
          }
        }
      }
    }
    return Optional.empty();
  }

  private static boolean matches(Endpoint endpoint, Facing facing, String region) {
    return endpoint.getIface() == facing
        && endpoint.getUrl() != null
        && (region == null
            || region.equals(endpoint.getRegion())
            || region.equals(endpoint.getRegionId()));
  }
}
