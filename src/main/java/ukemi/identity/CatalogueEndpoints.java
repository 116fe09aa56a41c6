package ukemi.identity;

import org.openstack4j.api.exceptions.ConnectionException;
import org.openstack4j.api.identity.EndpointURLResolver;
import org.openstack4j.model.identity.URLResolverParams;
import org.openstack4j.model.identity.v3.Endpoint;
import org.openstack4j.model.identity.v3.Service;

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
    for (Service service : params.token.getCatalog()) {
      if (service.getType().equals(params.type.getType())) {
        for (Endpoint endpoint : service.getEndpoints()) {
          if (matches(endpoint, params)) {
            return endpoint.getUrl().toString().replaceAll("/+$", "");
          }
        }
      }
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

  private static boolean matches(Endpoint endpoint, URLResolverParams params) {
    return endpoint.getIface() == params.perspective
        && endpoint.getUrl() != null
        && (params.region == null
            || params.region.equals(endpoint.getRegion())
            || params.region.equals(endpoint.getRegionId()));
  }
}
