package ukemi.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import ukemi.identity.IdentityUnavailable;
import ukemi.identity.ServiceCalls;
import ukemi.segment.NewHost;
import ukemi.segment.NewSegment;
import ukemi.segment.RecoveryMethod;

/** A running Masakari, read through its API. */
final class Masakari {

  private static final List<String> TYPES = List.of("instance-ha", "ha");
  private static final Pattern VERSIONED = Pattern.compile(".*/v1(/[0-9a-f-]+)?");
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** Masakari's API waits a minute for its engine. */
  private static final Duration ENGINE_TIMEOUT = Duration.ofSeconds(75);

  private static final int PAGE = 100;

  private final ServiceCalls service;
  private final String address;

  private Masakari(ServiceCalls service, String address) {
    this.service = service;
    this.address = address;
  }

  /** A segment as it is there. */
  record SegmentThere(UUID uuid, NewSegment segment) {}

  /** A host as it is there. */
  record HostThere(UUID uuid, NewHost host) {}

  /** A notification that has not ended. */
  record Unfinished(String uuid, String type, String status, String sourceHost, String generated) {}

  /** What the API shows of the engine behind it. */
  enum Engine {
    ANSWERS,
    SILENT,
    UNKNOWN
  }

  /**
   * The Masakari at the address, or that of the catalogue.
   *
   * @throws CommandFailed when there is none
   */
  static Masakari at(Optional<String> given, ServiceCalls service) {
    String address = given.or(() -> catalogued(service)).orElseThrow(Masakari::notInCatalogue);
    String plain = address.replaceAll("/+$", "");
    return new Masakari(
        service, VERSIONED.matcher(URI.create(plain).getPath()).matches() ? plain : plain + "/v1");
  }

  private static Optional<String> catalogued(ServiceCalls service) {
    try {
      return TYPES.stream().flatMap(type -> service.address(type).stream()).findFirst();
    } catch (IdentityUnavailable e) {
      throw new CommandFailed(e.getMessage());
    }
  }

  private static CommandFailed notInCatalogue() {
    return new CommandFailed(
        "the service catalogue has no instance-ha of our region and interface; give Masakari's"
            + " address with --endpoint");
  }

  String address() {
    return address;
  }

  /** All segments, in the order in which they were registered. */
  List<SegmentThere> segments() {
    return pages("/segments", "segments").stream().map(Masakari::segment).toList();
  }

  /** All hosts of the segment, in the order in which they were registered. */
  List<HostThere> hosts(UUID segment) {
    return pages("/segments/" + segment + "/hosts", "hosts").stream().map(Masakari::host).toList();
  }

  /** The notifications that have not ended. */
  List<Unfinished> unfinished() {
    List<Unfinished> found = new ArrayList<>();
    for (String status : List.of("new", "running", "error")) {
      for (JsonNode one : pages("/notifications?status=" + status, "notifications")) {
        found.add(
            new Unfinished(
                text(one, "notification_uuid"),
                text(one, "type"),
                status,
                text(one, "source_host_uuid"),
                text(one, "generated_time")));
      }
    }
    return found;
  }

  /**
   * Whether the engine runs: at version 1.1 Masakari's API asks it about a notification, and fails
   * without it (or when the host has been deleted).
   */
  Engine engine() {
    JsonNode newest = get("/notifications?limit=1").path("notifications").path(0);
    if (newest.isMissingNode()) {
      return Engine.UNKNOWN;
    }
    try {
      ServiceCalls.Answer answer =
          answer("/notifications/" + text(newest, "notification_uuid"), "1.1", ENGINE_TIMEOUT);
      return answer.status() == 200 ? Engine.ANSWERS : Engine.SILENT;
    } catch (ServiceCalls.Unanswered e) {
      return Engine.SILENT;
    }
  }

  /** Asks until a page is empty: the server may make pages shorter than asked for. */
  private List<JsonNode> pages(String path, String key) {
    List<JsonNode> all = new ArrayList<>();
    String query =
        path + (path.contains("?") ? "&" : "?") + "sort_key=id&sort_dir=asc&limit=" + PAGE;
    long last = 0;
    while (true) {
      JsonNode page = get(last == 0 ? query : query + "&marker=" + last).path(key);
      if (!page.isArray()) {
        throw strange(path, "no list \"" + key + "\"");
      }
      if (page.isEmpty()) {
        return all;
      }
      for (JsonNode one : page) {
        long id = one.path("id").asLong();
        if (id <= last) {
          throw strange(path, "its pages are not in the order of \"id\"");
        }
        last = id;
        all.add(one);
      }
    }
  }

  private JsonNode get(String path) {
    ServiceCalls.Answer answer;
    try {
      answer = answer(path, "1.0", TIMEOUT);
    } catch (ServiceCalls.Unanswered e) {
      throw new CommandFailed("Masakari at " + address + " does not answer: " + e.getMessage());
    }
    return switch (answer.status()) {
      case 200 -> answer.body();
      case 401 -> throw new CommandFailed("Masakari at " + address + " does not accept our token");
      case 403 ->
          throw new CommandFailed(
              "Masakari at " + address + " refuses to be read: our user needs the role admin");
      default -> throw strange(path, "HTTP " + answer.status());
    };
  }

  private ServiceCalls.Answer answer(String path, String version, Duration timeout) {
    try {
      return service.get(
          address, path, Map.of("OpenStack-API-Version", "instance-ha " + version), timeout);
    } catch (IdentityUnavailable e) {
      throw new CommandFailed(e.getMessage());
    }
  }

  private CommandFailed strange(String path, String what) {
    return new CommandFailed(
        "GET "
            + address
            + path
            + ": not an answer of Masakari ("
            + what
            + "); is the address right?");
  }

  private static SegmentThere segment(JsonNode json) {
    String name = text(json, "name");
    String method = text(json, "recovery_method");
    return new SegmentThere(
        uuid(json),
        new NewSegment(
            name,
            text(json, "service_type"),
            RecoveryMethod.ofWire(method)
                .orElseThrow(
                    () ->
                        new CommandFailed(
                            "segment \"%s\" has the unknown recovery_method \"%s\""
                                .formatted(name, method))),
            json.path("description").textValue(),
            json.path("enabled").asBoolean(true)));
  }

  private static HostThere host(JsonNode json) {
    return new HostThere(
        uuid(json),
        new NewHost(
            text(json, "name"),
            json.path("type").asText(""),
            json.path("control_attributes").asText(""),
            json.path("reserved").asBoolean(),
            json.path("on_maintenance").asBoolean()));
  }

  private static UUID uuid(JsonNode json) {
    String text = text(json, "uuid");
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw new CommandFailed("\"" + text + "\" in Masakari's answer is no uuid");
    }
  }

  private static String text(JsonNode json, String field) {
    if (!json.path(field).isTextual()) {
      throw new CommandFailed("no text \"" + field + "\" in Masakari's answer");
    }
    return json.path(field).textValue();
  }
}
