package ukemi.simulator;

import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which requests are meant; null fits everything.
 *
 * @param service keystone, nova or maas
 * @param path a regular expression that must be found in the path
 * @param query a text that must be contained in the query
 * @param body a text that must be contained in the body
 */
public record Match(String service, String method, Pattern path, String query, String body)
    implements Predicate<Request> {

  /** All requests to one service: keystone, nova or maas. */
  public static Match service(String service) {
    return new Match(service, null, null, null, null);
  }

  /** All requests to all three services. */
  public static Match everything() {
    return service(null);
  }

  /** All requests whose path fits the regular expression somewhere. */
  public static Match path(String path) {
    return everything().at(path);
  }

  /** Nova's evacuate calls. */
  public static Match evacuate() {
    return service("nova").method("POST").at("/servers/[^/]+/action").withBody("\"evacuate\"");
  }

  /** MAAS's orders to switch a machine off. */
  public static Match powerOff() {
    return service("maas").method("POST").withQuery("op=power_off");
  }

  /** Those of one method. */
  public Match method(String method) {
    return new Match(service, method, path, query, body);
  }

  /** Those whose path fits the regular expression somewhere. */
  public Match at(String path) {
    return new Match(service, method, Pattern.compile(path), query, body);
  }

  /** Those with this text in the query. */
  public Match withQuery(String query) {
    return new Match(service, method, path, query, body);
  }

  /** Those with this text in the body. */
  public Match withBody(String body) {
    return new Match(service, method, path, query, body);
  }

  @Override
  public boolean test(Request request) {
    return (service == null || service.equals(request.service()))
        && (method == null || method.equals(request.method()))
        && (path == null || path.matcher(request.path()).find())
        && (query == null || request.query().contains(query))
        && (body == null || request.text().contains(body));
  }
}
