package ukemi.fencing.maas;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import ukemi.InvalidSetting;

/** The API's root, from what operators type as MAAS's address. */
final class MaasUrl {

  private static final String EXPECTED =
      "one or more addresses such as https://maas.example:5443/MAAS, separated by commas";
  private static final Pattern API = Pattern.compile(".*/api/([0-9.]+)/");

  private MaasUrl() {}

  /** All roots, each ending in "/api/2.0/". */
  static List<URI> roots(String setting) {
    List<URI> roots =
        Arrays.stream(setting.split(","))
            .map(String::strip)
            .filter(text -> !text.isEmpty())
            .map(MaasUrl::root)
            .toList();
    if (roots.isEmpty()) {
      throw invalid("is missing");
    }
    return roots;
  }

  private static URI root(String text) {
    try {
      URI uri = new URI(text);
      boolean http = "http".equalsIgnoreCase(uri.getScheme());
      if (!http && !"https".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
        throw invalid("holds something that is not an http or https address");
      }
      if (uri.getUserInfo() != null || uri.getQuery() != null || uri.getFragment() != null) {
        throw invalid("holds an address with a user, a query or a fragment");
      }
      return new URI(
          uri.getScheme(), null, uri.getHost(), uri.getPort(), path(uri.getPath()), null, null);
    } catch (URISyntaxException e) {
      throw invalid("holds something that is not an address");
    }
  }

  private static String path(String typed) {
    String path = typed.endsWith("/") ? typed : typed + "/";
    var api = API.matcher(path);
    if (api.matches()) {
      if (!api.group(1).equals("2.0")) {
        throw invalid("names version " + api.group(1) + " of the API; only 2.0 controls power");
      }
      return path;
    }
    return (path.equals("/") ? "/MAAS/" : path) + "api/2.0/";
  }

  private static InvalidSetting invalid(String problem) {
    return new InvalidSetting("UKEMI_MAAS_URL", problem, EXPECTED);
  }
}
