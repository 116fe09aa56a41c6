package ukemi.compute.nova;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import ukemi.compute.Aggregate;
import ukemi.compute.ColdMigration;
import ukemi.compute.ComputeService;
import ukemi.compute.EvacuationMigration;
import ukemi.compute.Instance;
import ukemi.compute.InstanceTraits;
import ukemi.compute.ServerGroup;

/**
 * Nova's JSON in our records. A field that is not there is an unexpected answer, never a default.
 */
final class Fields {

  private final Answer answer;
  private final JsonNode node;

  Fields(Answer answer, JsonNode node) {
    this.answer = answer;
    this.node = node;
  }

  /**
   * @param readAt Nova's time of the answer
   */
  ComputeService service(Instant readAt) {
    return new ComputeService(
        text("id"),
        text("host"),
        text("state").equals("up"),
        text("status").equals("enabled"),
        bool("forced_down"),
        textOrNull("disabled_reason"),
        heartbeat(),
        readAt);
  }

  /** "updated_at"; the epoch when it is null, for a service that has never reported. */
  Instant heartbeat() {
    return field("updated_at").isNull() ? Instant.EPOCH : time("updated_at");
  }

  Instance instance() {
    JsonNode fault = node.path("fault").path("message");
    return new Instance(
        uuid("id"),
        text("name"),
        textOrNull("OS-EXT-SRV-ATTR:host"),
        text("OS-EXT-STS:vm_state"),
        textOrNull("OS-EXT-STS:task_state"),
        field("OS-EXT-STS:power_state").asInt(),
        bool("locked"),
        node.path("locked_reason").asText(null),
        texts(field("metadata")),
        fault.asText(null),
        traits());
  }

  /** Of no use to a recovery that does without: what is missing is empty. */
  private InstanceTraits traits() {
    JsonNode flavor = node.path("flavor");
    String image = node.path("image").path("id").asText(null);
    List<String> tags = new ArrayList<>();
    node.path("tags").forEach(tag -> tags.add(tag.asText()));
    return new InstanceTraits(
        node.path("tenant_id").asText(""),
        flavor.path("original_name").asText(""),
        texts(flavor.path("extra_specs")),
        image,
        image != null || flavor.path("ephemeral").asInt() > 0 || flavor.path("swap").asInt() > 0,
        node.path("os-extended-volumes:volumes_attached").size(),
        List.copyOf(tags));
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new HashMap<>();
    object.fields().forEachRemaining(e -> texts.put(e.getKey(), e.getValue().asText()));
    return Map.copyOf(texts);
  }

  EvacuationMigration evacuation() {
    return new EvacuationMigration(
        number("id"),
        uuid("instance_uuid"),
        text("source_compute"),
        textOrNull("dest_compute"),
        text("status"),
        time("created_at"));
  }

  ColdMigration coldMigration() {
    return new ColdMigration(
        number("id"),
        uuid("instance_uuid"),
        text("source_compute"),
        textOrNull("dest_compute"),
        text("status"));
  }

  Aggregate aggregate() {
    Set<String> hosts = new HashSet<>();
    field("hosts").forEach(host -> hosts.add(host.asText()));
    return new Aggregate(number("id"), text("name"), Set.copyOf(hosts));
  }

  ServerGroup group() {
    Set<UUID> members = new HashSet<>();
    field("members").forEach(member -> members.add(UUID.fromString(member.asText())));
    return new ServerGroup(uuid("id"), text("name"), text("policy"), Set.copyOf(members));
  }

  /** Whether this hypervisor belongs to the service host; its own name may be another one. */
  boolean isOn(String host) {
    return node.path("service").path("host").asText().equals(host);
  }

  Optional<String> hostAddress() {
    return Optional.ofNullable(node.path("host_ip").asText(null));
  }

  /** A service or an instance of which Nova knows little more than the id: its cell is down. */
  boolean cellIsDown() {
    return node.path("status").asText().equals("UNKNOWN")
        && !node.has("state")
        && !node.has("OS-EXT-STS:vm_state");
  }

  String text(String name) {
    JsonNode value = field(name);
    if (!value.isTextual()) {
      throw answer.unexpected(name + " is no text");
    }
    return value.textValue();
  }

  private String textOrNull(String name) {
    return field(name).isNull() ? null : text(name);
  }

  private boolean bool(String name) {
    JsonNode value = field(name);
    if (!value.isBoolean()) {
      throw answer.unexpected(name + " is neither true nor false");
    }
    return value.booleanValue();
  }

  private long number(String name) {
    JsonNode value = field(name);
    if (!value.isIntegralNumber()) {
      throw answer.unexpected(name + " is no number");
    }
    return value.longValue();
  }

  private UUID uuid(String name) {
    try {
      return UUID.fromString(text(name));
    } catch (IllegalArgumentException e) {
      throw answer.unexpected(name + " is no uuid");
    }
  }

  // UTC, of services and migrations without a zone, of servers with a Z
  private Instant time(String name) {
    String text = text(name);
    try {
      return LocalDateTime.parse(text.endsWith("Z") ? text.substring(0, text.length() - 1) : text)
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw answer.unexpected(name + " is no time");
    }
  }

  private JsonNode field(String name) {
    JsonNode value = node.path(name);
    if (value.isMissingNode()) {
      throw answer.unexpected("no field " + name);
    }
    return value;
  }
}
