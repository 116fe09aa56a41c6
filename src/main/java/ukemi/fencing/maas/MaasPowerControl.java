package ukemi.fencing.maas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import ukemi.fencing.LivePower;
import ukemi.fencing.Machine;
import ukemi.fencing.PowerControl;
import ukemi.fencing.PowerControlRefused;
import ukemi.fencing.PowerControlUnavailable;
import ukemi.fencing.PowerState;

/** Power control by MAAS, API 2.0. */
class MaasPowerControl implements PowerControl {

  private static final int DEPLOYED = 6;
  private static final int LONGEST_TEXT = 200;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final MaasClient client;
  private final MaasKey key;
  private final Duration readTimeout;
  private final Duration queryTimeout;
  private volatile String description;

  MaasPowerControl(MaasClient client, MaasKey key, Duration readTimeout, Duration queryTimeout) {
    this.client = client;
    this.key = key;
    this.readTimeout = readTimeout;
    this.queryTimeout = queryTimeout;
  }

  @Override
  public List<Machine> named(String hostname) {
    MaasAnswer answer =
        client.get("machines/?hostname=" + PercentEncoding.of(hostname), readTimeout);
    requireOk(answer);
    JsonNode list = json(answer);
    if (!list.isArray()) {
      throw unexpected(answer, "is not a list of machines");
    }
    List<Machine> machines = new ArrayList<>();
    list.forEach(node -> machines.add(machine(answer, node)));
    return machines;
  }

  @Override
  public Optional<Machine> machine(String systemId) {
    MaasAnswer answer = client.get(path(systemId), readTimeout);
    if (answer.status() == 404) {
      return Optional.empty();
    }
    requireOk(answer);
    Machine machine = machine(answer, json(answer));
    if (!machine.systemId().equals(systemId)) {
      throw unexpected(answer, "is of another machine");
    }
    return Optional.of(machine);
  }

  @Override
  public LivePower query(String systemId) {
    try {
      MaasAnswer answer = client.getLive(path(systemId) + "?op=query_power_state", queryTimeout);
      if (answer.status() != 200) {
        return new LivePower(PowerState.UNKNOWN, "MAAS answered " + text(answer));
      }
      return live(systemId, json(answer));
    } catch (PowerControlUnavailable e) {
      return new LivePower(PowerState.UNKNOWN, e.getMessage());
    }
  }

  private LivePower live(String systemId, JsonNode json) {
    JsonNode id = json.path("system_id");
    if (!id.isMissingNode() && !id.asText().equals(systemId)) {
      return new LivePower(PowerState.UNKNOWN, "the answer is of another machine");
    }
    JsonNode state = json.path("state");
    String detail = "MAAS says " + clip(state.isMissingNode() ? json.toString() : state.toString());
    return switch (state.isTextual() ? state.textValue() : "") {
      case "on" -> new LivePower(PowerState.ON, detail);
      case "off" -> new LivePower(PowerState.OFF, detail);
      default -> new LivePower(PowerState.UNKNOWN, detail);
    };
  }

  @Override
  public Duration queryLimit() {
    return queryTimeout;
  }

  @Override
  public String powerOff(String systemId, String comment) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("stop_mode", "hard");
    form.put("comment", comment);
    MaasAnswer answer = client.post(path(systemId) + "?op=power_off", form, readTimeout);
    requireOk(answer);
    JsonNode machine = json(answer);
    return machine.isNull()
        ? "200 null: MAAS did nothing, it has no power control over the machine"
        : "200, accepted (power_state shown: %s)"
            .formatted(clip(machine.path("power_state").asText("none")));
  }

  @Override
  public String powerOn(String systemId, String comment) {
    MaasAnswer answer =
        client.post(path(systemId) + "?op=power_on", Map.of("comment", comment), readTimeout);
    requireOk(answer);
    if (json(answer).isNull()) {
      throw new PowerControlRefused(
          "MAAS did nothing: it has no power control over machine " + systemId);
    }
    return "200, accepted";
  }

  @Override
  public boolean lock(String systemId, String comment) {
    return change(systemId, "lock", comment, "already locked");
  }

  @Override
  public boolean unlock(String systemId, String comment) {
    return change(systemId, "unlock", comment, "not locked");
  }

  /** Decides by reading after a conflict: its text is not part of the contract. */
  private boolean change(String systemId, String op, String comment, String already) {
    MaasAnswer answer =
        client.post(path(systemId) + "?op=" + op, Map.of("comment", comment), readTimeout);
    if (answer.status() == 409 && !answer.retryAfter()) {
      boolean locked = machine(systemId).map(Machine::locked).orElse(false);
      if (locked == op.equals("lock")) {
        return false;
      }
      throw new PowerControlRefused(
          "MAAS answered %s although the machine is not %s".formatted(text(answer), already));
    }
    requireOk(answer);
    return true;
  }

  @Override
  public Set<String> hosts() {
    return client.roots().stream()
        .map(URI::getHost)
        .map(host -> host.replaceAll("[\\[\\]]", ""))
        .collect(Collectors.toSet());
  }

  @Override
  public String description() {
    String known = description;
    if (known != null) {
      return known;
    }
    try {
      JsonNode version = json(client.get("version/", readTimeout));
      JsonNode user = json(client.get("users/?op=whoami", readTimeout));
      description =
          "MAAS %s as user %s"
              .formatted(
                  clip(version.path("version").asText("of unknown version")),
                  clip(user.path("username").asText("unknown")));
      return description;
    } catch (PowerControlUnavailable e) {
      return "MAAS";
    }
  }

  private static String path(String systemId) {
    return "machines/" + PercentEncoding.of(systemId) + "/";
  }

  private Machine machine(MaasAnswer answer, JsonNode node) {
    String systemId = node.path("system_id").asText("");
    if (systemId.isEmpty()) {
      throw unexpected(answer, "is not a machine");
    }
    List<String> addresses = new ArrayList<>();
    node.path("ip_addresses").forEach(address -> addresses.add(address.asText("")));
    return new Machine(
        systemId,
        node.path("hostname").asText(""),
        node.path("fqdn").asText(""),
        node.path("status").asInt(-1) == DEPLOYED,
        clip(node.path("status_name").asText("unknown")),
        node.path("power_type").asText(""),
        node.path("locked").asBoolean(false),
        addresses);
  }

  private void requireOk(MaasAnswer answer) {
    int status = answer.status();
    if (status == 200) {
      return;
    }
    String message = "MAAS at %s answered %s".formatted(answer.root(), text(answer));
    boolean definite = status >= 400 && status < 500 && status != 408 && status != 429;
    // A 409 with Retry-After is a conflict in MAAS's database, not an answer.
    if (definite && !answer.retryAfter()) {
      throw new PowerControlRefused(message);
    }
    throw new PowerControlUnavailable(message);
  }

  private JsonNode json(MaasAnswer answer) {
    try {
      JsonNode json = JSON.readTree(answer.body());
      return json == null ? MissingNode.getInstance() : json;
    } catch (JsonProcessingException e) {
      // Its message would quote the body.
      throw unexpected(answer, "is not JSON");
    }
  }

  private static PowerControlUnavailable unexpected(MaasAnswer answer, String problem) {
    return new PowerControlUnavailable(
        "the answer (%d) of MAAS at %s %s".formatted(answer.status(), answer.root(), problem));
  }

  private String text(MaasAnswer answer) {
    if (answer.status() == 403 && answer.body().isBlank()) {
      return "403: the machine is locked, or the API key has no right to do this";
    }
    String body = answer.isText() ? answer.body().strip() : "";
    return answer.status() + (body.isEmpty() ? "" : ": " + clip(body));
  }

  /** One line, not too long, none of the key in it. */
  private String clip(String text) {
    String line = key.redact(text).replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() > LONGEST_TEXT ? line.substring(0, LONGEST_TEXT) + "..." : line;
  }
}
