package ukemi.compute.nova;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import ukemi.compute.Aggregate;
import ukemi.compute.ColdMigration;
import ukemi.compute.Compute;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeService;
import ukemi.compute.ComputeUnavailable;
import ukemi.compute.EvacuationMigration;
import ukemi.compute.Instance;
import ukemi.compute.ServerGroup;
import ukemi.identity.OpenStackSession;
import ukemi.identity.OpenStackTimeouts;

/**
 * Nova over its REST API. The service user needs the role admin.
 *
 * <p>Seen in Nova 26: a change of a service over the API moves its updated_at, a change that
 * changes nothing does not; a living service that was forced down goes on reporting, so its
 * updated_at still tells life.
 */
@Component
class NovaCompute implements Compute {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int LONGEST_REASON = 255;

  private final NovaCalls nova;
  private final NovaCalls novaWithDetails;
  private final Pages pages;
  private final OpenStackTimeouts timeouts;
  private final LongSupplier nanoTime;

  @Autowired
  NovaCompute(OpenStackSession session, OpenStackTimeouts timeouts) {
    this(session, timeouts, System::nanoTime);
  }

  NovaCompute(OpenStackSession session, OpenStackTimeouts timeouts, LongSupplier nanoTime) {
    this.nova = new NovaCalls(session, NovaCalls.VERSION);
    this.novaWithDetails = new NovaCalls(session, NovaCalls.EVENT_DETAILS);
    this.pages = new Pages(nova, timeouts.readTimeout());
    this.timeouts = timeouts;
    this.nanoTime = nanoTime;
  }

  @Override
  public Optional<ComputeService> service(String host) {
    Answer answer = get("/os-services", Map.of("binary", "nova-compute", "host", host));
    for (JsonNode node : answer.list("services")) {
      Fields fields = new Fields(answer, node);
      if (fields.text("host").equals(host) && fields.text("binary").equals("nova-compute")) {
        return Optional.of(service(answer, fields, host));
      }
    }
    return Optional.empty();
  }

  @Override
  public List<ComputeService> services() {
    Answer answer = get("/os-services", Map.of("binary", "nova-compute"));
    Instant readAt = answer.date().orElseGet(() -> latestHeartbeat(answer));
    return reachable(answer).map(service -> service.service(readAt)).toList();
  }

  @Override
  public ComputeService forceDown(ComputeService service) {
    ComputeService changed = change(service, JSON.objectNode().put("forced_down", true));
    if (!changed.forcedDown()) {
      throw new ComputeUnavailable("Nova did not force " + service.host() + " down", null);
    }
    return changed;
  }

  @Override
  public ComputeService disable(ComputeService service, String reason) {
    ComputeService changed =
        change(
            service,
            JSON.objectNode().put("status", "disabled").put("disabled_reason", shortened(reason)));
    if (changed.enabled()) {
      throw new ComputeUnavailable("Nova did not disable " + service.host(), null);
    }
    return changed;
  }

  @Override
  public ComputeService liftForcedDown(ComputeService service) {
    ComputeService changed = change(service, JSON.objectNode().put("forced_down", false));
    if (changed.forcedDown()) {
      throw new ComputeUnavailable("Nova still forces " + service.host() + " down", null);
    }
    return changed;
  }

  @Override
  public ComputeService enable(ComputeService service) {
    ComputeService changed = change(service, JSON.objectNode().put("status", "enabled"));
    if (!changed.enabled()) {
      throw new ComputeUnavailable("Nova did not enable " + service.host(), null);
    }
    return changed;
  }

  @Override
  public List<Instance> instancesOn(String host) {
    Map<UUID, Instance> instances = new LinkedHashMap<>();
    pages
        .read(
            "/servers/detail",
            Map.of("all_tenants", "True", "host", host),
            "servers",
            "id",
            NovaCompute::instance,
            page -> false)
        .stream()
        // Nova ignores a filter that it does not allow
        .filter(instance -> host.equals(instance.host()))
        .forEach(instance -> instances.put(instance.id(), instance));
    if (instances.isEmpty() && service(host).isEmpty()) {
      throw new ComputeUnavailable("Nova knows no nova-compute on " + host, null);
    }
    return List.copyOf(instances.values());
  }

  @Override
  public Optional<Instance> instance(UUID id) {
    Answer answer = get("/servers/" + id, Map.of());
    return answer.found()
        ? Optional.of(instance(new Fields(answer, answer.object("server"))))
        : Optional.empty();
  }

  @Override
  public List<EvacuationMigration> evacuationsFrom(String host, long greaterThan) {
    // by created_at, newest first; the clocks of several conductors may differ a little, so a page
    // that holds nothing new ends the reading, and not a row
    return evacuations(Map.of("source_compute", host), greaterThan).stream()
        .filter(migration -> migration.source().equals(host) && migration.id() > greaterThan)
        .sorted(Comparator.comparingLong(EvacuationMigration::id).reversed())
        .toList();
  }

  @Override
  public long lastEvacuation(UUID instance) {
    return evacuations(Map.of("instance_uuid", instance.toString()), 0).stream()
        .filter(migration -> migration.instance().equals(instance))
        .mapToLong(EvacuationMigration::id)
        .max()
        .orElse(0);
  }

  @Override
  public void evacuate(UUID instance, Optional<String> target) {
    ObjectNode body = JSON.objectNode();
    ObjectNode evacuate = body.putObject("evacuate");
    target.ifPresent(host -> evacuate.put("host", host));
    postOnTime(instance, body);
  }

  @Override
  public void coldMigrate(UUID instance) {
    ObjectNode body = JSON.objectNode();
    body.putNull("migrate");
    postOnTime(instance, body);
  }

  private void postOnTime(UUID instance, ObjectNode action) {
    long began = nanoTime.getAsLong();
    Answer answer =
        nova.post(
            "/servers/" + instance + "/action",
            action,
            timeouts.readTimeout(),
            () -> mustNotBeLate(began));
    if (!answer.found()) {
      throw new ComputeRefused(404, answer.message());
    }
  }

  @Override
  public void confirmResize(UUID instance) {
    act(instance, "confirmResize");
  }

  @Override
  public List<ColdMigration> coldMigrations(UUID instance, long greaterThan) {
    Map<String, String> filter =
        Map.of("instance_uuid", instance.toString(), "migration_type", "migration");
    return pages
        .read(
            "/os-migrations",
            filter,
            "migrations",
            "uuid",
            Fields::coldMigration,
            page -> page.stream().noneMatch(migration -> migration.id() > greaterThan))
        .stream()
        .filter(found -> found.instance().equals(instance) && found.id() > greaterThan)
        .sorted(Comparator.comparingLong(ColdMigration::id).reversed())
        .toList();
  }

  @Override
  public Optional<String> whyNotMigrated(UUID instance) {
    String actions = "/servers/" + instance + "/os-instance-actions";
    try {
      Answer all = novaWithDetails.get(actions, Map.of(), timeouts.readTimeout());
      if (!all.found()) {
        return Optional.empty();
      }
      for (JsonNode action : all.list("instanceActions")) { // newest first
        if (action.path("action").asText().equals("migrate")) {
          return action.path("message").asText().equals("Error")
              ? failure(actions + "/" + new Fields(all, action).text("request_id"))
              : Optional.empty();
        }
      }
      return Optional.empty();
    } catch (ComputeRefused e) {
      return Optional.empty(); // an older Nova, or a policy of the site's
    }
  }

  private Optional<String> failure(String action) {
    Answer answer = novaWithDetails.get(action, Map.of(), timeouts.readTimeout());
    if (!answer.found()) {
      return Optional.empty();
    }
    return StreamSupport.stream(answer.object("instanceAction").path("events").spliterator(), false)
        .filter(event -> event.path("result").asText().equals("Error"))
        .map(event -> event.path("details").asText(""))
        .filter(details -> !details.isBlank())
        .findFirst();
  }

  @Override
  public void liveMigrate(UUID instance, String target) {
    ObjectNode body = JSON.objectNode();
    body.putObject("os-migrateLive").put("host", target).put("block_migration", "auto");
    post("/servers/" + instance, body);
  }

  @Override
  public void stop(UUID instance) {
    act(instance, "os-stop");
  }

  @Override
  public void start(UUID instance) {
    act(instance, "os-start");
  }

  @Override
  public void resetToError(UUID instance) {
    reset(instance, "error");
  }

  @Override
  public void resetToActive(UUID instance) {
    reset(instance, "active");
  }

  private void reset(UUID instance, String state) {
    ObjectNode body = JSON.objectNode();
    body.putObject("os-resetState").put("state", state);
    post("/servers/" + instance, body);
  }

  @Override
  public void lock(UUID instance, String reason) {
    ObjectNode body = JSON.objectNode();
    body.putObject("lock").put("locked_reason", shortened(reason));
    post("/servers/" + instance, body);
  }

  @Override
  public void unlock(UUID instance) {
    act(instance, "unlock");
  }

  private void act(UUID instance, String action) {
    ObjectNode body = JSON.objectNode();
    body.putNull(action);
    post("/servers/" + instance, body);
  }

  @Override
  public List<Aggregate> aggregates() {
    Answer answer = get("/os-aggregates", Map.of());
    return StreamSupport.stream(answer.list("aggregates").spliterator(), false)
        .map(node -> new Fields(answer, node).aggregate())
        .toList();
  }

  /** Its pages have no link to the next one, and may be shorter than asked for. */
  @Override
  public List<ServerGroup> serverGroups() {
    Set<ServerGroup> groups = new LinkedHashSet<>();
    while (true) {
      Answer answer =
          get("/os-server-groups", Map.of("all_projects", "True", "offset", groups.size()));
      int before = groups.size();
      answer.list("server_groups").forEach(node -> groups.add(new Fields(answer, node).group()));
      if (groups.size() == before) {
        return List.copyOf(groups);
      }
    }
  }

  @Override
  public void addToAggregate(long aggregate, String host) {
    change(aggregate, "add_host", host, 409);
  }

  @Override
  public void removeFromAggregate(long aggregate, String host) {
    change(aggregate, "remove_host", host, 404);
  }

  private void change(long aggregate, String action, String host, int alreadySo) {
    ObjectNode body = JSON.objectNode();
    body.putObject(action).put("host", host);
    try {
      post("/os-aggregates/" + aggregate, body);
    } catch (ComputeRefused e) {
      if (e.status() != alreadySo) {
        throw e;
      }
    }
  }

  private void post(String path, ObjectNode action) {
    Answer answer = nova.post(path + "/action", action, timeouts.readTimeout(), () -> {});
    if (!answer.found()) {
      throw new ComputeRefused(404, answer.message());
    }
  }

  /** A new token may have taken long: then nothing is sent, so that evacuateTimeout holds. */
  private void mustNotBeLate(long began) {
    if (nanoTime.getAsLong() - began > timeouts.connectTimeout().toNanos()) {
      throw new ComputeUnavailable("Keystone took too long; nothing was sent to Nova", null);
    }
  }

  @Override
  public Duration evacuateTimeout() {
    return timeouts.connectTimeout().plus(timeouts.request());
  }

  @Override
  public Optional<String> hostAddress(String host) {
    return pages
        .read(
            "/os-hypervisors/detail",
            Map.of(),
            "hypervisors",
            "id",
            hypervisor -> hypervisor,
            page -> page.stream().anyMatch(hypervisor -> hypervisor.isOn(host)))
        .stream()
        .filter(hypervisor -> hypervisor.isOn(host))
        .findFirst()
        .flatMap(Fields::hostAddress);
  }

  private Answer get(String path, Map<String, ?> query) {
    return nova.get(path, query, timeouts.readTimeout());
  }

  /**
   * Reads the service again after the change: the answer to a PUT shows updated_at in microseconds,
   * not as the database then has it, and a time that seems to move looks like a heartbeat.
   */
  private ComputeService change(ComputeService service, ObjectNode change) {
    Answer answer =
        nova.put("/os-services/" + service.id(), change, timeouts.serviceUpdateTimeout());
    if (!answer.found()) {
      throw new ComputeRefused(404, answer.message());
    }
    return service(service.host())
        .orElseThrow(
            () -> new ComputeUnavailable("Nova knows no nova-compute on " + service.host(), null));
  }

  private ComputeService service(Answer answer, Fields fields, String host) {
    if (fields.cellIsDown()) {
      throw new ComputeUnavailable("Nova cannot reach the cell of " + host, null);
    }
    return fields.service(answer.date().orElseGet(this::latestHeartbeat));
  }

  private Instant latestHeartbeat() {
    return latestHeartbeat(get("/os-services", Map.of()));
  }

  private static Instant latestHeartbeat(Answer services) {
    return reachable(services)
        .map(Fields::heartbeat)
        .max(Comparator.naturalOrder())
        .orElse(Instant.EPOCH);
  }

  private static Stream<Fields> reachable(Answer answer) {
    return StreamSupport.stream(answer.list("services").spliterator(), false)
        .map(node -> new Fields(answer, node))
        .filter(service -> !service.cellIsDown());
  }

  private static Instance instance(Fields fields) {
    if (fields.cellIsDown()) {
      throw new ComputeUnavailable(
          "Nova cannot reach the cell of instance " + fields.text("id"), null);
    }
    return fields.instance();
  }

  private List<EvacuationMigration> evacuations(Map<String, String> filter, long greaterThan) {
    Map<String, String> query = new HashMap<>(filter);
    query.put("migration_type", "evacuation");
    return pages.read(
        "/os-migrations",
        query,
        "migrations",
        "uuid",
        Fields::evacuation,
        page -> page.stream().noneMatch(migration -> migration.id() > greaterThan));
  }

  private static String shortened(String reason) {
    return reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) : reason;
  }
}
