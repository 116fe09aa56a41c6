package ukemi.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** Keystone's v3 API, as far as services and their clients use it. */
final class SimulatedKeystone {

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'.000000Z'").withZone(ZoneOffset.UTC);
  private static final Map<String, String> DEFAULT_DOMAIN =
      Map.of("id", "default", "name", "Default");

  private final Tokens tokens;
  private final Settings settings;
  private final Supplier<String> url;
  private final Map<String, List<String>> endpoints = new LinkedHashMap<>();

  SimulatedKeystone(Tokens tokens, Settings settings, Supplier<String> url) {
    this.tokens = tokens;
    this.settings = settings;
    this.url = url;
  }

  synchronized void endpoint(String type, String name, String url) {
    endpoints.put(type, List.of(name, url));
  }

  Answer answer(Request request) {
    String path = request.path().substring("/identity".length()).replaceAll("/+$", "");
    String call = request.method() + " " + path;
    Answer answer =
        switch (call) {
          case "GET " ->
              Answer.json(300, Map.of("versions", Map.of("values", List.of(version()))))
                  .with("Location", url.get() + "/");
          case "GET /v3" -> Answer.json(200, Map.of("version", version()));
          case "POST /v3/auth/tokens" -> authenticate(request);
          case "GET /v3/auth/tokens", "HEAD /v3/auth/tokens" -> validate(request);
          case "DELETE /v3/auth/tokens" -> revoke(request);
          case "GET /v3/auth/catalog" -> catalogue(request);
          default -> error(404, "The requested URL was not found.", "Not Found");
        };
    return answer
        .with("Vary", "X-Auth-Token")
        .with("x-openstack-request-id", "req-" + UUID.randomUUID());
  }

  private Map<String, Object> version() {
    return Json.object(
        "id",
        "v3.14",
        "status",
        "stable",
        "updated",
        "2020-04-07T00:00:00Z",
        "links",
        List.of(Map.of("rel", "self", "href", url.get() + "/")),
        "media-types",
        List.of(
            Json.object(
                "base", "application/json", "type", "application/vnd.openstack.identity-v3+json")));
  }

  private Answer authenticate(Request request) {
    JsonNode auth = request.json().path("auth");
    JsonNode identity = auth.path("identity");
    if (!identity.path("methods").isArray() || identity.path("methods").isEmpty()) {
      return error(400, "Expecting to find identity in auth.", "Bad Request");
    }
    String method = identity.path("methods").path(0).asText();
    return switch (method) {
      case "password" -> withPassword(identity.path("password").path("user"), auth.path("scope"));
      case "application_credential" -> withCredential(identity.path("application_credential"));
      case "token" ->
          tokens
              .valid(Optional.of(identity.path("token").path("id").asText()))
              .map(token -> scoped(token.user(), auth.path("scope"), List.of("token")))
              .orElseGet(this::unauthorized);
      default -> unauthorized();
    };
  }

  private Answer withPassword(JsonNode given, JsonNode scope) {
    Optional<Tokens.User> user =
        tokens.users.values().stream()
            .filter(
                known ->
                    given.has("id")
                        ? known.id().equals(given.path("id").asText())
                        : known.name().equals(given.path("name").asText())
                            && defaultDomain(given.path("domain")))
            .filter(known -> known.password().equals(given.path("password").asText()))
            .findFirst();
    return user.map(known -> scoped(known, scope, List.of("password")))
        .orElseGet(this::unauthorized);
  }

  private Answer withCredential(JsonNode given) {
    return tokens.credentials.stream()
        .filter(
            known ->
                given.has("id")
                    ? known.id().equals(given.path("id").asText())
                    : known.name().equals(given.path("name").asText())
                        && (known.user().id().equals(given.path("user").path("id").asText())
                            || known
                                .user()
                                .name()
                                .equals(given.path("user").path("name").asText())))
        .filter(known -> known.secret().equals(given.path("secret").asText()))
        .findFirst()
        .map(
            known ->
                issue(
                    known.user(), known.user().project(), false, List.of("application_credential")))
        .orElseGet(this::unauthorized);
  }

  private Answer scoped(Tokens.User user, JsonNode scope, List<String> methods) {
    if (scope.path("system").path("all").asBoolean()) {
      return user.roles().contains("admin") ? issue(user, null, true, methods) : unauthorized();
    }
    if (scope.has("project")) {
      JsonNode project = scope.path("project");
      boolean own =
          project.has("id")
              ? user.project().id().equals(project.path("id").asText())
              : user.project().name().equals(project.path("name").asText())
                  && defaultDomain(project.path("domain"));
      return own ? issue(user, user.project(), false, methods) : unauthorized();
    }
    return issue(user, null, false, methods);
  }

  private static boolean defaultDomain(JsonNode domain) {
    return domain.path("id").asText().equals("default")
        || domain.path("name").asText().equals("Default");
  }

  private Answer issue(
      Tokens.User user, Tokens.Project project, boolean system, List<String> methods) {
    Tokens.Token token =
        tokens.issue(
            user, project, system, methods, settings.time("tokenLifetime"), catalogueNow());
    return Answer.json(201, Map.of("token", shown(token))).with("X-Subject-Token", token.id());
  }

  private Answer validate(Request request) {
    Optional<Tokens.Token> own = tokens.valid(request.header("x-auth-token"));
    if (own.isEmpty()) {
      return unauthorized();
    }
    Optional<String> subject = request.header("x-subject-token");
    if (subject.isEmpty()) {
      return error(400, "Expecting to find X-Subject-Token in headers.", "Bad Request");
    }
    Optional<Tokens.Token> found = tokens.valid(subject);
    if (found.isEmpty()) {
      return error(404, "Could not recognize Fernet token", "Not Found");
    }
    boolean allowed =
        own.get().admin()
            || own.get().user().roles().contains("service")
            || own.get().user().id().equals(found.get().user().id());
    if (!allowed) {
      return error(
          403,
          "You are not authorized to perform the requested action: identity:validate_token.",
          "Forbidden");
    }
    return Answer.json(200, Map.of("token", shown(found.get())))
        .with("X-Subject-Token", found.get().id());
  }

  private Answer revoke(Request request) {
    if (tokens.valid(request.header("x-auth-token")).isEmpty()) {
      return unauthorized();
    }
    request.header("x-subject-token").ifPresent(tokens::revoke);
    return Answer.empty(204);
  }

  private Answer catalogue(Request request) {
    return tokens
        .valid(request.header("x-auth-token"))
        .map(token -> Answer.json(200, Map.of("catalog", token.catalogue())))
        .orElseGet(this::unauthorized);
  }

  private Map<String, Object> shown(Tokens.Token token) {
    Map<String, Object> shown =
        Json.object(
            "methods",
            token.methods(),
            "user",
            Json.object(
                "domain",
                DEFAULT_DOMAIN,
                "id",
                token.user().id(),
                "name",
                token.user().name(),
                "password_expires_at",
                null),
            "audit_ids",
            List.of(token.id().substring(6, 28)),
            "expires_at",
            STAMP.format(token.expires()),
            "issued_at",
            STAMP.format(token.issued()));
    if (token.project() != null) {
      shown.put(
          "project",
          Json.object(
              "domain",
              DEFAULT_DOMAIN,
              "id",
              token.project().id(),
              "name",
              token.project().name()));
      shown.put("is_domain", false);
    }
    if (token.system()) {
      shown.put("system", Map.of("all", true));
    }
    if (token.scoped()) {
      List<Object> roles = new ArrayList<>();
      token
          .user()
          .roles()
          .forEach(role -> roles.add(Json.object("id", "role-" + role, "name", role)));
      shown.put("roles", roles);
      shown.put("catalog", token.catalogue());
    }
    return shown;
  }

  private synchronized List<Object> catalogueNow() {
    List<Object> catalogue = new ArrayList<>();
    endpoints.forEach(
        (type, nameAndUrl) -> {
          List<Object> three = new ArrayList<>();
          for (String side : List.of("internal", "admin", "public")) {
            three.add(
                Json.object(
                    "id",
                    type + "-" + side,
                    "interface",
                    side,
                    "region_id",
                    "RegionOne",
                    "url",
                    nameAndUrl.get(1),
                    "region",
                    "RegionOne"));
          }
          catalogue.add(
              Json.object(
                  "endpoints",
                  three,
                  "id",
                  "service-" + type,
                  "type",
                  type,
                  "name",
                  nameAndUrl.get(0)));
        });
    return catalogue;
  }

  private Answer unauthorized() {
    return error(401, "The request you have made requires authentication.", "Unauthorized")
        .with("WWW-Authenticate", "Keystone uri=\"" + url.get() + "\"");
  }

  private static Answer error(int status, String message, String title) {
    return Answer.json(
        status, Map.of("error", Json.object("code", status, "message", message, "title", title)));
  }
}
