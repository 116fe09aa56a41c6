package ukemi.simulator;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Nova's compute API, as strict as Nova 26 (2.1 to 2.93). */
final class SimulatedNova {

  private static final int HIGHEST = 93;
  private static final Pattern VERSION = Pattern.compile("2\\.(\\d+)");

  private final Tokens tokens;
  private final World world;
  private final Supplier<String> url;
  private final Supplier<String> keystone;
  private final NovaServices services;
  private final NovaServers servers;
  private final NovaActions actions;
  private final NovaInstanceActions instanceActions;
  private final NovaMigrations migrations;
  private final NovaHypervisors hypervisors;
  private final NovaAggregates aggregates;
  private final NovaServerGroups groups;

  SimulatedNova(
      Tokens tokens,
      World world,
      Evacuations evacuations,
      Supplier<String> url,
      Supplier<String> keystone) {
    this.tokens = tokens;
    this.world = world;
    this.url = url;
    this.keystone = keystone;
    services = new NovaServices(world);
    servers = new NovaServers(world);
    instanceActions = new NovaInstanceActions(world, servers);
    actions = new NovaActions(world, servers, evacuations, instanceActions);
    migrations = new NovaMigrations(world);
    hypervisors = new NovaHypervisors(world);
    aggregates = new NovaAggregates(world);
    groups = new NovaServerGroups(world);
  }

  NovaActions actions() {
    return actions;
  }

  NovaAggregates aggregates() {
    return aggregates;
  }

  NovaServerGroups groups() {
    return groups;
  }

  Answer answer(Request request) throws InterruptedException {
    String id = "req-" + UUID.randomUUID();
    return unsigned(request)
        .with("X-Openstack-Request-Id", id)
        .with("X-Compute-Request-Id", id)
        .with("Date", HttpWire.httpDate(world.novaNow()));
  }

  private Answer unsigned(Request request) throws InterruptedException {
    String path = request.path().substring("/compute".length()).replaceAll("/+$", "");
    if (path.isEmpty()) {
      return Answer.json(300, Map.of("versions", List.of(version())));
    }
    if (path.equals("/v2.1")) {
      return Answer.json(200, Map.of("version", version()));
    }
    Optional<Tokens.Token> token =
        tokens.valid(request.header("x-auth-token")).filter(Tokens.Token::scoped);
    if (token.isEmpty()) {
      return Answer.json(
              401,
              Map.of(
                  "error",
                  Json.object(
                      "code",
                      401,
                      "title",
                      "Unauthorized",
                      "message",
                      "The request you have made requires authentication.")))
          .with("WWW-Authenticate", "Keystone uri=\"" + keystone.get() + "\"");
    }
    String version = "2.1";
    Answer answer;
    try {
      version = wantedVersion(request);
      int minor = minor(version);
      answer = call(new NovaCall(request, minor, token.get(), url.get()), path);
    } catch (Refused refused) {
      answer = refused.answer();
    }
    return answer
        .with("OpenStack-API-Version", "compute " + version)
        .with("X-OpenStack-Nova-API-Version", version)
        .with("Vary", "OpenStack-API-Version, X-OpenStack-Nova-API-Version");
  }

  private static String wantedVersion(Request request) {
    String wanted = "2.1";
    Optional<String> modern = request.header("openstack-api-version");
    if (modern.isPresent()) {
      for (String one : modern.get().split(",")) {
        if (one.trim().startsWith("compute ")) {
          wanted = one.trim().substring("compute ".length()).trim();
        }
      }
    } else {
      wanted = request.header("x-openstack-nova-api-version").orElse(wanted);
    }
    return wanted.equals("latest") ? "2." + HIGHEST : wanted;
  }

  private static int minor(String version) {
    Matcher matcher = VERSION.matcher(version);
    if (!matcher.matches()) {
      throw new Refused(
          400,
          "API Version String "
              + version
              + " is of invalid format. Must be of format MajorNum.MinorNum.");
    }
    int minor = Integer.parseInt(matcher.group(1));
    if (minor < 1 || minor > HIGHEST) {
      throw new Refused(
          406,
          "Version "
              + version
              + " is not supported by the API. Minimum is 2.1 and maximum is 2."
              + HIGHEST
              + ".");
    }
    return minor;
  }

  private Answer call(NovaCall call, String path) throws InterruptedException {
    String method = call.request().method();
    String[] parts = path.substring("/v2.1/".length()).split("/");
    String first = parts[0];
    String second = parts.length > 1 ? parts[1] : "";
    String third = parts.length > 2 ? parts[2] : "";
    String shape = method + " " + first + (parts.length > 1 ? "/*" : "") + "/" + third;
    return switch (shape) {
      case "GET os-services/" -> services.list(call);
      case "PUT os-services/*/" -> services.update(call, second);
      case "GET servers/" -> servers.list(call, false);
      case "GET servers/*/" ->
          second.equals("detail") ? servers.list(call, true) : servers.show(call, second);
      case "DELETE servers/*/" -> servers.delete(call, second);
      case "POST servers/*/action" -> actions.act(call, second);
      case "GET servers/*/os-instance-actions" ->
          parts.length > 3
              ? instanceActions.show(call, second, parts[3])
              : instanceActions.list(call, second);
      case "GET flavors/", "GET flavors/*/" -> Answer.json(200, Map.of("flavors", List.of()));
      case "GET os-migrations/" -> migrations.list(call);
      case "GET os-hypervisors/" -> hypervisors.list(call, false);
      case "GET os-hypervisors/*/" ->
          second.equals("detail") ? hypervisors.list(call, true) : hypervisors.show(call, second);
      case "GET os-aggregates/" -> aggregates.list(call);
      case "GET os-aggregates/*/" -> aggregates.show(call, second);
      case "POST os-aggregates/*/action" -> aggregates.act(call, second);
      case "GET os-server-groups/" -> groups.list(call);
      default -> throw new Refused(404, "The resource could not be found.");
    };
  }

  private Map<String, Object> version() {
    return Json.object(
        "id",
        "v2.1",
        "status",
        "CURRENT",
        "version",
        "2." + HIGHEST,
        "min_version",
        "2.1",
        "updated",
        "2013-07-23T11:33:21Z",
        "links",
        List.of(Map.of("rel", "self", "href", url.get() + "/")),
        "media-types",
        List.of(
            Json.object(
                "base",
                "application/json",
                "type",
                "application/vnd.openstack.compute+json;version=2.1")));
  }

  /** A time of the real clock as Nova would show it. */
  static Instant shifted(World world, Instant time) {
    return time.plus(world.settings.time("novaClockOffset"));
  }
}
